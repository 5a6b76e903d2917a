import type { ServiceEndpoints } from '../facts.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Ports } from '../../ports/ports.ts';

/** What every collector may look at: the instance as it should be and the world behind the ports. */
export type InstanceView = {
  readonly directory: string;
  readonly catalog: Catalog;
  /** When it was asked for, in milliseconds since 1970: what was seen before proves nothing. */
  readonly startedMs: number;
  readonly ports: Pick<
    Ports,
    'docker' | 'compose' | 'database' | 'files' | 'http' | 'host' | 'machine' | 'clock'
  >;
  /** PEM of the edge's own authority, with `edge.tls.mode: internal`. */
  readonly rootCertificate: string | undefined;
  containers(): Promise<ObservedContainer[]>;
  /** Shared by the gates that need it: asking starts a process in each of the eight containers. */
  endpoints(): Promise<ServiceEndpoints[]>;
};

export async function findContainer(
  view: InstanceView,
  id: string,
): Promise<ObservedContainer | undefined> {
  return (await view.containers()).find(({ service }) => service === id);
}
