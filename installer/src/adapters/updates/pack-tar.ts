import { createReadStream } from 'node:fs';
import { open, readdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MANIFEST_NAMES, parseInstallerName } from '../../model/updates/protocol.ts';
import { writing } from '../file-errors.ts';
import { fileWithin } from './file-within.ts';
import { BLOCK, padded, writeHeader } from './tar-format.ts';

/** Manifests and installers of a directory as one archive, in the order of their names; beside, fsync, rename. */
export async function packTar(directory: string, tar: string): Promise<void> {
  const names = (await readdir(directory)).filter(
    (name) => MANIFEST_NAMES.includes(name) || parseInstallerName(name) !== undefined,
  );
  const beside = `${tar}.factsway-new`;
  await writing(tar, async () => {
    const handle = await open(beside, 'w', 0o644);
    try {
      for (const name of names.toSorted()) {
        const file = await fileWithin(directory, name);
        if (!file) continue;
        const { path, size } = file;
        await handle.writeFile(writeHeader(name, size));
        for await (const piece of createReadStream(path) as AsyncIterable<Buffer>)
          await handle.writeFile(piece);
        await handle.writeFile(Buffer.alloc(padded(size) - size));
      }
      await handle.writeFile(Buffer.alloc(2 * BLOCK));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, tar);
    const parent = await open(dirname(tar));
    await parent.sync().finally(() => parent.close());
  });
}
