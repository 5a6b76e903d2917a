import type { Files } from '../ports/files.ts';

/** A JSON file of our own; undefined where there is none. */
export async function readJson<T>(path: string, files: Files): Promise<T | undefined> {
  const text = await files.readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    // Our own files are written atomically; a damaged one is treated as absent and written anew.
    return undefined;
  }
}
