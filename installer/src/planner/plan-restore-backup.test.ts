import { expect, it } from 'vitest';
import { catalogWith, configWith, ENGINE, observedRunning } from '../../../test/fakes/builders.ts';
import { buildCatalog } from '../catalog/catalog.ts';
import { formatPlan } from '../model/plan-text.ts';
import { renderBundle } from '../render/render-bundle.ts';
import type { Desired } from './desired.ts';
import { planRestoreBackup, type RestoreWish } from './plan-restore-backup.ts';

const SETTINGS = { images: { source: 'debian' }, backup: { mode: 'on' } };
const inVolume = (dataGeneration: number): Desired => {
  const catalog = buildCatalog(configWith(SETTINGS), ['a'], undefined, { dataGeneration });
  return {
    directory: '/opt/factsway',
    catalog,
    bundle: renderBundle(catalog, ENGINE),
    configText: 'project: factsway\n',
    configUnchanged: true,
  };
};
const OUTLOOK = {
  place: 'local',
  label: '20261120-023000F',
  type: 'full',
  backupStoppedAt: '2026-11-20T02:31:00Z',
  target: '2026-11-20T10:00:00Z',
  neededBytes: 1,
  freeBytes: 2,
  lastDrill: { rtoSeconds: 42 },
  newestCommitAt: '2026-11-20T10:30:00Z',
  wouldLoseSeconds: 1800,
  arrived: true,
};
const wish: RestoreWish = {
  target: '2026-11-20T10:00:00Z',
  outlook: OUTLOOK,
  generation: 1,
  next: 2,
  flushes: true,
};
const planned = (change: Partial<RestoreWish> = {}): string =>
  formatPlan(planRestoreBackup({ ...wish, ...change }, inVolume(2), observedRunning(inVolume(1))));

it('stops who writes, carries the last of the log away, restores beside, moves PostgreSQL there and starts again', () => {
  const lines = planned().split('\n');
  const kinds = lines.slice(1).map((line) => line.trim().split(' ')[1]);
  expect(lines[0]).toBe('Restore the database as of 2026-11-20T10:00:00Z:');
  expect(kinds).toEqual([
    'ShowMaintenancePage',
    'StopComponents',
    'FlushLog',
    'RestoreVolume',
    'UseDataVolume',
    'WriteBundle',
    'CreateContainers',
    'StartComponents',
    'StartComponents',
    'OpenRoles',
    'RunMigrations',
    'StartComponents',
    'HideMaintenancePage',
    'FinishRestore',
  ]);
});

it('says what is lost, where it stays, how long it took last time, and how each step is undone', () => {
  const text = planned();
  expect(text).toContain(
    'RestoreVolume postgres-data-2 as of 2026-11-20T10:00:00Z, from local because the database is to be as it was then, from backup 20261120-023000F; the last drill took 42 s',
  );
  expect(text).toContain(
    'DESTROYS what was written in the 30 min after it (it stays in volume postgres-data and in the backups) (undo: UseDataVolume 1)',
  );
  expect(text).toMatch(
    /StopComponents app \(records-service-a, .*\(undo: StartComponents app \(rec/,
  );
});

it('waits for no place whose loss was agreed to, and does not say that it is in the backups', () => {
  const text = planned({ outlook: { ...OUTLOOK, arrived: false } });
  expect(text).not.toContain('FlushLog');
  expect(text).toContain('(it stays in volume postgres-data)');
});

it('does not flush the log of a PostgreSQL that does not run', () => {
  expect(planned({ flushes: false })).not.toContain('FlushLog');
});

it('after a run that was cut off once PostgreSQL had moved only finishes it', () => {
  const rest = { target: wish.target, flushes: true };
  const here = inVolume(2);
  const text = formatPlan(
    planRestoreBackup({ ...rest, generation: 2, next: 3 }, here, {
      ...observedRunning(here),
      volumes: ['postgres-data', 'postgres-data-2'],
    }),
  );
  expect(text).not.toMatch(/RestoreVolume|UseDataVolume|FlushLog|WriteBundle/);
  expect(text).toMatch(
    /StopComponents[^]*OpenRoles[^]*RunMigrations[^]*StartComponents[^]*FinishRestore/,
  );
});

it('mounts each volume where it belongs, the one that serves read-only for the keeper', () => {
  const volumes = (id: string) =>
    inVolume(2).catalog.workloads.find((one) => one.id === id)?.volumes;
  expect(volumes('postgres')?.[0]).toEqual({
    name: 'postgres-data-2',
    mount: '/var/lib/postgresql/data',
  });
  expect(volumes('backup')?.map(({ name }) => name)).toEqual([
    'postgres-data-2',
    'postgres-log',
    'postgres-data-3',
    'backup-repository',
    'backup-state',
  ]);
  expect(catalogWith().workloads.some(({ id }) => id === 'backup')).toBe(false);
});
