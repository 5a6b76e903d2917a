import type { Catalog } from '../../../catalog/catalog.ts';
import type { ObservedContainer } from '../../../model/observed.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { PreflightFacts, Purpose } from '../../facts-preflight.ts';

/** What a collector of preflight may look at. */
export type PreflightView = {
  readonly purpose: Purpose;
  /** Absolute. */
  readonly directory: string;
  readonly catalog: Catalog;
  readonly ports: Pick<
    Ports,
    | 'docker'
    | 'compose'
    | 'database'
    | 'files'
    | 'host'
    | 'clock'
    | 'http'
    | 'machine'
    | 'engineProbes'
  >;
  /** Another collector's facts; each is collected once, whoever asks. Rejects where that one failed. */
  fact<Name extends keyof PreflightFacts>(name: Name): Promise<PreflightFacts[Name]>;
  /** Containers of the project, asked for once. */
  containers(): Promise<ObservedContainer[]>;
};

export type Collector<Name extends keyof PreflightFacts> = (
  view: PreflightView,
) => Promise<PreflightFacts[Name]>;
