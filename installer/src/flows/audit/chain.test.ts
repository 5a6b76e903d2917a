import { describe, expect, it } from 'vitest';
import { verifyChain, type ChainSpan } from './chain.ts';
import {
  BEGINNING,
  entryHash,
  entryText,
  readEntry,
  writeEntry,
  type AuditEntry,
} from './entry.ts';

/** Rows 1 to `count`, as the database would have written them. */
function chainOf(count: number): AuditEntry[] {
  const rows: AuditEntry[] = [];
  for (let seq = 1; seq <= count; seq += 1) {
    const entry: AuditEntry = {
      seq,
      at: '2026-11-24T08:00:00.000001Z',
      dbUser: 'factsway_app_a',
      service: 'records-service',
      actor: seq % 2 ? null : 'desk-7',
      action: 'create',
      resource: 'cases',
      resourceId: `x-${seq}`,
      requestId: 'q',
      traceId: null,
      outcome: 'done',
      previousHash: rows.at(-1)?.hash ?? BEGINNING.hash,
      hash: '',
    };
    rows.push({ ...entry, hash: entryHash(entry) });
  }
  return rows;
}
const rehash = (entry: AuditEntry): AuditEntry => ({ ...entry, hash: entryHash(entry) });
async function* each(rows: readonly AuditEntry[]) {
  yield* rows;
}
const GOOD = chainOf(9);
const at = (seq: number): AuditEntry => {
  const found = GOOD[seq - 1];
  if (!found) throw new Error(`no row ${seq}`);
  return found;
};
const END = { seq: 9, hash: at(9).hash };
const verdictOf = async (rows: readonly AuditEntry[], span: Partial<ChainSpan> = {}) =>
  (await verifyChain(each(rows), { before: BEGINNING, end: END, ...span })).problem;
const renumbered = (rows: readonly AuditEntry[]) =>
  rows.map((row, index) => ({ ...row, seq: index + 1 }));

describe('a chain', () => {
  it('that is as it was written is said to be, also behind what was removed and when it is empty', async () => {
    expect(await verifyChain(each(GOOD), { before: BEGINNING, end: END })).toEqual({
      rows: 9,
      last: END,
      problem: undefined,
    });
    const before = { seq: 4, hash: at(4).hash };
    expect(await verdictOf(GOOD.slice(4), { before })).toBeUndefined();
    expect(await verdictOf([], { end: BEGINNING })).toBeUndefined();
  });

  it.each<[string, readonly AuditEntry[], string, number]>([
    [
      'an edited row',
      GOOD.map((row) => (row.seq === 4 ? { ...row, actor: 'x' } : row)),
      'edited',
      4,
    ],
    [
      'an edited last row',
      GOOD.map((row) => (row.seq === 9 ? { ...row, actor: 'x' } : row)),
      'edited',
      9,
    ],
    [
      'an edited row with its hash made anew',
      GOOD.map((row) => (row.seq === 4 ? rehash({ ...row, actor: 'x' }) : row)),
      'unlinked',
      5,
    ],
    ['a deleted row', GOOD.filter(({ seq }) => seq !== 4), 'deleted', 4],
    ['the first row deleted', GOOD.slice(1), 'deleted', 1],
    [
      'a deleted row, the others renumbered',
      renumbered(GOOD.filter(({ seq }) => seq !== 4)),
      'deleted',
      4,
    ],
    [
      'two rows in the other order',
      renumbered([...GOOD.slice(0, 3), at(5), at(4), ...GOOD.slice(5)]),
      'reordered',
      4,
    ],
    [
      'a row taken far back',
      renumbered([at(1), at(8), ...GOOD.slice(1, 7), at(9)]),
      'reordered',
      2,
    ],
    [
      'an inserted row',
      renumbered([...GOOD.slice(0, 3), { ...at(4), actor: 'x' }, ...GOOD.slice(3)]),
      'inserted',
      4,
    ],
    [
      'an inserted row with a hash of its own',
      renumbered([...GOOD.slice(0, 3), rehash({ ...at(4), actor: 'x' }), ...GOOD.slice(3)]),
      'inserted',
      4,
    ],
    ['a cut-off end', GOOD.slice(0, 6), 'cut-off', 7],
  ])('%s is found, and told from the others', async (_what, rows, kind, seq) => {
    expect(await verdictOf(rows)).toEqual({ kind, seq });
  });

  it('with a forged head, or made anew from some row on, is found', async () => {
    const forged = { seq: 9, hash: 'f'.repeat(64) };
    expect(await verdictOf(GOOD, { end: forged })).toEqual({ kind: 'forged-head', seq: 9 });
    const anew = [...GOOD];
    for (let index = 5; index < 9; index += 1) {
      const row = { ...at(index + 1), actor: 'x', previousHash: anew[index - 1]?.hash ?? '' };
      anew[index] = rehash(row);
    }
    const end = { seq: 9, hash: anew[8]?.hash ?? '' };
    expect(await verdictOf(anew, { end })).toBeUndefined();
    const anchors = new Map([[7, at(7).hash]]);
    expect(await verdictOf(anew, { end, anchors })).toEqual({ kind: 'rewritten', seq: 7 });
  });

  it('cut off together with its head is found by what was kept outside', async () => {
    const end = { seq: 6, hash: at(6).hash };
    expect(await verdictOf(GOOD.slice(0, 6), { end })).toBeUndefined();
    const anchors = new Map([[8, at(8).hash]]);
    expect(await verdictOf(GOOD.slice(0, 6), { end, anchors })).toEqual({
      kind: 'cut-off',
      seq: 7,
    });
  });
});

it('the text that is hashed tells nothing from empty, and counts bytes', () => {
  const text = entryText({ ...at(1), resourceId: '', requestId: 'é' });
  expect(text).toContain('5:cases,0:,2:é,~,4:done,');
});

it('a row survives being written down', () => {
  expect(readEntry(JSON.parse(writeEntry(at(2))))).toEqual(at(2));
  expect(() => readEntry(['1'])).toThrow();
});
