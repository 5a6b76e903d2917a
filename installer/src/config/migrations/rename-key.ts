import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, parseDocument, type Document, type Pair, type Scalar } from 'yaml';
import type { Rename } from './step.ts';

/** `unchanged`: the text has no such key, or has one of the new name already; `refused`: it cannot be edited that way. */
export type Renamed = { readonly text: string } | 'unchanged' | 'refused';

/** The text, without a byte order mark, with one key renamed where it stands and every other byte as it was. */
export function renameKey(text: string, { path, name }: Rename): Renamed {
  const document = parseDocument(text, { logLevel: 'error' });
  const before: unknown = document.toJS({ mapAsMap: true });
  const wanted = renamed(before, path, name);
  if (wanted === undefined) return 'unchanged';
  const key = keyOf(document, path);
  if (!key?.range) return 'refused';
  const [begin, end] = key.range;
  const edited = text.slice(0, begin) + quoted(name, key.type) + text.slice(end);
  // An anchor can make the same section mean something elsewhere too, and there nothing was to change.
  const after: unknown = parseDocument(edited, { logLevel: 'error' }).toJS({ mapAsMap: true });
  return isDeepStrictEqual(after, wanted) ? { text: edited } : 'refused';
}

/** Data with the key renamed; undefined where there is nothing to rename, or something in the way. */
function renamed(data: unknown, path: readonly string[], name: string): unknown {
  const [first, ...rest] = path;
  if (!(data instanceof Map) || first === undefined || !data.has(first)) return undefined;
  if (rest.length === 0 && data.has(name)) return undefined;
  const child: unknown = rest.length === 0 ? data.get(first) : renamed(data.get(first), rest, name);
  if (child === undefined) return undefined;
  return new Map(
    [...(data as Map<unknown, unknown>)].map(([key, value]) =>
      key === first ? [rest.length === 0 ? name : key, child] : [key, value],
    ),
  );
}

/** The key's own node, where every part of the path is written out and none is an alias. */
function keyOf(document: Document, path: readonly string[]): Scalar | undefined {
  let node: unknown = document.contents;
  let pair: Pair | undefined;
  for (const part of path) {
    pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && key.value === part)
      : undefined;
    node = pair?.value;
  }
  return pair && isScalar(pair.key) ? pair.key : undefined;
}

/** Names of our keys are letters, so quotes are all there is to write. */
function quoted(name: string, type: Scalar['type']): string {
  if (type === 'QUOTE_DOUBLE') return `"${name}"`;
  return type === 'QUOTE_SINGLE' ? `'${name}'` : name;
}
