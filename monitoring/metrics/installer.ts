import type { Metric } from '../model.ts';
import { from, LATER, type Row } from './table.ts';

/** kind: upgrade, rollback, change or rotation. slot: where the services serve since. */
const OF_ONE = ['kind', 'from', 'to', 'slot'] as const;

const LAST: readonly Row[] = [
  ['started_timestamp_seconds', 'gauge', 'when the last of its kind began'],
  ['finished_timestamp_seconds', 'gauge', 'when the last of its kind ended'],
  ['success', 'gauge', '1 when the last of its kind succeeded'],
  ['duration_seconds', 'gauge', 'how long the last of its kind took'],
  ['downtime_seconds', 'gauge', 'for how long the edge did not answer meanwhile, at most'],
  ['failed_requests', 'gauge', 'requests that failed of those the installer asked meanwhile'],
];

/** What the installer writes for the textfile collector of the node exporter: scraped under its job. */
export const INSTALLER_METRICS: readonly Metric[] = [
  [
    'factsway_upgrade_total',
    'counter',
    'upgrades, rollbacks, changes and rotations by how they ended: succeeded, undone or failed',
    ['kind', 'outcome'],
  ] as Row,
  // A platform that was never upgraded has none of these.
  ...LAST.map(([name, type, help]): Row => [
    `factsway_upgrade_last_${name}`,
    type,
    help,
    OF_ONE,
    LATER,
  ]),
].map(from('installer'));
