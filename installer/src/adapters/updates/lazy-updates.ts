import type { Callers } from '../../ports/caller.ts';
import type { Cdn, ObjectStore } from '../../ports/object-store.ts';
import type { ReleaseFiles } from '../../ports/release-files.ts';
import { lazily } from '../lazily.ts';

const STORE = [
  'head',
  'readText',
  'writeText',
  'list',
  'upload',
  'sha512',
] as const satisfies readonly (keyof ObjectStore)[];
const FILES = [
  'digest',
  'digestUrl',
  'blockMapAt',
] as const satisfies readonly (keyof ReleaseFiles)[];

/** A method that is missing from a list would be missing at run time: the compiler counts them. */
type Complete<T, Listed> = Exclude<keyof T, Listed> extends never ? T : never;

export const lazyObjectStore = (): Complete<ObjectStore, (typeof STORE)[number]> =>
  lazily<ObjectStore>(STORE, async () => (await import('./s3-object-store.ts')).s3ObjectStore);

export const lazyCdn = (): Cdn =>
  lazily<Cdn>(['invalidate'], async () => (await import('./cloudfront-cdn.ts')).cloudFrontCdn);

export const lazyCallers = (): Callers =>
  lazily<Callers>(['caller'], async () => (await import('./caller.ts')).callers);

export const lazyReleaseFiles = (): Complete<ReleaseFiles, (typeof FILES)[number]> =>
  lazily<ReleaseFiles>(FILES, async () => (await import('./release-files.ts')).releaseFiles);
