import type { Facts } from '../../k8s/proof/facts.ts';
import { LEDGER } from '../../k8s/proof/ledger.ts';

/** Facts with one thing changed; `what` says which, as a path. */
export type Mutation = { readonly what: string; readonly facts: Facts };

/** Appended to a text: in no language of a config file does it mean nothing. */
const MARK = '~';

/** Every way in which one thing can be changed: each value, each element and key taken away, and one put in. */
export function* mutations(facts: Facts): Generator<Mutation> {
  for (const { path, value } of recordChanges(facts.components, ['components'], true))
    yield { what: path.slice(1).join(' › '), facts: put(facts, path, value) as Facts };
}

/** Records of as many keys as there are things; those of others are fixed by their type. */
const OPEN = new Set([
  ...['environment', 'secrets', 'secretDirectories', 'files', 'volumes', 'tmpfs', 'hostPaths'],
  ...['health', 'readiness', 'liveness', 'waitsFor', 'gates', 'names', 'exposure', 'reaches'],
  ...['tasks'],
]);
/** Texts of which the ledger says how far they may differ; any other is compared whole. */
const isReadByLine = (path: readonly string[]): boolean =>
  LEDGER.some(({ field }) => field.test(path.slice(2).join(' ')));
const REMOVED = Symbol('removed');
type Change = { readonly path: readonly string[]; readonly value: unknown };

function* changes(value: unknown, path: readonly string[]): Generator<Change> {
  if (typeof value === 'string') {
    if (path.at(-1) === 'text' && isReadByLine(path)) yield* lineChanges(value, path);
    else yield { path, value: value + MARK };
  } else if (typeof value === 'number') {
    // By one, which rounding may swallow, and to something quite different.
    yield { path, value: value + 1 };
    yield { path, value: value * 2 + 1 };
  } else if (typeof value === 'boolean') yield { path, value: !value };
  else if (value === null) {
    yield { path, value: 1 };
    yield { path, value: MARK };
  } else if (Array.isArray(value)) yield* listChanges(value, path);
  else if (typeof value === 'object')
    yield* recordChanges(value as Record<string, unknown>, path, OPEN.has(path.at(-1) ?? ''));
}

function* listChanges(list: readonly unknown[], path: readonly string[]): Generator<Change> {
  yield { path, value: [...list, MARK] };
  for (const [index, element] of list.entries()) {
    yield { path, value: list.toSpliced(index, 1) };
    for (const { value } of changes(element, [])) yield { path, value: list.with(index, value) };
  }
}

function* recordChanges(
  record: Readonly<Record<string, unknown>>,
  path: readonly string[],
  isOpen: boolean,
): Generator<Change> {
  // A copy of what is there already, so that it is of the right kind.
  if (isOpen) yield { path: [...path, MARK], value: Object.values(record)[0] ?? MARK };
  for (const [key, content] of Object.entries(record)) {
    if (isOpen) yield { path: [...path, key], value: REMOVED };
    yield* changes(content, [...path, key]);
  }
}

/** Each line changed and each taken away. Comments and empty lines mean nothing and are no facts. */
function* lineChanges(text: string, path: readonly string[]): Generator<Change> {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const at = [...path.slice(0, -1), `text line ${index + 1}`];
    yield { path: at, value: lines.with(index, line + MARK).join('\n') };
    yield { path: at, value: lines.toSpliced(index, 1).join('\n') };
  }
}

function put(target: unknown, [head, ...rest]: readonly string[], value: unknown): unknown {
  if (head === undefined) return value;
  const key = head.startsWith('text line ') ? 'text' : head;
  const record = (target ?? {}) as Record<string, unknown>;
  if (rest.length > 0) return { ...record, [key]: put(record[key], rest, value) };
  if (value === REMOVED)
    return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
  return { ...record, [key]: value };
}
