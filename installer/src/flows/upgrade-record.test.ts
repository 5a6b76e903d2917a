import { beforeEach, describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { InstalledWorld } from '../../../test/fakes/installed-world.ts';
import { MemoryFiles } from '../../../test/fakes/memory-files.ts';
import { FactswayError } from '../model/errors.ts';
import type { UpgradeKind, UpgradeRecord } from '../model/upgrade-record.ts';
import { instancePaths } from './paths.ts';
import { prepareUpgradeMetrics, readUpgradeRecord, rememberUpgrade } from './upgrade-record.ts';

const paths = instancePaths(DIRECTORY);
const record = (kind: UpgradeKind, to = '1.1.0'): UpgradeRecord => ({
  kind,
  from: '1.0.0',
  to,
  slot: 'b',
  startedAt: '2026-02-03T10:00:00.000Z',
  finishedAt: '2026-02-03T10:02:30.000Z',
  outcome: 'succeeded',
  downtimeMs: 0,
  failedRequests: 0,
});
const FULL = new FactswayError('FW-DISK-FULL', 'No space is left.', 'Make room.');

let files: MemoryFiles;
beforeEach(() => {
  files = new MemoryFiles();
});
const remember = (one: UpgradeRecord) => rememberUpgrade(one, paths, files);
const shown = () => files.text(paths.upgradeMetrics) ?? '';

describe('what is remembered', () => {
  it('comes back as it was, oldest first, with how many there have been', async () => {
    expect(await remember(record('upgrade'))).toBeUndefined();
    await remember(record('rollback', '1.0.0'));
    const history = await readUpgradeRecord(paths, files);
    expect(history.map(({ kind, to }) => [kind, to])).toEqual([
      ['upgrade', '1.1.0'],
      ['rollback', '1.0.0'],
    ]);
    expect(history[1]).toMatchObject(record('rollback', '1.0.0'));
    expect(history[1]?.totals.upgrade.succeeded).toBe(1);
    expect(history[1]?.totals.rollback.succeeded).toBe(1);
  });

  it('is told to Prometheus in a file that everybody may read', async () => {
    await remember(record('upgrade'));
    expect(shown()).toContain('factsway_upgrade_total{kind="upgrade",outcome="succeeded"} 1');
    expect(shown()).toContain(
      'factsway_upgrade_last_success{kind="upgrade",from="1.0.0",to="1.1.0"',
    );
    expect((await files.stat(paths.upgradeMetrics))?.mode).toBe(0o644);
    expect((await files.stat(paths.metrics))?.mode).toBe(0o755);
  });

  it('is added at the end: what is there is not written again', async () => {
    await remember(record('upgrade'));
    await remember(record('rollback'));
    expect(files.changes).not.toContain(`write ${paths.upgrades}`);
  });

  it('is the latest 200, with all that ever were counted and the last of each kind kept', async () => {
    await remember(record('upgrade'));
    for (let times = 0; times < 250; times += 1) await remember(record('change'));
    const history = await readUpgradeRecord(paths, files);
    expect(history).toHaveLength(201);
    expect(history[0]?.kind).toBe('upgrade');
    expect(history.at(-1)?.totals.change.succeeded).toBe(250);
    expect(shown()).toContain('factsway_upgrade_last_success{kind="upgrade"');
  });

  it('survives a line that a kill has cut off', async () => {
    await remember(record('upgrade'));
    files.put(paths.upgrades, `${files.text(paths.upgrades) ?? ''}{"kind":"rollb`);
    await remember(record('change'));
    const kinds = (await readUpgradeRecord(paths, files)).map(({ kind }) => kind);
    expect(kinds).toEqual(['upgrade', 'change']);
  });

  it('is nothing that somebody else wrote', async () => {
    files.put(paths.upgrades, '{"kind":"party"}\nnull\n7\n');
    expect(await readUpgradeRecord(paths, files)).toEqual([]);
  });
});

describe('a disk that refuses', () => {
  it.each([
    ['the history', `append ${paths.upgrades}`],
    ['what is shown', `write ${paths.upgradeMetrics}`],
    ['its directory', `mkdir ${paths.metrics}`],
  ])('%s fails no upgrade, and is told', async (_, change) => {
    files.failOn(change, FULL);
    expect(await remember(record('upgrade'))).toBe(
      'What this run came to is not in the monitoring: No space is left.',
    );
  });

  it('nor does an error of the system', async () => {
    files.failOn(`append ${paths.upgrades}`, Object.assign(new Error('EIO: i/o'), { code: 'EIO' }));
    expect(await remember(record('upgrade'))).toContain('EIO');
  });

  it('but a fault of ours is seen', async () => {
    files.failOn(`append ${paths.upgrades}`, new TypeError('undefined is no function'));
    await expect(remember(record('upgrade'))).rejects.toThrow(TypeError);
  });
});

describe('before anything was upgraded', () => {
  it('there are zeros, and a second look writes nothing', async () => {
    expect(await prepareUpgradeMetrics(paths, files)).toBeUndefined();
    expect(shown()).toContain('factsway_upgrade_total{kind="upgrade",outcome="failed"} 0');
    const changes = files.changes.length;
    await prepareUpgradeMetrics(paths, files);
    expect(files.changes).toHaveLength(changes);
  });

  it('what somebody closed is opened to the exporter again', async () => {
    await prepareUpgradeMetrics(paths, files);
    await files.setMode(paths.metrics, 0o700);
    await files.setMode(paths.upgradeMetrics, 0o600);
    await prepareUpgradeMetrics(paths, files);
    expect((await files.stat(paths.metrics))?.mode).toBe(0o755);
    expect((await files.stat(paths.upgradeMetrics))?.mode).toBe(0o644);
  });

  it('an installation has them before the first container is made, and an uninstallation takes them away', async () => {
    const world = await InstalledWorld.make();
    expect(world.text('state/metrics/upgrade.prom')).toContain('factsway_upgrade_total');
    await world.uninstall();
    expect(world.left().filter((path) => path.startsWith('state/metrics'))).toEqual([]);
  });
});
