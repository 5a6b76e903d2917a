import { rm, stat } from 'node:fs/promises';
import { FactswayError } from '../../model/errors.ts';
import type { UpdateMirror } from '../../ports/update-mirror.ts';
import { directorySource } from './directory-source.ts';
import { directoryStore } from './directory-store.ts';
import { withFillLock } from './fill-lock.ts';
import { packTar } from './pack-tar.ts';
import { unreadable } from './source-errors.ts';

const BUCKET = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?$/;
const ARCHIVE = /\.(tar|tar\.gz|tgz)$/;

/** Places that updates are copied from and to. */
export const updateMirror: UpdateMirror = {
  async source(address, options) {
    const bucket = BUCKET.exec(address)?.groups?.['bucket'];
    if (bucket !== undefined) return (await import('./s3-source.ts')).s3Source(bucket, options);
    if (/^https:\/\/[^/]/.test(address) && URL.canParse(address))
      return (await import('./https-source.ts')).httpsSource(address);
    if (address.includes('://'))
      throw new FactswayError(
        'FW-USAGE',
        `Updates cannot be copied from ${address}.`,
        'Use s3://BUCKET, https://SERVER, a directory, or a file .tar or .tar.gz.',
      );
    const found = await stat(address).catch(() => undefined);
    if (found?.isDirectory()) return directorySource(address);
    if (found?.isFile() && ARCHIVE.test(address))
      return (await import('./tar-source.ts')).tarSource(address);
    throw unreadable(
      address,
      found ? 'is neither a directory nor a .tar or .tar.gz' : 'is not there',
    );
  },
  store: (directory) => Promise.resolve(directoryStore(directory)),
  pack: packTar,
  locked: withFillLock,
  discardDirectory: (directory) => rm(directory, { recursive: true, force: true }),
};
