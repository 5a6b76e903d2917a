import type { Channel } from './protocol.ts';

/** In a directory that is being filled; the mirror serves no such name. */
export const FILL_LOCK = '.fill.lock';

/** A file as it is on disk, or as a manifest says it is. */
export type Digest = { readonly size: number; readonly sha512: string };

export type MirrorRequest = {
  readonly channels: readonly Channel[];
  /** Only this one; whatever is offered unless said. */
  readonly version: string | undefined;
  /** Versions of each channel that stay, those that are offered among them. */
  readonly keep: number;
};

/** A manifest of the source, read and understood. */
export type OfferedManifest = {
  readonly name: string;
  readonly channel: Channel;
  readonly text: string;
  readonly version: string;
  readonly files: readonly ({ readonly name: string } & Digest & {
      /** Of the block map at its end, where it has one; bytes. */
      readonly blockMapSize?: number;
    })[];
};

/** A manifest of the mirror as it is; `version` is undefined where it cannot be read. */
export type LiveManifest = {
  readonly name: string;
  readonly text: string;
  readonly version: string | undefined;
  readonly files: readonly ({ readonly name: string } & Digest)[];
};

export type ObservedMirror = {
  readonly offered: readonly OfferedManifest[];
  /** Block maps of the source by name, with their sizes. */
  readonly blockMaps: Readonly<Record<string, number>>;
  readonly live: readonly LiveManifest[];
  /** Files of the mirror by name: their sizes, and what is in those that are offered. */
  readonly present: Readonly<Record<string, { readonly size: number; readonly sha512?: string }>>;
  /** What an earlier run has brought that was not finished, by name. */
  readonly staged: Readonly<Record<string, Digest>>;
  readonly freeBytes: number;
};

export type MirrorCopy = {
  readonly name: string;
  readonly size: number;
  /** Absent of a block map, which says by itself what it belongs to. */
  readonly sha512?: string;
  readonly because: string;
  /** An earlier run has brought it: it only has to be put in its place. */
  readonly here: boolean;
  /** Of an installer: the block map that is brought before it, to be compared with it on its way. */
  readonly blockMap?: string;
  /** Of an AppImage: bytes of the block map at its end. */
  readonly blockMapSize?: number;
  /** Of a block map: its installer, which is brought after it, or is here already and has to be read for it. */
  readonly blockMapOf?: {
    readonly name: string;
    readonly size: number;
    readonly isHere: boolean;
  };
};

/** In the order it is carried out: files, then manifests, then what nobody needs any more. */
export type MirrorPlan = {
  readonly copies: readonly MirrorCopy[];
  readonly manifests: readonly {
    readonly name: string;
    readonly text: string;
    readonly version: string;
    readonly before: string | undefined;
  }[];
  readonly removes: readonly { readonly name: string; readonly because: string }[];
  readonly notes: readonly string[];
};
