import type { Slot } from '../model/workload.ts';
import type { Files } from '../ports/files.ts';
import { instancePaths, type InstancePaths } from './paths.ts';
import { readJson } from './read-json.ts';

export type ServingRelease = { readonly version: string; readonly slot: Slot };

/** state/release.json: which release serves, and in which slot; undefined until one does. */
export function readRelease(
  paths: InstancePaths,
  files: Files,
): Promise<ServingRelease | undefined> {
  return readJson(paths.release, files);
}

/** The slot that serves; the first one where none does yet. */
export async function servingSlot(directory: string, files: Files): Promise<Slot> {
  return (await readRelease(instancePaths(directory), files))?.slot ?? 'a';
}

export const otherSlot = (slot: Slot): Slot => (slot === 'a' ? 'b' : 'a');
