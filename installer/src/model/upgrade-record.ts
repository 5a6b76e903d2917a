import type { Slot } from './workload.ts';

/** What changes while people work: another release, back to the one before, other settings, another secret. */
export const UPGRADE_KINDS = ['upgrade', 'rollback', 'change', 'rotation'] as const;
export type UpgradeKind = (typeof UPGRADE_KINDS)[number];

/** undone: it failed and everything was put back. failed: it failed and a person has to act. */
export const UPGRADE_OUTCOMES = ['succeeded', 'undone', 'failed'] as const;
export type UpgradeOutcome = (typeof UPGRADE_OUTCOMES)[number];

/** What is remembered of one of them, and shown in Prometheus (spec 03, `factsway_upgrade_…`). */
export type UpgradeRecord = {
  readonly kind: UpgradeKind;
  /** Version that served before, and the one that was to serve; the same for a change and a rotation. */
  readonly from: string;
  readonly to: string;
  /** Where the services serve now. */
  readonly slot: Slot;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: UpgradeOutcome;
  /** As users met it at the edge; null where nothing was measured. */
  readonly downtimeMs: number | null;
  readonly failedRequests: number | null;
};

/** How many there have ever been, by kind and outcome: also of those that are forgotten. */
export type UpgradeTotals = Readonly<Record<UpgradeKind, Readonly<Record<UpgradeOutcome, number>>>>;

/** A line of state/upgrades.jsonl: a record, and the totals once it is counted. */
export type RememberedUpgrade = UpgradeRecord & { readonly totals: UpgradeTotals };

export const NO_UPGRADES: UpgradeTotals = {
  upgrade: { succeeded: 0, undone: 0, failed: 0 },
  rollback: { succeeded: 0, undone: 0, failed: 0 },
  change: { succeeded: 0, undone: 0, failed: 0 },
  rotation: { succeeded: 0, undone: 0, failed: 0 },
};

/** The last of each kind, in the order in which they happened. */
export function lastOfEachKind<R extends UpgradeRecord>(history: readonly R[]): R[] {
  const last = new Map(history.map((record) => [record.kind, record]));
  return history.filter((record) => last.get(record.kind) === record);
}
