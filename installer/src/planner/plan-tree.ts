import { isOurs, knownPaths, type BundleFile, type Manifest } from '../model/bundle.ts';
import type { FileChange } from '../model/plan.ts';
import { sha256 } from '../render/digest.ts';

export type TreePlan = {
  readonly changes: readonly FileChange[];
  /** Not as we left them, and not as they should be: writing would lose somebody's work. */
  readonly conflicts: readonly string[];
};

/**
 * What has to be written so that a directory is an export: each file as it should be against what we wrote last
 * (`manifest`) and what is there (`digests`, sha256 by path). A file nobody wrote from here is never ours to replace.
 */
export function planTree(
  files: readonly BundleFile[],
  manifest: Manifest,
  digests: Readonly<Record<string, string>>,
  overwrite: boolean,
): TreePlan {
  const changes: FileChange[] = [];
  const conflicts: string[] = [];
  const known = new Set(knownPaths(manifest));
  const decide = (path: string, digest: string, change: 'update' | 'delete'): void => {
    if (isOurs(manifest, path, digest) || (overwrite && known.has(path)))
      changes.push({ path, change });
    else conflicts.push(path);
  };
  for (const { path, content } of files) {
    const found = digests[path];
    if (found === undefined) changes.push({ path, change: 'create' });
    else if (found !== sha256(content)) decide(path, found, 'update');
  }
  const wanted = new Set(files.map(({ path }) => path));
  for (const path of known) {
    const found = digests[path];
    if (!wanted.has(path) && found !== undefined) decide(path, found, 'delete');
  }
  return { changes, conflicts };
}
