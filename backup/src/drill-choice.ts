import { ofPlace, type DatabaseRecord, type History } from './history.ts';
import type { Backup } from './info.ts';
import type { ChosenRestore } from './restore-target.ts';
import type { Settings } from './settings.ts';
import { lsn, parseSegment, SEGMENT_BYTES } from './wal-name.ts';

/** The place that was proven longest ago, or never; of two such the first. */
export function pickPlace(settings: Pick<Settings, 'places'>, history: History | null): string {
  const provenAt = (name: string): string =>
    Object.values(ofPlace(history, name).proven)
      .map(({ at }) => at)
      .sort()
      .at(-1) ?? '';
  const names = settings.places.map(({ name }) => name);
  return names.reduce((best, name) => (provenAt(name) < provenAt(best) ? name : best));
}

/**
 * The newest record that a restore of `backup` can be held against: taken behind its end, and within
 * the log up to segment `newest`.
 */
export function chooseRecord(
  records: readonly DatabaseRecord[],
  backup: Backup,
  newest: string,
): DatabaseRecord | null {
  const last = parseSegment(newest)?.number ?? -1;
  return (
    records.findLast(
      (record) =>
        record.exact &&
        lsn(record.lsn) >= lsn(backup.lsnStop) &&
        // The record behind the position must be there too, or recovery would wait for it in vain.
        Number(lsn(record.lsn) / BigInt(SEGMENT_BYTES)) <= last,
    ) ?? null
  );
}

/**
 * Where the recovery of a drill ends: right before the first entry behind an exact record, else at the
 * end of the log. The position of a record is where the next entry begins, hence exclusive.
 */
export function drillArgs(chosen: ChosenRestore, record: DatabaseRecord | null): readonly string[] {
  if (record?.exact !== true) return chosen.args;
  return [
    '--type=lsn',
    `--target=${record.lsn}`,
    '--target-exclusive',
    '--target-action=promote',
    `--target-timeline=${chosen.timeline.id}`,
  ];
}
