import { describe, expect, it } from 'vitest';
import { chooseRestore, parseTarget, sqlTime } from './restore-target.ts';
import { backup } from './backup-support.ts';
import type { Timeline } from './timelines.ts';

const NOW = new Date('2026-11-22T20:00:00Z');
const FULL = backup({ label: '20261122-180052F' });
const DIFF = backup({
  label: '20261122-180052F_20261122-190000D',
  stoppedAt: new Date('2026-11-22T19:00:00Z'),
  walStart: '000000010000000000000014',
  walStop: '000000010000000000000014',
  lsnStop: '0/14000120',
});
const ONE: Timeline[] = [{ id: 1, bornAt: null, forks: [] }];
/** At 19:30 the database went back to a moment before DIFF. */
const TWO: Timeline[] = [
  ...ONE,
  { id: 2, bornAt: new Date('2026-11-22T19:30:00Z'), forks: [{ timeline: 1, at: 0x10000000n }] },
];
const at = (text: string) => parseTarget(text);
const code = (work: () => unknown): string => {
  try {
    work();
    return 'fine';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a target', () => {
  it('is the newest state, a moment or a label', () => {
    expect(parseTarget('latest')).toEqual({ kind: 'latest' });
    expect(parseTarget('20261122-180052F')).toEqual({ kind: 'label', label: FULL.label });
    expect(parseTarget(DIFF.label)).toEqual({ kind: 'label', label: DIFF.label });
    const moment = new Date('2026-11-20T10:00:00Z');
    for (const text of [
      '2026-11-20T10:00:00Z',
      '2026-11-20T11:00:00+01:00',
      '2026-11-20 10:00:00Z',
      '2026-11-20T10:00Z',
    ])
      expect(parseTarget(text)).toEqual({ kind: 'time', at: moment });
  });

  it.each([
    '',
    'yesterday',
    '2026-11-20',
    '2026-11-20T10:00:00',
    '2026-02-31T10:00:00Z',
    '2026-11-20T25:00:00Z',
    '1795369289',
  ])('is not %j', (text) => {
    expect(code(() => parseTarget(text))).toBe('FW-RESTORE-TARGET');
  });

  it('is written for PostgreSQL in UTC', () => {
    expect(sqlTime(new Date('2026-11-22T18:01:28.321Z'))).toBe('2026-11-22 18:01:28.321+00');
  });
});

describe('choosing a backup', () => {
  it('takes the newest one for the newest state', () => {
    const chosen = chooseRestore(at('latest'), [FULL, DIFF], ONE, NOW);
    expect(chosen.backup).toBe(DIFF);
    expect(chosen.args).toEqual(['--type=default', '--target-timeline=1']);
  });

  it('takes the last one that had ended before a moment', () => {
    const chosen = chooseRestore(at('2026-11-22T18:59:59Z'), [FULL, DIFF], ONE, NOW);
    expect(chosen.backup).toBe(FULL);
    expect(chosen.args).toEqual([
      '--type=time',
      '--target=2026-11-22 18:59:59.000+00',
      '--target-action=promote',
      '--target-timeline=1',
    ]);
  });

  it('does not roll forward a backup from a branch that was left', () => {
    const chosen = chooseRestore(at('latest'), [FULL, DIFF], TWO, NOW);
    expect(chosen.backup).toBe(FULL);
    expect(chosen.args).toContain('--target-timeline=2');
  });

  it('goes to the branch that was lived on at that moment', () => {
    const chosen = chooseRestore(at('2026-11-22T19:10:00Z'), [FULL, DIFF], TWO, NOW);
    expect(chosen.backup).toBe(DIFF);
    expect(chosen.args).toContain('--target-timeline=1');
  });

  it('takes a labelled backup alone, on its own branch', () => {
    const chosen = chooseRestore(at(DIFF.label), [FULL, DIFF], TWO, NOW);
    expect(chosen.backup).toBe(DIFF);
    expect(chosen.args).toContain('--recovery-option=recovery_target_timeline=current');
  });

  it('refuses what cannot be', () => {
    expect(code(() => chooseRestore(at('latest'), [], ONE, NOW))).toBe('FW-RESTORE-NO-BACKUP');
    expect(code(() => chooseRestore(at('20200101-000000F'), [FULL], ONE, NOW))).toBe(
      'FW-RESTORE-NO-BACKUP',
    );
    expect(code(() => chooseRestore(at('2026-11-22T17:00:00Z'), [FULL], ONE, NOW))).toBe(
      'FW-RESTORE-TARGET',
    );
    expect(code(() => chooseRestore(at('2026-11-22T20:00:06Z'), [FULL], ONE, NOW))).toBe(
      'FW-RESTORE-TARGET',
    );
  });

  it('takes a clock that is a little ahead for now', () => {
    const chosen = chooseRestore(at('2026-11-22T20:00:04Z'), [FULL], ONE, NOW);
    expect(chosen.backup).toBe(FULL);
  });
});
