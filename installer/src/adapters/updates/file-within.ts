import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { FactswayError } from '../../model/errors.ts';
import { shellWord } from '../../model/shell.ts';
import { reading } from '../file-errors.ts';

/**
 * A file of a directory, by the name it really has; undefined where there is none. A link to a file inside is that file;
 * one that leads elsewhere would have a disk that was carried here give away what is on this one. Throws FW-MIRROR-LINK.
 */
export function fileWithin(
  directory: string,
  name: string,
): Promise<{ readonly path: string; readonly size: number } | undefined> {
  const named = join(directory, name);
  return reading(named, async () => {
    const path = await realpath(named);
    if (!path.startsWith(join(await realpath(directory), sep)))
      throw refused(named, `is a link to ${path}, outside its directory`);
    const status = await stat(path);
    if (!status.isFile()) throw refused(named, 'is no file');
    return { path, size: status.size };
  });
}

const refused = (named: string, what: string): FactswayError =>
  new FactswayError(
    'FW-MIRROR-LINK',
    `${named} ${what}. Nothing that is served was changed.`,
    `Look at it: ls -ld ${shellWord(named)}   then put the file itself in its place.`,
  );
