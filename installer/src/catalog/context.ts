import type { InstanceConfig } from '../model/config.ts';
import type { Slot } from '../model/workload.ts';
import type { Sizing } from './sizing.ts';

/** What the containers of the platform run on. */
export type Target = 'compose' | 'kubernetes';

/** What a catalogue entry may depend on. Pure: no clock, no environment, no disk. */
export type CatalogContext = {
  readonly config: InstanceConfig;
  readonly target: Target;
  /** Where the instance is, absolute. */
  readonly directory: string;
  readonly sizing: Sizing;
  /** Slots that are rendered now, the serving one first. */
  readonly slots: readonly Slot[];
  readonly activeSlot: Slot;
  /** Which volume the database is in: 1 until the first restore from a backup, or another major version. */
  readonly dataGeneration: number;
  /** Which one it would move to: after every volume that anybody may still want. */
  readonly nextGeneration: number;
  /** PEM of the authority of the customer's PostgreSQL, where one is named. */
  readonly postgresAuthority?: string;
  /** PEM of the authority of the S3 service backups go to, where one is named. */
  readonly backupAuthority?: string;
  /** compose.override.yaml as it is on disk; absent where there is none yet. */
  readonly overrideText?: string;
  /** Its permission bits: what is derived from it is read by nobody else. */
  readonly overrideMode?: number;
};

/** Whether our own proxy ends TLS: in Kubernetes what stands in front of it does. */
export const edgeEndsTls = ({
  config,
  target,
}: Pick<CatalogContext, 'config' | 'target'>): boolean =>
  target === 'compose' && config.edge.tls.mode !== 'off';
