import { createReadStream } from 'node:fs';
import type { UpdateSource } from '../../ports/update-mirror.ts';
import { reading } from '../file-errors.ts';
import { fileWithin } from './file-within.ts';
import { textOf } from './source-text.ts';

/** A directory with manifests and installers beside each other, as on a disk that was carried here. */
export function directorySource(directory: string): UpdateSource {
  return {
    async readText(name) {
      const file = await fileWithin(directory, name);
      return file && reading(file.path, () => textOf(createReadStream(file.path), file.path));
    },
    size: async (name) => (await fileWithin(directory, name))?.size,
    async read(name) {
      const file = await fileWithin(directory, name);
      return file && createReadStream(file.path);
    },
  };
}
