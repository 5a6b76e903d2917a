/** What reading a file once tells of it. */
export type FileDigest = {
  /** Bytes. */
  readonly size: number;
  /** Base64. */
  readonly sha512: string;
  /** What S3 will have as its own checksum, once it is there. */
  readonly checksum: string;
  /** Of a block map inside the file; bytes, without the four that say so. */
  readonly blockMapSize?: number;
};

export type BlockMapVerdict = { readonly problem?: string };

/** Installers on this machine, and on a server: too large to be held in memory. */
export type ReleaseFiles = {
  /**
   * Reads a file once. `blockMap` is the path of its block map, or `inside` for one at its end: each block is compared
   * with what the map says of it, and `problem` says what is wrong.
   */
  digest(
    path: string,
    blockMap: string | undefined,
    progress: (readBytes: number) => void,
  ): Promise<FileDigest & BlockMapVerdict>;
  /** Bytes and SHA-512 (base64) of what an address gives. Rejects with a plain Error. */
  digestUrl(url: string): Promise<{ readonly size: number; readonly sha512: string }>;
  /** The first bytes of a block map at an address, unpacked; undefined where it is none. Rejects with a plain Error. */
  blockMapAt(url: string): Promise<{ readonly coveredBytes: number } | undefined>;
};
