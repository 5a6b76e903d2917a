import { Counter, Gauge, Registry } from 'prom-client';
import {
  lastOfEachKind,
  NO_UPGRADES,
  UPGRADE_KINDS,
  UPGRADE_OUTCOMES,
  type RememberedUpgrade,
  type UpgradeRecord,
} from '../model/upgrade-record.ts';

const OF_ONE = ['kind', 'from', 'to', 'slot'] as const;

type Reading = {
  readonly name: string;
  readonly help: string;
  /** Undefined where it was not measured: no series rather than a zero nobody saw. */
  readonly value: (record: UpgradeRecord) => number | undefined;
};

const seconds = (iso: string): number => Date.parse(iso) / 1000;

/** Names and units are those of monitoring/metrics/installer.ts; a test holds one against the other. */
const READINGS: readonly Reading[] = [
  {
    name: 'factsway_upgrade_last_started_timestamp_seconds',
    help: 'When the last one of its kind began',
    value: ({ startedAt }) => seconds(startedAt),
  },
  {
    name: 'factsway_upgrade_last_finished_timestamp_seconds',
    help: 'When the last one of its kind ended',
    value: ({ finishedAt }) => seconds(finishedAt),
  },
  {
    name: 'factsway_upgrade_last_success',
    help: '1 when the last one of its kind succeeded, 0 when it was undone or failed',
    value: ({ outcome }) => (outcome === 'succeeded' ? 1 : 0),
  },
  {
    name: 'factsway_upgrade_last_duration_seconds',
    help: 'How long the last one of its kind took',
    value: ({ startedAt, finishedAt }) => seconds(finishedAt) - seconds(startedAt),
  },
  {
    name: 'factsway_upgrade_last_downtime_seconds',
    help: 'For how long the edge did not answer during the last one of its kind',
    value: ({ downtimeMs }) => (downtimeMs === null ? undefined : downtimeMs / 1000),
  },
  {
    name: 'factsway_upgrade_last_failed_requests',
    help: 'Requests that failed of those asked of the edge during the last one of its kind',
    value: ({ failedRequests }) => failedRequests ?? undefined,
  },
];

/**
 * What upgrades, rollbacks, changes and rotations came to, in Prometheus' text format 0.0.4 for the textfile collector
 * of the node exporter (prometheus/node_exporter, "Textfile Collector"). Oldest first; of none the counters are there
 * and zero, so that the first one is an increase.
 */
export async function renderUpgradeMetrics(history: readonly RememberedUpgrade[]): Promise<string> {
  const registry = new Registry();
  const of = { registers: [registry] };
  const total = new Counter({
    ...of,
    name: 'factsway_upgrade_total',
    help: 'How many there have been, by how they ended',
    labelNames: ['kind', 'outcome'],
  });
  const totals = history.at(-1)?.totals ?? NO_UPGRADES;
  for (const kind of UPGRADE_KINDS)
    for (const outcome of UPGRADE_OUTCOMES) total.inc({ kind, outcome }, totals[kind][outcome]);
  const last = lastOfEachKind(history);
  for (const { name, help, value } of READINGS) {
    const measured = last.filter((record) => value(record) !== undefined);
    // A name without a series would be noise in a file people read.
    if (measured.length === 0) continue;
    const gauge = new Gauge({ ...of, name, help, labelNames: OF_ONE });
    for (const record of measured) {
      const { kind, from, to, slot } = record;
      gauge.set({ kind, from, to, slot }, value(record) ?? 0);
    }
  }
  return registry.metrics();
}
