import { expect, it } from 'vitest';
import type { Row } from './compare.ts';
import { reportJson, reportText } from './report.ts';

const row = (relation: Row['relation'], more: Partial<Row> = {}): Row => ({
  component: 'edge',
  field: 'stop signal',
  relation,
  compose: 'SIGINT',
  kubernetes: null,
  ...more,
});
const ROWS: Row[] = [
  row('EQUAL'),
  row('REFINES', {
    entry: 'never-root',
    reason: 'Root is refused.',
    compose: null,
    kubernetes: true,
  }),
  row('DECLARED', { entry: 'two', reason: 'Two words for it.', component: 'a' }),
  row('DECLARED', { entry: 'two', reason: 'Two words for it.', component: 'b' }),
  row('DIFFERENT', { field: 'files /x text', compose: 'one\ntwo\n', kubernetes: 'one\nthree\n' }),
];

it('says what differs first, and every reason once', () => {
  expect(reportText(ROWS)).toBe(`DIFFERENT       1
DECLARED        2
REFINES         1
EQUAL           1

DIFFERENT: nobody has declared this
  edge: files /x text
    Compose     3 lines, e.g. 2: two
    Kubernetes  3 lines, e.g. 2: three

DECLARED: differs, for a reason
  two (2): a, b
    Two words for it.
    e.g. a, stop signal:
      "SIGINT"  ->  -

REFINES: Kubernetes says more
  never-root (1): edge
    Root is refused.
    e.g. edge, stop signal:
      -  ->  true

EQUAL: 1 facts are the same
  edge 1
`);
});

it('keeps to its width, and is told apart for programs', () => {
  const long = [
    row('DIFFERENT', { compose: 'x'.repeat(300), reason: 'because of it '.repeat(20).trim() }),
  ];
  for (const line of reportText(long, 80).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  const { summary, rows } = reportJson(ROWS);
  expect(summary).toEqual({ DIFFERENT: 1, DECLARED: 2, REFINES: 1, EQUAL: 1 });
  expect(rows[0]?.relation).toBe('DIFFERENT');
  expect(rows).toHaveLength(ROWS.length);
});
