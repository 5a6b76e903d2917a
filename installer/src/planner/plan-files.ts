import { isOurs, knownPaths, type Bundle } from '../model/bundle.ts';
import type { ObservedInstance } from '../model/observed.ts';
import type { FileChange } from '../model/plan.ts';
import type { Slot } from '../model/workload.ts';
import { slotFile } from '../render/compose/render-compose.ts';
import { sha256 } from '../render/digest.ts';
import { mergeEdit, toOtherSlot } from './merge-edit.ts';
import { planPermissions } from './plan-permissions.ts';

export type FilePlan = {
  readonly changes: readonly FileChange[];
  /** Edited by hand and also changed by us, in a way that cannot be brought together. */
  readonly conflicts: readonly string[];
  /** Of each conflict, why, as sentences. */
  readonly reasons: readonly string[];
  /** Edited by hand, but we have nothing new for them: left alone. */
  readonly kept: readonly string[];
};

/**
 * Three-way comparison of each file: what we want, what we last wrote, what is there. An edit by hand is carried into
 * a new rendering where the two do not meet, also into the Compose file of the other slot. With `overwrite` a
 * hand-edited file is replaced (the executor keeps a copy).
 */
export function planFiles(
  bundle: Bundle,
  instance: ObservedInstance,
  overwrite: boolean,
): FilePlan {
  const changes: FileChange[] = [];
  const conflicts: string[] = [];
  const reasons: string[] = [];
  const kept: string[] = [];
  const { manifest, digests } = instance;
  const wantedPaths = new Set(bundle.files.map(({ path }) => path));
  const isEdited = (path: string): boolean => {
    const digest = digests[path];
    return digest !== undefined && !isOurs(manifest, path, digest);
  };
  /** Files whose edit is carried into another one, and that are no longer needed with that. */
  const carried = new Set<string>();

  for (const { path, content, ownership } of bundle.files) {
    const onDisk = digests[path];
    const wanted = sha256(content);
    if (ownership === 'seed') {
      if (onDisk === undefined) changes.push({ path, change: 'create' });
      continue;
    }
    const write = (withEdit?: string): void => {
      changes.push({
        path,
        change: onDisk === undefined ? 'create' : 'update',
        ...(withEdit === undefined || withEdit === content ? {} : { withEdit }),
      });
    };
    const isOwn = isEdited(path) && onDisk !== wanted;
    const left = overwrite ? undefined : leftBehind(path);
    if (left !== undefined && !wantedPaths.has(left) && isEdited(left)) carried.add(left);
    // Where a run was cut off that had already carried an edit over, the copy here is the one to go by.
    const source = isOwn ? path : left !== undefined && carried.has(left) ? left : undefined;
    if (source === undefined || overwrite) {
      if (onDisk !== wanted) write();
      continue;
    }
    const edit = instance.edits?.[source];
    const origin = edit?.base === undefined ? manifest.files[source] : sha256(edit.base);
    if (isOwn && origin === wanted) {
      kept.push(path);
      continue;
    }
    const mine = edit && (isOwn ? edit : toOtherSlot(edit, content, slotOf(path) ?? 'a'));
    const merged = mine ? mergeEdit(source, mine, content) : { conflicts: [] };
    if ('conflicts' in merged) {
      conflicts.push(source);
      reasons.push(...merged.conflicts);
    } else if (isOwn && merged.text === mine?.text) kept.push(path);
    else if (sha256(merged.text) !== onDisk) write(merged.text);
  }

  for (const path of knownPaths(manifest)) {
    if (wantedPaths.has(path) || digests[path] === undefined) continue;
    if (!isEdited(path) || overwrite || carried.has(path)) changes.push({ path, change: 'delete' });
    else conflicts.push(path);
  }
  // What is written anew gets its mode with that.
  const written = new Set(changes.map(({ path }) => path));
  for (const path of planPermissions(bundle, instance))
    if (!written.has(path)) changes.push({ path, change: 'permissions' });
  return { changes, conflicts, reasons, kept };
}

const slotOf = (path: string): Slot | undefined =>
  (['a', 'b'] as const).find((slot) => slotFile(slot) === path);

/** The Compose file of the services in the other slot, for that of those in one. */
function leftBehind(path: string): string | undefined {
  const slot = slotOf(path);
  return slot && slotFile(slot === 'a' ? 'b' : 'a');
}
