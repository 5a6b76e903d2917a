import { externalPostgres } from '../../catalog/database-access.ts';
import type { InstanceConfig } from '../../model/config.ts';
import { externalDatabase, NO_POINT_OF_EXTERNAL } from '../../model/restore-point-refusals.ts';
import type { Docker } from '../../ports/docker.ts';
import type { RestorePoints } from '../../ports/restore-points.ts';
import { DumpPoints } from './dump-points.ts';

/**
 * The restore points of an instance: the one place that knows by which driver. Throws FW-RESTORE-POINT-EXTERNAL
 * where the database is the customer's own; ask `noPointReason` first to say so in a plan.
 */
export function openPoints(
  config: InstanceConfig,
  { docker }: { readonly docker: Pick<Docker, 'containers' | 'exec'> },
): RestorePoints {
  if (noPointReason(config) !== undefined) throw externalDatabase();
  return new DumpPoints(docker, config.project, config.postgres.database);
}

/** Why no restore points can be made, as a sentence the plan says; undefined where they can. */
export const noPointReason = (config: InstanceConfig): string | undefined =>
  externalPostgres(config) === undefined ? undefined : NO_POINT_OF_EXTERNAL;

/**
 * Name of a point asked for now: 20260722-101500-123, in UTC. It sorts by age, and is a name for files and databases.
 * To the millisecond: a run that was killed and the next one may ask within the same second, and each means its own.
 */
export const pointId = (now: Date): string =>
  now.toISOString().replaceAll(/[-:Z]/g, '').replaceAll(/[T.]/g, '-');
