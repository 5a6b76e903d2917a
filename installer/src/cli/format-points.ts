import type { RestorePointsFound } from '../flows/restore-points/go-back.ts';
import { roughly } from '../model/restore-point-refusals.ts';
import { formatTable } from './format.ts';

/** One line per restore point, then what restores set aside. */
export function formatPoints({ points, replaced }: RestorePointsFound): string {
  const rows = points.map(({ id, createdAt, release, storedBytes, databaseBytes, ...point }) => [
    id,
    createdAt === '' ? '?' : createdAt.slice(0, 16).replace('T', ' '),
    release === '' ? '?' : release,
    roughly(storedBytes),
    roughly(databaseBytes),
    point.state === 'whole' ? point.reason : 'DAMAGED: it cannot be gone back to',
  ]);
  const table =
    rows.length === 0
      ? 'There is no restore point yet. An upgrade with migrations makes one.'
      : formatTable([['POINT', 'MADE (UTC)', 'RELEASE', 'SIZE', 'DATABASE', ''], ...rows]);
  const aside =
    replaced.length === 0
      ? []
      : [`Set aside when a point was gone back to, until the next upgrade: ${replaced.join(', ')}`];
  return [table, ...aside].join('\n\n');
}
