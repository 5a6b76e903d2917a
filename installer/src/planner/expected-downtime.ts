import type { UpgradeKind, UpgradeRecord } from '../model/upgrade-record.ts';

export type ExpectedDowntime = {
  /** Null where none was ever measured. */
  readonly seconds: number | null;
  /** Where it is known from, e.g. `last upgrade of 2026-02-03`. */
  readonly from: string;
};

/** All go from one slot to the other: where there is no upgrade yet, the others say the same. */
const LIKELY: readonly UpgradeKind[] = ['upgrade', 'rollback', 'change', 'rotation'];

/**
 * The downtime a plan may promise: that of the last upgrade which was measured and succeeded (spec 04, "Upgrade"), or
 * of what comes closest to one. `history` is oldest first.
 */
export function expectedDowntime(history: readonly UpgradeRecord[]): ExpectedDowntime {
  const measured = history.filter(
    ({ outcome, downtimeMs }) => outcome === 'succeeded' && downtimeMs !== null,
  );
  for (const wanted of LIKELY) {
    const last = measured.findLast(({ kind }) => kind === wanted);
    if (last)
      return {
        seconds: (last.downtimeMs ?? 0) / 1000,
        from: `last ${wanted} of ${last.finishedAt.slice(0, 10)}`,
      };
  }
  return { seconds: null, from: 'never measured' };
}
