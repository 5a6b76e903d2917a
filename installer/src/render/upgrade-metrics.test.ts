import { expect, it } from 'vitest';
import { INSTALLER_METRICS } from '../../../monitoring/metrics/installer.ts';
import { NO_UPGRADES, type RememberedUpgrade } from '../model/upgrade-record.ts';
import { renderUpgradeMetrics } from './upgrade-metrics.ts';

const UPGRADE: RememberedUpgrade = {
  kind: 'upgrade',
  from: '1.0.0',
  to: '1.1.0',
  slot: 'b',
  startedAt: '2026-02-03T10:00:00.000Z',
  finishedAt: '2026-02-03T10:02:30.500Z',
  outcome: 'succeeded',
  downtimeMs: 1300,
  failedRequests: 2,
  totals: { ...NO_UPGRADES, upgrade: { succeeded: 3, undone: 1, failed: 0 } },
};
const CHANGE: RememberedUpgrade = {
  ...UPGRADE,
  kind: 'change',
  from: '1.1.0',
  outcome: 'undone',
  downtimeMs: null,
  failedRequests: null,
};

/** Lines that are no comment. */
const series = async (...history: RememberedUpgrade[]): Promise<string[]> =>
  (await renderUpgradeMetrics(history)).split('\n').filter((line) => /^[a-z]/.test(line));

it('of a platform that was never upgraded there are the counters, at zero, and nothing else', async () => {
  const lines = await series();
  expect(lines).toHaveLength(12);
  expect(lines.every((line) => /^factsway_upgrade_total\{.*\} 0$/.test(line))).toBe(true);
});

it('an upgrade is told with its times, its outcome and what users met', async () => {
  const labels = '{kind="upgrade",from="1.0.0",to="1.1.0",slot="b"}';
  const lines = await series(UPGRADE);
  expect(lines.filter((line) => !line.startsWith('factsway_upgrade_total'))).toEqual([
    `factsway_upgrade_last_started_timestamp_seconds${labels} 1770112800`,
    `factsway_upgrade_last_finished_timestamp_seconds${labels} 1770112950.5`,
    `factsway_upgrade_last_success${labels} 1`,
    `factsway_upgrade_last_duration_seconds${labels} 150.5`,
    `factsway_upgrade_last_downtime_seconds${labels} 1.3`,
    `factsway_upgrade_last_failed_requests${labels} 2`,
  ]);
  expect(lines).toContain('factsway_upgrade_total{kind="upgrade",outcome="succeeded"} 3');
  expect(lines).toContain('factsway_upgrade_total{kind="upgrade",outcome="undone"} 1');
});

it('of each kind the last one is told, and of an older one nothing', async () => {
  const before = { ...UPGRADE, from: '0.9.0', to: '1.0.0' };
  const text = (await series(before, UPGRADE, CHANGE)).join('\n');
  expect(text).not.toContain('0.9.0');
  expect(text).toContain('factsway_upgrade_last_success{kind="upgrade",from="1.0.0"');
  expect(text).toMatch(/last_success\{kind="change",.*\} 0/);
});

it('what was not measured has no series: a zero would be a promise', async () => {
  const text = await renderUpgradeMetrics([CHANGE]);
  expect(text).not.toMatch(/downtime|failed_requests/);
});

it('names, types and labels are those of the catalogue', async () => {
  const text = await renderUpgradeMetrics([UPGRADE]);
  const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => {
    const [, inside = ''] = new RegExp(String.raw`^${name}\{(.*)\} `, 'm').exec(text) ?? [];
    return { name, type, labels: [...inside.matchAll(/(\w+)="/g)].map(([, label]) => label) };
  });
  const by = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  expect(told.sort(by)).toEqual(
    INSTALLER_METRICS.map(({ name, type, labels }) => ({ name, type, labels })).sort(by),
  );
});
