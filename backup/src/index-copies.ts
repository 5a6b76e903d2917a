import { textOr, type OpenPlace } from './place.ts';

const COPY = '.copy';

/**
 * Paths of what pgBackRest keeps twice (the indexes, and the manifest of each backup) and where the two are not the
 * same any more. It reads the other one then and says nothing, and verify does as well.
 *
 * @throws Problem FW-BACKUP-UNREACHABLE: of what could not be read nobody knows how it is
 */
export async function differingIndexes(place: OpenPlace): Promise<string[]> {
  const paths = new Set((await place.files('')).map(({ path }) => path));
  const differing: string[] = [];
  for (const copy of [...paths].filter((path) => path.endsWith(COPY))) {
    const path = copy.slice(0, -COPY.length);
    // While a backup is being made there is only the copy.
    if (!paths.has(path)) continue;
    const first = await textOr(place, path, null);
    const second = await textOr(place, copy, null);
    if (first === null || first !== second) differing.push(path);
  }
  return differing;
}

/** What PostgreSQL says of a backup, in lines of text; verify reads none of these files. */
const LABEL = /^START WAL LOCATION: [\x20-\x7e\n]+$/;

/** Paths of labels of backups in the archive that are not what PostgreSQL wrote. @throws Problem as above */
export async function damagedLabels(place: OpenPlace): Promise<string[]> {
  const damaged: string[] = [];
  for (const { path } of await place.files('')) {
    if (!path.startsWith('archive/') || !path.endsWith('.backup')) continue;
    const text = await textOr(place, path, null);
    if (text === null || !LABEL.test(text)) damaged.push(path);
  }
  return damaged;
}
