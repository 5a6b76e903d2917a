import type { Backup } from './info.ts';

/** A backup for tests, like those of pgBackRest; what matters is given. */
export function backup(given: Partial<Backup> & Pick<Backup, 'label'>): Backup {
  return {
    type: given.label.endsWith('F') ? 'full' : 'diff',
    startedAt: new Date('2026-11-22T17:59:00Z'),
    stoppedAt: new Date('2026-11-22T18:00:00Z'),
    databaseBytes: 77_317_675,
    storedBytes: 5_685_736,
    walStart: '00000001000000000000000E',
    walStop: '00000001000000000000000E',
    lsnStop: '0/E000120',
    annotation: {},
    needs: [],
    databaseId: 1,
    pageErrors: false,
    ...given,
  };
}
