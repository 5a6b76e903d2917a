import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** sha256 of every file below a directory, by its path in there. */
export async function digestsBelow(directory: string): Promise<Record<string, string>> {
  const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile(),
  );
  const entries = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const digest = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      return [relative(directory, path), digest] as const;
    }),
  );
  return Object.fromEntries(entries);
}
