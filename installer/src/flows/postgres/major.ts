import { isDataVolume } from '../../catalog/data-volume.ts';
import { externalPostgres } from '../../catalog/database-access.ts';
import { FactswayError } from '../../model/errors.ts';
import { DEFAULT_POSTGRES } from '../../model/postgres-version.ts';
import type { Desired } from '../../planner/desired.ts';
import type { Ports } from '../../ports/ports.ts';
import { appliedConfig, renderedConfig } from '../configuration-record.ts';
import { readDataVolume, unfinishedMove, type DataVolumeRecord } from '../data-volume.ts';
import { instancePaths } from '../paths.ts';

type View = Pick<Ports, 'files' | 'docker'>;

/**
 * Major version that made the volume the database is in: by the record, and before there is one, by the configuration
 * that PostgreSQL was first started with. Undefined where there is no database yet. Reads only.
 */
export async function majorOfVolume(
  directory: string,
  project: string,
  { files, docker }: View,
): Promise<number | undefined> {
  if (!(await docker.volumes(project)).some(isDataVolume)) return undefined;
  const record = await readDataVolume(directory, files);
  if (record?.postgres !== undefined) return record.postgres;
  const paths = instancePaths(directory);
  const known = (await appliedConfig(paths, files)) ?? (await renderedConfig(paths, files));
  return known?.postgres.version ?? DEFAULT_POSTGRES;
}

/** PostgreSQL starts on nothing that another major version made. Throws FW-POSTGRES-VERSION, FW-POSTGRES-UNFINISHED. */
export async function refuseOtherMajor(
  { catalog, directory }: Desired,
  ports: View,
): Promise<void> {
  const { config } = catalog.context;
  if (externalPostgres(config)) return;
  refuseUnfinishedMove(await readDataVolume(directory, ports.files));
  const { version } = config.postgres;
  const found = await majorOfVolume(directory, config.project, ports);
  if (found === undefined || found === version) return;
  throw new FactswayError(
    'FW-POSTGRES-VERSION',
    `The database was made by PostgreSQL ${found}, and factsway.yaml asks for ${version}, which cannot start on it. Nothing was changed.`,
    `${version > found ? `Bring it there: factsway-install upgrade --postgres ${version}` : `Go back, where it came from there: factsway-install rollback --postgres ${version}`}   or stay: factsway-install up --set postgres.version=${found}`,
  );
}

/** Until it is finished nothing else is done. Throws FW-POSTGRES-UNFINISHED. */
export function refuseUnfinishedMove(record: DataVolumeRecord | undefined): void {
  const move = unfinishedMove(record);
  if (!move) return;
  throw new FactswayError(
    'FW-POSTGRES-UNFINISHED',
    `A change to PostgreSQL ${record?.postgres ?? ''} was cut off once the database had moved. Nothing was changed.`,
    `Finish it: factsway-install ${move.back ? 'rollback' : 'upgrade'} --postgres ${record?.postgres ?? ''}`,
  );
}
