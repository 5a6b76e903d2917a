import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Pair,
  parseDocument,
  Scalar,
  YAMLMap,
} from 'yaml';
import { YAMLSeq, type Document, type Node } from 'yaml';

/** A file of a person has hundreds; one whose aliases multiply without end is nobody's to copy. */
const MOST_NODES = 20_000;

export type Override = { readonly document: Document; readonly top: YAMLMap };

/**
 * The customer's override with every value as it is written, so that nothing of it is read in one way here and in
 * another by Compose. Undefined where it is no YAML, or no mapping: Compose says what is wrong with it.
 */
export function readOverride(text: string | undefined): Override | undefined {
  if (text === undefined) return undefined;
  const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' });
  const { contents } = document;
  return document.errors.length === 0 && isMap(contents) ? { document, top: contents } : undefined;
}

/** A copy with no alias in it, for a file where nothing they lead to is; tags and merges stay. Throws RangeError where it has no end. */
export function expand(node: unknown, { document }: Override): Node | null {
  let left = MOST_NODES;
  const copy = (found: unknown): Node | null => {
    left -= 1;
    if (left < 0) throw new RangeError('aliases without end');
    if (isAlias(found)) return copy(found.resolve(document));
    if (isMap(found)) {
      const map = alike(new YAMLMap(), found);
      map.flow = found.flow ?? false;
      map.items = found.items.map(({ key, value }) => new Pair(copy(key), copy(value)));
      return map;
    }
    if (isSeq(found)) {
      const list = alike(new YAMLSeq(), found);
      list.flow = found.flow ?? false;
      list.items = found.items.map((item) => (isPair(item) ? item : copy(item)));
      return list;
    }
    if (!isScalar(found)) return null;
    const scalar = alike(new Scalar(found.value), found);
    if (found.type !== undefined) scalar.type = found.type;
    return scalar;
  };
  return copy(node);
}

function alike<T extends Node>(copy: T, { tag, comment, commentBefore }: Node): T {
  if (tag !== undefined) copy.tag = tag;
  if (typeof comment === 'string') copy.comment = comment;
  if (typeof commentBefore === 'string') copy.commentBefore = commentBefore;
  return copy;
}

export const textOf = (node: unknown): string | undefined =>
  isScalar(node) && typeof node.value === 'string' ? node.value : undefined;

export const entriesOf = (node: unknown): readonly (readonly [string, Pair])[] =>
  isMap(node)
    ? node.items.flatMap((pair) => {
        const key = textOf(pair.key);
        return key === undefined ? [] : [[key, pair] as const];
      })
    : [];
