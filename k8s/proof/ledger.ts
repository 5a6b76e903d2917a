import { BACKUP_ENTRIES } from './ledger-backups.ts';
import type { Absence, Case, Entry } from './ledger-entry.ts';
import { FILE_ENTRIES } from './ledger-files.ts';
import { POD_ENTRIES } from './ledger-pods.ts';
import { PROBE_ENTRIES } from './ledger-probes.ts';
import { REPORTS_ENTRIES } from './ledger-reports.ts';
import { TRAFFIC_ENTRIES } from './ledger-traffic.ts';
import { UPDATES_ENTRIES } from './ledger-updates.ts';

/** All of them. The first that is about a case decides it. */
export const LEDGER: readonly Entry[] = [
  ...BACKUP_ENTRIES,
  ...UPDATES_ENTRIES,
  ...REPORTS_ENTRIES,
  ...POD_ENTRIES,
  ...PROBE_ENTRIES,
  ...TRAFFIC_ENTRIES,
  ...FILE_ENTRIES,
];

/** Entries whose pattern a field fits, by field: there are many components and few fields. */
const BY_FIELD = new Map<string, readonly Entry[]>();

/** The entry that is about a case, if there is one. */
export function entryFor(one: Case): Entry | undefined {
  const entries = BY_FIELD.get(one.field) ?? LEDGER.filter(({ field }) => field.test(one.field));
  BY_FIELD.set(one.field, entries);
  return entries.find(({ about }) => about?.(one) ?? true);
}

export const ONLY_IN_COMPOSE: readonly Absence[] = [
  {
    id: 'machine-of-the-cluster',
    component: 'node-exporter',
    reason:
      'It looks into the machine below, which Pod Security "restricted" refuses; nodes are watched by whoever runs the cluster.',
    holds: ({ hostPaths }) => Object.values(hostPaths).includes('/'),
  },
];
