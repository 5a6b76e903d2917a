import { expect, it } from 'vitest';
import { configWith, ENGINE, observedRunning } from '../../../test/fakes/builders.ts';
import { buildCatalog } from '../catalog/catalog.ts';
import type { Observed } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import { formatPlan } from '../model/plan-text.ts';
import { renderBundle } from '../render/render-bundle.ts';
import type { Desired } from './desired.ts';
import { planPostgresReturn, planPostgresUpgrade, type UpgradeWish } from './plan-postgres.ts';

const at = (version: number, dataGeneration: number): Desired => {
  const config = configWith({
    images: { source: 'debian' },
    backup: { mode: 'on' },
    postgres: { version },
  });
  const catalog = buildCatalog(config, ['a'], undefined, { dataGeneration });
  return {
    directory: '/opt/factsway',
    catalog,
    bundle: renderBundle(catalog, ENGINE),
    configText: `postgres:\n  version: ${version}\n`,
    configUnchanged: version === 15,
  };
};
const OLD = { generation: 1, postgres: 15 };
const NEW = { generation: 2, postgres: 17 };
const running = (desired: Desired, more: Partial<Observed> = {}): Observed => {
  const seen = observedRunning(desired);
  return {
    ...seen,
    images: {
      ...seen.images,
      ...observedRunning(at(15, 1)).images,
      ...observedRunning(at(17, 2)).images,
    },
    ...more,
  };
};
const upgrade = (wish: Partial<UpgradeWish> = {}, observed = running(at(15, 1))): Plan =>
  planPostgresUpgrade({ from: OLD, to: NEW, ...wish }, at(17, 2), observed);
const kinds = ({ steps }: Plan): string[] => steps.map(({ action }) => action.kind);
/** Behind the page, with every service stopped, as a run that was cut off leaves it. */
const cutOff = (desired: Desired): Observed => {
  const seen = running(desired);
  return {
    ...seen,
    instance: { ...seen.instance, closed: true },
    containers: seen.containers.map((one) =>
      one.slot === undefined ? one : { ...one, state: 'exited', health: 'none' },
    ),
  };
};

it('makes a restore point and proves it before anything stops, and is on record before anybody is served', () => {
  expect(kinds(upgrade())).toEqual([
    'RecordPostgres',
    'CreateBackup',
    'DrillBackup',
    'ShowMaintenancePage',
    'StopComponents',
    'FlushLog',
    'CopyDatabase',
    'UsePostgres',
    'WriteBundle',
    'CreateContainers',
    'StartComponents',
    'StartComponents',
    'OpenRoles',
    'RunMigrations',
    'StartComponents',
    'AdoptDatabase',
    'FinishMove',
    'HideMaintenancePage',
    'CreateBackup',
  ]);
});

it('waits for each step of the way before the next, the drill before the page among them', () => {
  const { steps } = upgrade();
  const waits = (kind: string): string[] => {
    const step = steps.find(({ action }) => action.kind === kind);
    return (step?.dependsOn ?? []).map((id) => steps[id - 1]?.action.kind ?? '');
  };
  expect(waits('ShowMaintenancePage')).toEqual(['DrillBackup']);
  expect(waits('CopyDatabase')).toEqual(['FlushLog']);
  expect(waits('UsePostgres')).toEqual(['CopyDatabase']);
  expect(waits('HideMaintenancePage')).toEqual(['FinishMove']);
});

it('says why, by which image, and how each step is undone; only the last backup may fail', () => {
  const text = formatPlan(upgrade());
  expect(text).toContain(
    'CopyDatabase into postgres-data-2 by factsway/backup:debian-13 because PostgreSQL 17 starts on nothing that 15 made',
  );
  expect(text).toContain('FlushLog into the backups of every place');
  expect(text).toMatch(/FlushLog .*\(undo: AdoptDatabase/);
  expect(text).toMatch(/UsePostgres 17 in volume 2 .*\(undo: ForgetMove 2\)/);
  expect(text).toMatch(
    /StopComponents app \(records-service-a, .*\(undo: StartComponents app \(rec/,
  );
  expect(text).not.toContain('DESTROYS');
  const optional = upgrade().steps.filter((step) => step.optional);
  expect(optional.map(({ id }) => id)).toEqual([upgrade().steps.length]);
});

it('after a run that was cut off behind the page takes its restore point, and starts the services again when it fails', () => {
  const plan = upgrade({ restorePoint: '20261122-220000F' }, cutOff(at(15, 1)));
  expect(kinds(plan).slice(0, 4)).toEqual([
    'RecordPostgres',
    'ShowMaintenancePage',
    'StopComponents',
    'FlushLog',
  ]);
  const stop = plan.steps.find(({ action }) => action.kind === 'StopComponents');
  expect(stop?.undo?.kind).toBe('StartComponents');
});

it('after a run that was cut off once the database had moved only finishes it', () => {
  const plan = upgrade({ switched: true }, cutOff(at(17, 2)));
  expect(kinds(plan)).not.toContain('CopyDatabase');
  expect(kinds(plan)).not.toContain('UsePostgres');
  expect(kinds(plan).slice(-4)).toEqual([
    'AdoptDatabase',
    'FinishMove',
    'HideMaintenancePage',
    'CreateBackup',
  ]);
});

it('goes back to the volume that was left, says what is lost, and tells the backups', () => {
  const wish = { from: NEW, to: OLD, loses: 'what was written since', flushes: true };
  const plan = planPostgresReturn(wish, at(15, 1), running(at(17, 2)));
  expect(kinds(plan).slice(0, 4)).toEqual([
    'ShowMaintenancePage',
    'StopComponents',
    'FlushLog',
    'UsePostgres',
  ]);
  expect(kinds(plan).slice(-4)).toEqual([
    'AdoptDatabase',
    'FinishMove',
    'HideMaintenancePage',
    'CreateBackup',
  ]);
  expect(formatPlan(plan)).toContain(
    'DESTROYS what was written since (it stays in volume postgres-data-2 and in the backups) (undo: ForgetMove 1)',
  );
  const still = planPostgresReturn({ ...wish, flushes: false }, at(15, 1), running(at(17, 2)));
  expect(kinds(still)).not.toContain('FlushLog');
});
