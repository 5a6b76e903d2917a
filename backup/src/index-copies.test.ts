import { expect, it } from 'vitest';
import { damagedLabels, differingIndexes } from './index-copies.ts';
import type { OpenPlace } from './place.ts';
import { Problem } from './problem.ts';

const placeOf = (texts: Readonly<Record<string, string>>): OpenPlace =>
  ({
    files: () => Promise.resolve(Object.keys(texts).map((path) => ({ path, size: 1 }))),
    text: (path: string) => {
      const text = texts[path];
      if (text === 'unreadable') return Promise.reject(new Problem('FW-BACKUP-DAMAGED', path));
      if (text === 'away') return Promise.reject(new Problem('FW-BACKUP-UNREACHABLE', path));
      return Promise.resolve(text);
    },
  }) as unknown as OpenPlace;

it('an index or a manifest that is not what its copy is, or does not open, is named', async () => {
  const found = await differingIndexes(
    placeOf({
      'backup/f/backup.info': 'a',
      'backup/f/backup.info.copy': 'a',
      'backup/f/1F/backup.manifest': 'b',
      'backup/f/1F/backup.manifest.copy': 'c',
      'archive/f/archive.info': 'unreadable',
      'archive/f/archive.info.copy': 'd',
      // Being made at this moment.
      'backup/f/2F/backup.manifest.copy': 'e',
    }),
  );
  expect(found).toEqual(['backup/f/1F/backup.manifest', 'archive/f/archive.info']);
});

it('a label of a backup is told from what a damaged one decrypts to', async () => {
  const label =
    'START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\nSTOP WAL LOCATION: 0/3000050\n';
  const found = await damagedLabels(
    placeOf({
      'archive/f/17-1/1/a.backup': label,
      'archive/f/17-1/1/b.backup': label.replace('STOP', '\u0007\ufffdOP'),
      'archive/f/17-1/1/c.backup': 'unreadable',
      'archive/f/17-1/1/000000010000000000000002-ab': 'a segment',
    }),
  );
  expect(found).toEqual(['archive/f/17-1/1/b.backup', 'archive/f/17-1/1/c.backup']);
});

it('of what could not be read nothing is said but that', async () => {
  const away = placeOf({
    'backup/f/backup.info': 'a',
    'backup/f/backup.info.copy': 'away',
    'archive/f/17-1/1/c.backup': 'away',
  });
  await expect(differingIndexes(away)).rejects.toMatchObject({ code: 'FW-BACKUP-UNREACHABLE' });
  await expect(damagedLabels(away)).rejects.toMatchObject({ code: 'FW-BACKUP-UNREACHABLE' });
});
