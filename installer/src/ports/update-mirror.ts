import type { BlockMap } from '../model/updates/block-map.ts';
import type { Digest } from '../model/updates/mirror.ts';

/** Where updates come from. What cannot be reached or read throws FW-MIRROR-SOURCE. */
export type UpdateSource = {
  /** Of a manifest; undefined where there is none. */
  readText(name: string): Promise<string | undefined>;
  /** Bytes of a file; undefined where there is none. */
  size(name: string): Promise<number | undefined>;
  /** A file from its beginning; undefined where there is none. */
  read(name: string): Promise<AsyncIterable<Uint8Array> | undefined>;
};

export type Staged = Digest & {
  /** The first block, from zero, that is not as the block map says. */
  readonly different?: number;
};

/**
 * A directory that a mirror serves. A file gets there beside its name, is flushed to the disk, and takes its name at
 * once. What refuses a write throws FW-DISK-FULL or FW-DIR-NOT-WRITABLE.
 */
export type UpdateStore = {
  /** Files that may be served, by name. */
  files(): Promise<Readonly<Record<string, number>>>;
  /** Files that an earlier run left beside their names, and what is in them. */
  staged(): Promise<Readonly<Record<string, Digest>>>;
  freeBytes(): Promise<number>;
  readText(name: string): Promise<string | undefined>;
  digest(name: string): Promise<Digest | undefined>;
  /** Beside its name, in one pass, compared with its block map where that is given. */
  stage(name: string, content: AsyncIterable<Uint8Array>, blockMap?: BlockMap): Promise<Staged>;
  /** A staged block map, unpacked; undefined where it is none. */
  stagedBlockMap(name: string): Promise<BlockMap | undefined>;
  /** The first block of a file, staged or in its place, that is not as the map says; undefined where none is. */
  differentBlock(name: string, blockMap: BlockMap): Promise<number | undefined>;
  /** Why the block map at the end of a staged file is not its own, of so many bytes; undefined where it is. */
  embeddedMapProblem(name: string, blockMapSize: number): Promise<string | undefined>;
  /** Gives a staged file its name. */
  publish(name: string): Promise<void>;
  discard(name: string): Promise<void>;
  /** Atomic and durable. */
  writeText(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
};

export type UpdateMirror = {
  /** Of s3://BUCKET, https://SERVER, a directory or a .tar or .tar.gz. Throws FW-USAGE for anything else. */
  source(address: string, options: SourceOptions): Promise<UpdateSource>;
  store(directory: string): Promise<UpdateStore>;
  /** All that may be served of a directory as one file; atomic and durable. */
  pack(directory: string, tar: string): Promise<void>;
  /** Runs `work` as the only one that holds `lock`; one that a killed run left is taken over. Throws FW-LOCKED. */
  locked<T>(lock: string, work: () => Promise<T>): Promise<T>;
  /** The directory and all in it. */
  discardDirectory(directory: string): Promise<void>;
};

/** How a bucket is reached; nothing of it is about another source. */
export type SourceOptions = {
  readonly region: string | undefined;
  /** Another S3 service than Amazon's. */
  readonly endpoint: string | undefined;
  /** Undefined: where there is an endpoint, since other services have no name for each bucket. */
  readonly forcePathStyle: boolean | undefined;
};
