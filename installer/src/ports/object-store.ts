import type { BucketPlace } from '../model/updates/settings.ts';

/** What a bucket says of an object without giving it. */
export type ObjectFacts = {
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
  /** Base64, as whoever wrote it said. */
  readonly sha512?: string;
  /** What S3 itself worked out from the bytes, where it keeps one: see adapters/updates/s3-checksum.ts. */
  readonly checksum?: string;
  /** S3's word, where the bucket replicates: COMPLETED, PENDING, FAILED; REPLICA in the other bucket. */
  readonly replication?: string;
};

/** Whether the object may be there, and as what: S3 decides it in one go with the writing. */
export type Condition = { readonly absent: true } | { readonly etag: string };

export type FileToUpload = {
  readonly path: string;
  readonly key: string;
  readonly size: number;
  readonly sha512: string;
  /** As S3 will have it; an upload of other bytes is FW-RELEASE-CHANGED. */
  readonly checksum: string;
  readonly contentType: string;
  readonly cacheControl: string;
  /** Parts an earlier run sent may be of this very file; without it they are given up. */
  readonly resume: boolean;
};

export type Uploaded = { readonly sentParts: number; readonly keptParts: number };

/** Objects in buckets. Whatever is refused or does not answer is FW-UPDATES-STORE. */
export type ObjectStore = {
  head(place: BucketPlace, key: string): Promise<ObjectFacts | undefined>;
  /** Of small ones. */
  readText(place: BucketPlace, key: string): Promise<{ text: string; etag: string } | undefined>;
  /** The new ETag; undefined where the condition did not hold, and nothing was written. */
  writeText(
    place: BucketPlace,
    key: string,
    text: string,
    rules: { contentType: string; cacheControl: string; condition: Condition },
  ): Promise<string | undefined>;
  list(
    place: BucketPlace,
    prefix: string,
  ): Promise<readonly { readonly key: string; readonly size: number }[]>;
  /** In parts, a few at a time, without ever holding more than those; never over an object that is there. */
  upload(
    place: BucketPlace,
    file: FileToUpload,
    progress: (sentBytes: number) => void,
  ): Promise<Uploaded>;
  /** SHA-512 in base64 of an object as it is read from the bucket. */
  sha512(place: BucketPlace, key: string): Promise<string>;
};

/** What stands between a bucket and clients. */
export type Cdn = {
  /** Has it forget these paths. Throws FW-UPDATES-CDN. */
  invalidate(distribution: string, paths: readonly string[], reference: string): Promise<void>;
};
