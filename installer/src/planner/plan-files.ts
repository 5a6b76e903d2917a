import { isOurs, knownPaths, type Bundle } from '../model/bundle.ts';
import type { ObservedInstance } from '../model/observed.ts';
import type { FileChange } from '../model/plan.ts';
import { sha256 } from '../render/digest.ts';
import { planPermissions } from './plan-permissions.ts';

export type FilePlan = {
  readonly changes: readonly FileChange[];
  /** Edited by hand and also changed by us: writing would lose somebody's work. */
  readonly conflicts: readonly string[];
  /** Edited by hand, but we have nothing new for them: left alone. */
  readonly kept: readonly string[];
};

/**
 * Three-way comparison of each file: what we want, what we last wrote, what is there.
 * With `overwrite` a hand-edited file is replaced (the executor keeps a copy).
 */
export function planFiles(
  bundle: Bundle,
  instance: ObservedInstance,
  overwrite: boolean,
): FilePlan {
  const changes: FileChange[] = [];
  const conflicts: string[] = [];
  const kept: string[] = [];

  const { manifest } = instance;
  for (const { path, content, ownership } of bundle.files) {
    const onDisk = instance.digests[path];
    if (onDisk === undefined) {
      changes.push({ path, change: 'create' });
      continue;
    }
    const wanted = sha256(content);
    if (ownership === 'seed' || onDisk === wanted) continue;
    if (isOurs(manifest, path, onDisk) || overwrite) changes.push({ path, change: 'update' });
    else if (manifest.files[path] === wanted) kept.push(path);
    else conflicts.push(path);
  }

  const wantedPaths = new Set(bundle.files.map((file) => file.path));
  for (const path of knownPaths(manifest)) {
    const onDisk = instance.digests[path];
    if (wantedPaths.has(path) || onDisk === undefined) continue;
    if (isOurs(manifest, path, onDisk) || overwrite) changes.push({ path, change: 'delete' });
    else conflicts.push(path);
  }
  // What is written anew gets its mode with that.
  const written = new Set(changes.map(({ path }) => path));
  for (const path of planPermissions(bundle, instance))
    if (!written.has(path)) changes.push({ path, change: 'permissions' });
  return { changes, conflicts, kept };
}
