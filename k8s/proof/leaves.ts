import type { ComponentFacts } from './facts.ts';

/** The smallest thing that is compared: a value, or a list of values. */
export type Leaf = string | number | boolean | null | readonly (string | number)[];

/** Facts do not change: what was taken apart once is taken apart. */
const KNOWN = new WeakMap<ComponentFacts, ReadonlyMap<string, Leaf>>();

/** Facts of a component as `field → value`; words of a field are apart by spaces, as `environment LOG_LEVEL`. */
export function leaves(facts: ComponentFacts): ReadonlyMap<string, Leaf> {
  const known = KNOWN.get(facts);
  if (known) return known;
  const found = new Map<string, Leaf>();
  collect(facts, '', found);
  KNOWN.set(facts, found);
  return found;
}

function collect(value: object, path: string, found: Map<string, Leaf>): void {
  for (const [key, content] of Object.entries(value) as [string, Leaf | object][]) {
    const field = path === '' ? key : `${path} ${key}`;
    if (typeof content === 'object' && content !== null && !Array.isArray(content))
      collect(content, field, found);
    else found.set(field, content as Leaf);
  }
}

export const same = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);
