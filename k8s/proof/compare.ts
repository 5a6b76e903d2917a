import type { Facts } from './facts.ts';
import { entryFor, LEDGER, ONLY_IN_COMPOSE } from './ledger.ts';
import type { Case, Pair } from './ledger-entry.ts';
import { leaves, same, type Leaf } from './leaves.ts';

export type Relation = 'EQUAL' | 'REFINES' | 'DECLARED' | 'DIFFERENT';
export type Row = {
  readonly component: string;
  readonly field: string;
  readonly relation: Relation;
  readonly compose: Leaf | undefined;
  readonly kubernetes: Leaf | undefined;
  /** The entry of the ledger that had to be asked. */
  readonly entry?: string;
  readonly reason?: string;
};

/**
 * Every fact of the one side beside that of the other, in the order of the components and their fields. What neither is
 * the same nor stands in the ledger is DIFFERENT. Pure.
 */
export function compare(compose: Facts, kubernetes: Facts): readonly Row[] {
  const all = { compose, kubernetes };
  const names = new Set([
    ...Object.keys(compose.components),
    ...Object.keys(kubernetes.components),
  ]);
  const rows = [...names].flatMap((component): Row[] => {
    const here = compose.components[component];
    const there = kubernetes.components[component];
    if (!here || !there) return [oneSided(component, all)];
    return pairRows({ component, here, there, all });
  });
  return [...rows, ...orders(all, rows)];
}

/** Rows of two sides of a component, and at which of them its surroundings were looked at as well. */
type Known = { readonly rows: readonly Row[]; readonly wide: readonly number[] };
/** Facts do not change: what was compared once, with nothing else in view, need not be again. */
const KNOWN = new WeakMap<object, WeakMap<object, Known>>();

function pairRows(pair: Pair): Row[] {
  const { here, there } = pair;
  const known = KNOWN.get(here)?.get(there);
  const rows = [...(known?.rows ?? [])];
  if (known)
    for (const index of known.wide) rows[index] = judge(caseOf(pair, rows[index]?.field ?? ''));
  else {
    const wide: number[] = [];
    for (const field of new Set([...leaves(here).keys(), ...leaves(there).keys()])) {
      const watched = watching(pair, () => wide.push(rows.length));
      rows.push(judge(caseOf(watched, field)));
    }
    const ofHere = KNOWN.get(here) ?? new WeakMap<object, Known>();
    KNOWN.set(here, ofHere.set(there, { rows: [...rows], wide }));
  }
  const missing = LEDGER.flatMap(({ asksFor }) => asksFor?.(pair) ?? []).filter(
    (field) => !leaves(here).has(field) && !leaves(there).has(field),
  );
  return [...rows, ...missing.map((field) => judge(caseOf(pair, field)))];
}

/** The pair, telling when somebody looks beyond it. */
const watching = (pair: Pair, looked: () => void): Pair =>
  Object.defineProperty({ ...pair }, 'all', {
    get: () => {
      looked();
      return pair.all;
    },
  });

/** Reads `all` of the pair only when it is asked for. */
const caseOf = (pair: Pair, field: string): Case => ({
  component: pair.component,
  here: pair.here,
  there: pair.there,
  field,
  compose: leaves(pair.here).get(field),
  kubernetes: leaves(pair.there).get(field),
  get all() {
    return pair.all;
  },
});

function judge(one: Case): Row {
  const { component, field, compose, kubernetes } = one;
  const row = { component, field, compose, kubernetes };
  const equal = same(compose, kubernetes);
  const entry = entryFor(one);
  const isThere = compose !== undefined || kubernetes !== undefined;
  if (!entry) return { ...row, relation: equal && isThere ? 'EQUAL' : 'DIFFERENT' };
  const { id, reason, relation } = entry;
  if (!entry.holds(one))
    return { ...row, relation: 'DIFFERENT', entry: id, reason: `not as declared: ${reason}` };
  return equal ? { ...row, relation: 'EQUAL' } : { ...row, relation, entry: id, reason };
}

/** A component that only one side has. */
function oneSided(component: string, { compose, kubernetes }: Case['all']): Row {
  const here = compose.components[component];
  const there = kubernetes.components[component];
  const row = {
    component,
    field: 'component',
    compose: here ? 'runs' : undefined,
    kubernetes: there ? 'runs' : undefined,
  };
  const absence = ONLY_IN_COMPOSE.find((one) => one.component === component);
  return absence && here && absence.holds(here)
    ? { ...row, relation: 'DECLARED', entry: absence.id, reason: absence.reason }
    : { ...row, relation: 'DIFFERENT' };
}

/**
 * Everything that happens before a component, however many steps away. A step that Kubernetes leaves to a program
 * counts where the ledger has found it there.
 */
function orders({ compose, kubernetes }: Case['all'], rows: readonly Row[]): Row[] {
  const declared = rows.filter(
    ({ field, relation }) => relation === 'DECLARED' && field.startsWith('waitsFor '),
  );
  const steps = (facts: Facts, also: readonly Row[]) => (component: string) => [
    ...Object.keys(facts.components[component]?.waitsFor ?? {}),
    ...also
      .filter((row) => row.component === component)
      .map(({ field }) => field.slice('waitsFor '.length)),
  ];
  const [ours, theirs] = [steps(compose, []), steps(kubernetes, declared)];
  return Object.keys(compose.components)
    .filter((component) => component in kubernetes.components)
    .map((component) => {
      const [before, after] = [closure(component, ours), closure(component, theirs)];
      return {
        component,
        field: 'happens after',
        relation: same(before, after) ? 'EQUAL' : 'DIFFERENT',
        compose: before,
        kubernetes: after,
      };
    });
}

function closure(start: string, steps: (component: string) => readonly string[]): string[] {
  const found = new Set<string>();
  const open = [start];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const before of steps(next))
      if (!found.has(before)) {
        found.add(before);
        open.push(before);
      }
  return [...found].sort();
}
