import type { ObservedContainer } from './observed.ts';

/** state/made.json: what an installation brought to its host. Kept when it is uninstalled with its data. */
export type Made = {
  readonly version: 1;
  /** Compose project whose containers were made from this directory. */
  readonly project?: string;
  /** Images that were not on the host before, with the id they came with; empty where that was not seen. */
  readonly images: Readonly<Record<string, string>>;
};

export const NOTHING_MADE: Made = { version: 1, images: {} };

/** An image this installation brought, as it is on the host now. */
export type BroughtImage = {
  readonly reference: string;
  /** Why it stays; absent when it may go. */
  readonly stays?: string;
};

/** Everything there is of an installation, on the engine and on disk. */
export type Footprint = {
  readonly directory: string;
  /** Undefined where nothing tells any more: then nothing of it is left on the engine either. */
  readonly project: string | undefined;
  readonly containers: readonly ObservedContainer[];
  /** Of the project, without its prefix. */
  readonly networks: readonly string[];
  readonly volumes: readonly { readonly name: string; readonly fullName: string }[];
  /**
   * Volumes of that project name which nothing shows to be of this directory: another directory with the same
   * project name may be down. Full names.
   */
  readonly unproven: readonly string[];
  readonly images: readonly BroughtImage[];
  readonly tree: readonly { readonly path: string; readonly kind: 'file' | 'directory' }[];
  /** Paths of rendered files. */
  readonly rendered: readonly string[];
  /** Of these, the ones somebody edited. */
  readonly edited: readonly string[];
  /** factsway.yaml is gone: what was kept of it is all there is. */
  readonly configGone?: true;
};

/** What is still there after an uninstallation. */
export type Stays = {
  /** Full names. */
  readonly volumes: readonly string[];
  readonly unproven: readonly string[];
  /** Paths in the instance directory; a directory ends in a slash. */
  readonly files: readonly string[];
  readonly notOurs: readonly string[];
  readonly images: readonly { readonly reference: string; readonly because: string }[];
};
