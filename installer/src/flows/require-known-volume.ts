import { parse } from 'yaml';
import { DATA_MOUNT } from '../catalog/components/backup.ts';
import { dataVolume, generationOf, isDataVolume } from '../catalog/data-volume.ts';
import { externalPostgres } from '../catalog/database-access.ts';
import { FactswayError } from '../model/errors.ts';
import { shellWord } from '../model/shell.ts';
import type { Desired } from '../planner/desired.ts';
import { lostVolume, type VolumeSigns } from '../planner/lost-volume.ts';
import type { Ports } from '../ports/ports.ts';
import { readDataVolume } from './data-volume.ts';
import { instancePaths } from './paths.ts';

const CORE_FILE = 'compose.yaml';

/**
 * Whatever starts PostgreSQL knows which volume the database is in. Where the record of that is lost although the
 * database has moved at least once, starting from the first volume would serve what was there before the move, and
 * whatever is written then would be lost when somebody notices. Throws FW-DATA-VOLUME-UNKNOWN. Reads only.
 */
export async function requireKnownVolume(
  { catalog, directory }: Pick<Desired, 'catalog' | 'directory'>,
  ports: Pick<Ports, 'docker' | 'files'>,
): Promise<void> {
  const { config } = catalog.context;
  if (externalPostgres(config) || (await readDataVolume(directory, ports.files))) return;
  const volumes = (await ports.docker.volumes(config.project)).filter(isDataVolume);
  if (volumes.every((name) => name === dataVolume(1))) return;
  const signs = { volumes, ...(await readSigns(directory, config.project, ports)) };
  const candidates = lostVolume(signs);
  if (!candidates) return;
  throw new FactswayError(
    'FW-DATA-VOLUME-UNKNOWN',
    `state/data-volume.json is gone, which says in which of its volumes the database is: ${candidates.map(dataVolume).join(', ')}. Starting from another one would serve old data. Nothing was changed.`,
    `See below what speaks for which, then say it by its number: echo '{"generation": ${likely(signs)}}' > ${shellWord(instancePaths(directory).dataVolume)}   (${candidates.map((one) => `${one} is ${dataVolume(one)}`).join(', ')})   and run the command again.`,
    describe(signs),
  );
}

async function readSigns(
  directory: string,
  project: string,
  { docker, files }: Pick<Ports, 'docker' | 'files'>,
): Promise<Omit<VolumeSigns, 'volumes'>> {
  const [text, containers] = await Promise.all([
    files.readText(instancePaths(directory).file(CORE_FILE)).catch(() => undefined),
    docker.containers(project),
  ]);
  const rendered = generationOf(renderedVolume(text));
  const mount = containers.find(({ service }) => service === 'postgres')?.mounted?.[DATA_MOUNT];
  const mounted = generationOf(mount?.replace(`${project}_`, '') ?? '');
  return {
    ...(rendered === undefined ? {} : { rendered }),
    ...(mounted === undefined ? {} : { mounted }),
  };
}

/** The volume that PostgreSQL has in a Compose file; empty where nobody can tell. */
function renderedVolume(text: string | undefined): string {
  try {
    const { services } = parse(text ?? '') as {
      services: { postgres: { volumes: readonly unknown[] } };
    };
    const mounts = services.postgres.volumes.filter((one) => typeof one === 'string');
    return mounts.find((one) => one.endsWith(`:${DATA_MOUNT}`))?.split(':')[0] ?? '';
  } catch {
    return '';
  }
}

/** What goes into the command that is shown: only what every sign says; otherwise a person has to look. */
function likely({ rendered, mounted }: VolumeSigns): string {
  const one = mounted ?? rendered;
  return one === undefined || one === 1 || (rendered ?? one) !== one ? 'NUMBER' : String(one);
}

const describe = ({ rendered, mounted }: VolumeSigns): string[] => [
  mounted === undefined
    ? 'There is no container of PostgreSQL.'
    : `The container of PostgreSQL was made with ${dataVolume(mounted)}.`,
  rendered === undefined
    ? `${CORE_FILE} does not say.`
    : `${CORE_FILE} names ${dataVolume(rendered)}.`,
  'A copy of the record lies beside the backups; factsway-install restore printed the name of the volume of before.',
];
