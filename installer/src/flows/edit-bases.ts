import { originOf, type Manifest, type RenderedTexts } from '../model/bundle.ts';
import type { ObservedEdit } from '../model/observed.ts';
import type { Files } from '../ports/files.ts';
import { sha256 } from '../render/digest.ts';
import type { InstancePaths } from './paths.ts';
import { readJson } from './read-json.ts';

/** Every text of a path that a rendering is remembered to have had, the latest first. */
export const textsOf = (rendered: RenderedTexts | undefined, path: string): readonly string[] => [
  ...(rendered?.files[path] === undefined ? [] : [rendered.files[path]]),
  ...(rendered?.former?.[path] ?? []),
];

/**
 * With each edited text (by path) the rendering it was made in: found by its digest, so that a text which is not the
 * one on record is never taken for it. Runs that were cut off leave it in their copies. Reads only.
 */
export async function findBases(
  edited: Readonly<Record<string, string>>,
  manifest: Manifest,
  paths: InstancePaths,
  files: Files,
): Promise<Record<string, ObservedEdit>> {
  if (Object.keys(edited).length === 0) return {};
  const records = await Promise.all(
    [paths.rendered, paths.previousTexts, paths.leadingTexts].map((path) =>
      readJson<RenderedTexts>(path, files),
    ),
  );
  return Object.fromEntries(
    Object.entries(edited).map(([path, text]) => {
      const origin = originOf(manifest, path, sha256(text));
      const base = records
        .flatMap((record) => textsOf(record, path))
        .find((candidate) => sha256(candidate) === origin);
      return [path, { text, ...(base === undefined ? {} : { base }) }];
    }),
  );
}
