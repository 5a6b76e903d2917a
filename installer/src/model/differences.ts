/** What differs between factsway.yaml, the last rendering, the disk and the containers: the result of `diff`. */

export type FileState =
  | 'new'
  | 'missing'
  | 'outdated'
  | 'older-form'
  | 'obsolete'
  | 'edited'
  | 'merge'
  | 'conflict'
  | 'foreign'
  | 'permissions';

export type Patch = {
  readonly of: 'edit' | 'change';
  /** Unified; empty where the texts differ in nothing that may be shown. */
  readonly text: string;
};

export type FileDifference = {
  readonly path: string;
  readonly state: FileState;
  readonly patches: readonly Patch[];
};

export type ContainerState =
  | 'missing'
  | 'half-made'
  | 'definition'
  | 'override'
  | 'image'
  | 'stopped'
  | 'configuration'
  | 'obsolete';
export type ContainerDifference = { readonly service: string; readonly state: ContainerState };

export type SecretState = 'missing' | 'empty' | 'access';
/** `secrets/` is the directory itself. */
export type SecretDifference = { readonly name: string; readonly state: SecretState };

/** A key of factsway.yaml whose value is another than at the last rendering; `undefined` where it has none. */
export type KeyChange = {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
};

export type Differences = {
  /** Null where nothing tells what was rendered from. */
  readonly keys: readonly KeyChange[] | null;
  readonly files: readonly FileDifference[];
  /** Null where no engine was asked. */
  readonly containers: readonly ContainerDifference[] | null;
  readonly secrets: readonly SecretDifference[];
  /** Paths in the instance directory that are somebody else's; a directory ends in a slash. */
  readonly notOurs: readonly string[];
};

type Words = { readonly is: string; readonly then: string };

/** What a difference is called, and what `up` makes of it. */
export const FILE_WORDS: Readonly<Record<FileState, Words>> = {
  new: { is: 'not rendered yet', then: 'up writes it' },
  missing: { is: 'missing', then: 'up writes it again' },
  outdated: { is: 'would change', then: 'up writes it' },
  'older-form': { is: 'of an older form', then: 'up rewrites it; comments stay' },
  obsolete: { is: 'no longer needed', then: 'up removes it' },
  edited: { is: 'edited by hand', then: 'up leaves it as it is' },
  merge: { is: 'edited by hand, would change', then: 'up writes it; your edit is kept' },
  conflict: {
    is: 'edited by hand, would change',
    then: 'up refuses; --overwrite-edited keeps a copy',
  },
  permissions: { is: 'closed to the containers', then: 'up sets its permissions' },
  foreign: { is: 'there, but not rendered', then: 'up refuses' },
};

export const CONTAINER_WORDS: Readonly<Record<ContainerState, Words>> = {
  missing: { is: 'missing', then: 'up makes it' },
  'half-made': { is: 'half made, by a run that was cut off', then: 'up removes it' },
  definition: { is: 'definition differs', then: 'up makes it again' },
  override: { is: 'older than the override', then: 'up makes it again where that matters' },
  image: { is: 'image rebuilt', then: 'up makes it again' },
  stopped: { is: 'does not run', then: 'up starts it' },
  configuration: { is: 'configuration differs', then: 'up reloads it' },
  obsolete: { is: 'no longer needed', then: 'up removes it' },
};

export const SECRET_WORDS: Readonly<Record<SecretState, Words>> = {
  missing: { is: 'missing', then: 'up makes it, unless there is data it opens' },
  empty: { is: 'empty', then: 'up refuses' },
  access: { is: 'owner or mode is not right', then: 'up sets them' },
};

/** What somebody has to do something about. Files of others are none of it, nor are keys that change nothing. */
export function countDifferences({ files, containers, secrets }: Differences): number {
  return files.length + (containers?.length ?? 0) + secrets.length;
}
