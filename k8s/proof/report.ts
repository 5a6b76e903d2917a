import type { Relation, Row } from './compare.ts';
import type { Leaf } from './leaves.ts';

/** What needs a decision comes first. */
const ORDER: readonly Relation[] = ['DIFFERENT', 'DECLARED', 'REFINES', 'EQUAL'];

export type Summary = Readonly<Record<Relation, number>>;

export function summarise(rows: readonly Row[]): Summary {
  const count = (relation: Relation): number =>
    rows.filter((row) => row.relation === relation).length;
  return {
    DIFFERENT: count('DIFFERENT'),
    DECLARED: count('DECLARED'),
    REFINES: count('REFINES'),
    EQUAL: count('EQUAL'),
  };
}

/** `export k8s --report --json`: every row, those that differ first. */
export function reportJson(rows: readonly Row[]): { summary: Summary; rows: readonly Row[] } {
  return { summary: summarise(rows), rows: ORDER.flatMap((relation) => of(rows, relation)) };
}

const of = (rows: readonly Row[], relation: Relation): readonly Row[] =>
  rows.filter((row) => row.relation === relation);

/**
 * `export k8s --report` as plain text. A difference has a line for each component, what is declared one for each
 * reason and kind of field, and what is equal a number. `width` is that of the table in characters, at least 80.
 */
export function reportText(rows: readonly Row[], width = 100): string {
  const wide = Math.max(80, width);
  const summary = summarise(rows);
  const lines = ORDER.map(
    (relation) => `${relation.padEnd(10)} ${String(summary[relation]).padStart(6)}`,
  );
  const different = of(rows, 'DIFFERENT').flatMap((row) => [
    clip(`  ${row.component}: ${row.field}`, wide),
    clip(`    Compose     ${shown(row.compose, row.kubernetes)}`, wide),
    clip(`    Kubernetes  ${shown(row.kubernetes, row.compose)}`, wide),
    ...(row.reason === undefined ? [] : wrapped(`(${row.reason})`, wide, 4)),
  ]);
  const parts = [
    ...(different.length > 0 ? [['DIFFERENT: nobody has declared this', ...different]] : []),
    ...(['DECLARED', 'REFINES'] as const).flatMap((relation) => {
      const entries = byReason(of(rows, relation));
      return entries.length === 0
        ? []
        : [[titles[relation], ...entries.flatMap((entry) => told(entry, wide))]];
    }),
    [`EQUAL: ${summary.EQUAL} facts are the same`, ...equals(of(rows, 'EQUAL'), wide)],
  ];
  return `${[lines.join('\n'), ...parts.map((part) => part.join('\n'))].join('\n\n')}\n`;
}

const titles = {
  DECLARED: 'DECLARED: differs, for a reason',
  REFINES: 'REFINES: Kubernetes says more',
} as const;

function byReason(rows: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = row.entry ?? '';
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

/** One entry of the ledger: its reason, and one of its facts as an example of the others. */
function told(rows: readonly Row[], width: number): string[] {
  const [first] = rows;
  if (!first) return [];
  const components = [...new Set(rows.map(({ component }) => component))];
  return [
    clip(`  ${first.entry ?? ''} (${rows.length}): ${several(components)}`, width),
    ...wrapped(first.reason ?? '', width, 4),
    clip(`    e.g. ${first.component}, ${first.field}:`, width),
    clip(
      `      ${shown(first.compose, first.kubernetes)}  ->  ${shown(first.kubernetes, first.compose)}`,
      width,
    ),
  ];
}

const several = (names: readonly string[]): string =>
  names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;

function equals(rows: readonly Row[], width: number): string[] {
  const counts = new Map<string, number>();
  for (const { component } of rows) counts.set(component, (counts.get(component) ?? 0) + 1);
  return wrapped([...counts].map(([name, count]) => `${name} ${count}`).join(', '), width, 2);
}

/** A value in one line; of a text of several, the first line that is not in the other. */
function shown(value: Leaf | undefined, other?: Leaf): string {
  if (value === undefined || value === null) return '-';
  if (typeof value !== 'string')
    return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
  const lines = value.split('\n');
  if (lines.length === 1) return JSON.stringify(value);
  const known = new Set(typeof other === 'string' ? other.split('\n') : []);
  const index = Math.max(
    0,
    lines.findIndex((line) => !known.has(line)),
  );
  return `${lines.length} lines, e.g. ${index + 1}: ${(lines[index] ?? '').trim()}`;
}

const clip = (line: string, width: number): string =>
  line.length <= width ? line : `${line.slice(0, width - 3)}...`;

function wrapped(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => ' '.repeat(indent) + one);
}
