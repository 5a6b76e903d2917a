import type { SecretName } from './workload.ts';

/** One file of the instance directory as it should be. */
export type BundleFile = {
  /** Relative to the instance directory, with forward slashes. */
  readonly path: string;
  readonly content: string;
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
  /**
   * rendered: ours, replaced when the model changes, guarded against hand edits.
   * seed: written once when missing and then the customer's own.
   */
  readonly ownership: 'rendered' | 'seed';
};

/** Who may read a secret file: the first reader owns it, a second one reads through the group. */
export type SecretFile = {
  readonly name: SecretName;
  /** Numeric uids of the containers that need it. */
  readonly readers: readonly number[];
  /** Where this secret is used, for people. */
  readonly purpose: string;
  /** The volume whose content only this secret opens; a lost secret with a kept volume is an error. */
  readonly unlocks?: string;
  /** A person puts it there; it is never made. */
  readonly given?: true;
};

/** Of the directories below config/: users of containers come in, whoever they are. */
export const CONFIG_DIRECTORY_MODE = 0o755;

export type Bundle = {
  readonly files: readonly BundleFile[];
  readonly secrets: readonly SecretFile[];
  readonly warnings: readonly string[];
};

/** state/manifest.json: what the last rendering wrote. */
export type Manifest = {
  readonly version: 1;
  /** sha256 of each rendered file, hex, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Digests a rendering under way may have left on disk; stays only after a run that was killed while writing. */
  readonly pending?: Readonly<Record<string, readonly string[]>>;
  /** Edits by hand that such a rendering may have carried over, by path. */
  readonly edits?: Readonly<Record<string, readonly CarriedEdit[]>>;
};

/** sha256 (hex) of a file with an edit by hand, and of the rendering that the edit was made in. */
export type CarriedEdit = { readonly content: string; readonly of: string };

/** Digest of the rendering that an edited file was made from; undefined where it was never rendered. */
export const originOf = (manifest: Manifest, path: string, digest: string): string | undefined =>
  manifest.edits?.[path]?.find(({ content }) => content === digest)?.of ?? manifest.files[path];

/** The manifest with further edits that may be found on disk; those of runs killed earlier stay valid. */
export function withEdits(
  manifest: Manifest,
  edits: Readonly<Record<string, CarriedEdit>>,
): Manifest {
  if (Object.keys(edits).length === 0) return manifest;
  const all: Record<string, readonly CarriedEdit[]> = { ...manifest.edits };
  // The same content may come of another rendering: the latest one is meant.
  for (const [path, edit] of Object.entries(edits))
    all[path] = [edit, ...(all[path] ?? []).filter(({ content }) => content !== edit.content)];
  return { ...manifest, edits: all };
}

export const EMPTY_MANIFEST: Manifest = { version: 1, files: {} };

/** Whether content with this digest (sha256, hex) at a path is what a rendering wrote, or one under way was writing. */
export const isOurs = (manifest: Manifest, path: string, digest: string): boolean =>
  digest === manifest.files[path] || (manifest.pending?.[path] ?? []).includes(digest);

/** Paths that a rendering wrote or was writing. */
export const knownPaths = ({ files, pending }: Manifest): readonly string[] =>
  Object.keys({ ...files, ...pending });

/** The manifest with further digests that may be found on disk; those of runs killed earlier stay valid. */
export function withPending(manifest: Manifest, digests: Manifest['files']): Manifest {
  const pending: Record<string, readonly string[]> = { ...manifest.pending };
  for (const [path, digest] of Object.entries(digests))
    pending[path] = [...new Set([...(pending[path] ?? []), digest])];
  return { ...manifest, pending };
}

/** state/rendered.json: the texts of the last rendering. Trusted only where a text has the manifest's digest. */
export type RenderedTexts = {
  readonly version: 1;
  readonly files: Readonly<Record<string, string>>;
  /** Earlier renderings of files that were edited by hand: of a run that was cut off, some may still be what an edit is of. */
  readonly former?: Readonly<Record<string, readonly string[]>>;
  /** factsway.yaml as it was rendered from. */
  readonly config: string;
};
