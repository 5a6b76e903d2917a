import type { Slot } from './workload.ts';

/** releases/<version>/release.json: written when a release begins to serve. */
export type RecordedRelease = {
  readonly version: string;
  readonly slot: Slot;
  readonly recordedAt: string;
  /** Id of each image, by reference. */
  readonly images: Readonly<Record<string, string>>;
  /** Digest at its registry, by reference, of those that came from one. */
  readonly digests?: Readonly<Record<string, string>>;
  /** Release that served before it was first installed here: where a rollback leads. */
  readonly previous?: string;
};

export type ReleaseImage = {
  readonly reference: string;
  readonly id: string;
  readonly digest: string | null;
  /** another: the name leads to another image than the one that served. */
  readonly state: 'here' | 'another' | 'gone' | 'unknown';
};

export type Release = {
  readonly version: string;
  readonly slot: Slot;
  readonly recordedAt: string;
  readonly serves: boolean;
  /** Whether every image of it is on this host; null where no engine was asked. */
  readonly returnable: boolean | null;
  readonly images: readonly ReleaseImage[];
};
