import type { Manifest } from '../../k8s/manifest.ts';
import { SAMPLE } from './kubernetes-sample.ts';

/** A difference to the sample: a value put at a path (none removes what is there), an object more, or one less. */
export type Change =
  | readonly [object: string, path: string, value?: unknown]
  | { readonly add: Manifest }
  | { readonly remove: string };

/** The sample with changes; objects are called `Kind/name`, paths as in `spec.containers.0.image`. */
export function sampleWith(...changes: readonly Change[]): readonly Manifest[] {
  // Not structuredClone: it would keep what objects share, and a change of one would be a change of all.
  return changes.reduce(changed, unshared([...SAMPLE]));
}

const unshared = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const called = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

const find = (tree: readonly Manifest[], name: string): Manifest => {
  const found = tree.find((one) => called(one) === name);
  if (found === undefined) throw new Error(`the sample has no ${name}`);
  return found;
};
/** An object of the sample by its name. */
export const sampled = (name: string): Manifest => find(SAMPLE, name);

function changed(tree: Manifest[], change: Change): Manifest[] {
  if ('add' in change) return [...tree, change.add];
  const found = find(tree, 'remove' in change ? change.remove : change[0]);
  if ('remove' in change) return tree.filter((one) => one !== found);
  put(found, change[1].split('.'), change[2]);
  return tree;
}

/** Names of labels have dots of their own: what follows one of these is a single key. */
const NAMED = /^(labels|annotations|matchLabels)$/;

function put(target: object, path: readonly string[], value: unknown): void {
  const inner = target as Record<string, unknown>;
  const [key = '', ...rest] = path;
  if (rest.length > 0) {
    const next = (inner[key] ??= {});
    put(next, NAMED.test(key) ? [rest.join('.')] : rest, value);
  } else if (value === undefined) Reflect.deleteProperty(inner, key);
  else inner[key] = value;
}
