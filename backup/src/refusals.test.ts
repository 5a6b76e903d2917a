import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backup } from './backup-support.ts';
import { refuseEmptyDatabase, refuseEmptyRestored, wasFilled } from './emptiness.ts';
import { isForeign, parseIdentity } from './identity.ts';
import { dropStrangers } from './strangers.ts';

const LABEL = '20261122-180052F';
const recorded = (tables: Record<string, number>) =>
  backup({ label: LABEL, annotation: { head: '0002-b', record: JSON.stringify({ tables }) } });
const FILLED = recorded({ 'factsway.drafts': 3, 'factsway_migrations.ledger': 2 });
const BARE = recorded({ 'factsway.drafts': 0, 'factsway_migrations.ledger': 2 });
const codeOf = (work: () => void): string => {
  try {
    work();
    return 'fine';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a backup is of a database with work in it', () => {
  it.each([
    ['when its record counts rows of somebody', FILLED, true],
    ['and not when only the ledger of the migrations has some', BARE, false],
    [
      'when it says so, whatever was counted later',
      backup({ label: LABEL, annotation: { ...BARE.annotation, holds: 'rows' } }),
      true,
    ],
    [
      'and not when it says that it held nothing',
      backup({ label: LABEL, annotation: { ...FILLED.annotation, holds: 'nothing' } }),
      false,
    ],
    [
      'when nobody counted but it had tables',
      backup({ label: LABEL, annotation: { head: '1' } }),
      true,
    ],
    [
      'and not when it had none',
      backup({ label: LABEL, annotation: { reason: 'by hand' } }),
      false,
    ],
    [
      'when its record cannot be read',
      backup({ label: LABEL, annotation: { head: '1', record: '{' } }),
      true,
    ],
  ])('%s', (_what, given, expected) => {
    expect(wasFilled(given)).toBe(expected);
  });
});

describe('a backup of an empty database', () => {
  it('is refused where it would push out those of one that was not', () => {
    const work = () => {
      refuseEmptyDatabase('nothing', [FILLED, BARE], 'local');
    };
    expect(codeOf(work)).toBe('FW-BACKUP-EMPTY');
    expect(work).toThrow('the backups in local are of one that was not');
  });

  it.each([
    ['there is none yet', 'nothing', []],
    ['there are only such', 'nothing', [BARE]],
    ['it is not empty at all', 'rows', [FILLED]],
  ] as const)('is made where %s', (_what, holds, before) => {
    expect(
      codeOf(() => {
        refuseEmptyDatabase(holds, before, 'local');
      }),
    ).toBe('fine');
  });
});

describe('what was restored', () => {
  const place = { name: 's3' };
  const from = (one: ReturnType<typeof backup>, head: string | null, rows: number) =>
    codeOf(() => {
      refuseEmptyRestored(
        { place, chosen: { backup: one } },
        { head, tables: head === null ? {} : { 'factsway.drafts': rows } },
      );
    });

  it('is refused without the tables of the platform, and where its backup had rows and it has none', () => {
    expect(from(FILLED, null, 0)).toBe('FW-RESTORE-EMPTY');
    expect(from(BARE, null, 0)).toBe('FW-RESTORE-EMPTY');
    expect(from(FILLED, '0002-b', 0)).toBe('FW-RESTORE-EMPTY');
  });

  it('is fine with rows, and without where there were none', () => {
    expect(from(FILLED, '0002-b', 1)).toBe('fine');
    expect(from(BARE, '0002-b', 0)).toBe('fine');
  });
});

describe('the identity of a database', () => {
  const output =
    'pg_control version number: 1700\nDatabase system identifier:           7711052255159091222\n';

  it('is read from pg_controldata, unless that does not trust its file', () => {
    expect(parseIdentity(output)).toBe('7711052255159091222');
    expect(parseIdentity(`${output}WARNING: Calculated CRC checksum does not match`)).toBeNull();
    expect(parseIdentity('')).toBeNull();
  });

  it('is foreign to a place that never had it, and to none where nothing is known', () => {
    expect(isForeign(['1', '2'], '3')).toBe(true);
    expect(isForeign(['1', '2'], '2')).toBe(false);
    expect(isForeign([], '3')).toBe(false);
    expect(isForeign(['1'], null)).toBe(false);
  });
});

describe('segments that wait for a place', () => {
  const OWN = '7711052255159091222';
  const segment = (identity: string): Buffer => {
    const bytes = Buffer.alloc(64);
    bytes.writeBigUInt64LE(BigInt(identity), 24);
    return bytes;
  };
  const left = (known: readonly string[], live: string | null): string[] => {
    const spool = mkdtempSync(join(tmpdir(), 'spool-'));
    try {
      mkdirSync(join(spool, 'local'));
      for (const [name, content] of [
        ['000000010000000000000001', segment('42')],
        ['000000020000000000000007', segment(OWN)],
        ['000000010000000000000002', Buffer.alloc(8)],
        ['00000002.history', segment('42')],
      ] as const)
        writeFileSync(join(spool, 'local', name), content);
      dropStrangers('local', known, live, spool);
      return readdirSync(join(spool, 'local')).sort();
    } finally {
      rmSync(spool, { recursive: true });
    }
  };

  it('of a database that is neither here nor there go, and nothing else', () => {
    expect(left([OWN], OWN)).toEqual([
      '000000010000000000000002',
      '00000002.history',
      '000000020000000000000007',
    ]);
  });

  it('all stay while the place does not know the database that is here, or nobody knows which it is', () => {
    for (const [known, live] of [
      [[OWN], '42'],
      [[OWN], null],
      [[], OWN],
      [[OWN, '42'], OWN],
    ] as const)
      expect(left(known, live)).toHaveLength(4);
  });
});
