import { expect, it } from 'vitest';
import { backupListSchema } from '../model/backup.ts';
import { formatBackups } from './format-backups.ts';

it('a place that is away is listed with what the keeper says of it', () => {
  // As backup/src/list.ts answers.
  const list = backupListSchema.parse({
    places: [
      {
        name: 's3',
        reachable: false,
        problem: { code: 'FW-BACKUP-UNREACHABLE', message: 'the place does not answer' },
        backups: [],
        instanceCopies: [],
        walNewestAt: null,
        waitingSegments: 3,
        waitingBytes: 3,
        oldestWaitingSeconds: 400,
      },
    ],
    lastDrill: null,
  });
  expect(formatBackups(list, new Date('2026-11-22T20:00:00Z'))).toContain(
    's3: cannot be reached: the place does not answer (FW-BACKUP-UNREACHABLE).',
  );
});
