import { describe, expect, it } from 'vitest';
import { desiredWith, imagesOf, observedRunning } from '../../../test/fakes/builders.ts';
import type { Observed } from '../model/observed.ts';
import type { Plan, Step } from '../model/plan.ts';
import { describeAction } from '../model/plan-text.ts';
import type { ReleaseChange } from '../model/release-change.ts';
import { planUp } from './plan-up.ts';

const SETTINGS = { images: { source: 'debian' }, host: { memory: '16GiB', cores: 4 } };
const OLD = desiredWith(SETTINGS);
const NEW = desiredWith({ ...SETTINGS, release: { version: '1.1.0' } });
const serving: Observed = {
  ...observedRunning(OLD),
  images: { ...imagesOf(OLD.catalog), ...imagesOf(NEW.catalog) },
};
const SILENCE = { port: 9093, minutes: 30, comment: 'another release takes over', author: 'us' };
const UPGRADE: ReleaseChange = {
  kind: 'upgrade',
  from: '1.0.0',
  to: '1.1.0',
  strategy: 'recreate',
  silence: SILENCE,
  restorePoint: { id: '20260101-000000', reason: 'upgrade to 1.1.0' },
  replaced: [],
};

const without = (...keys: (keyof ReleaseChange)[]): ReleaseChange =>
  Object.fromEntries(
    Object.entries(UPGRADE).filter(([key]) => !keys.some((one) => one === key)),
  ) as ReleaseChange;
const plan = (release: ReleaseChange, wanted = NEW, found = serving): Plan =>
  planUp(wanted, found, { title: 'Upgrade', overwrite: false, renderOnly: false, release }).plan;
const kinds = ({ steps }: Plan): string[] => steps.map(({ action }) => action.kind);
const stepOf = ({ steps }: Plan, kind: string): Step => {
  const found = steps.find(({ action }) => action.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};
const undoOf = (release: ReleaseChange): string | undefined => {
  const { undo } = stepOf(plan(release), 'RunMigrations');
  return undo && describeAction(undo);
};
/** Whether a step comes after another one by its dependencies. */
const comesAfter = (found: Plan, kind: string, other: string): boolean => {
  const wanted = stepOf(found, other).id;
  const reaches = (id: number): boolean =>
    found.steps[id - 1]?.dependsOn.some((one) => one === wanted || reaches(one)) ?? false;
  return reaches(stepOf(found, kind).id);
};

describe('where backups are kept', () => {
  it('one is made while everything still serves, and before anything is done to the database', () => {
    const found = plan({ ...UPGRADE, backup: true });
    expect(describeAction(stepOf(found, 'CreateBackup').action)).toContain('(incr) in one place');
    for (const later of ['ShowMaintenancePage', 'CreateRestorePoint', 'RunMigrations'])
      expect(comesAfter(found, later, 'CreateBackup'), later).toBe(true);
  });
});

describe('behind the maintenance page', () => {
  it('the door is closed before anything ends, and opened when the new services are healthy', () => {
    expect(kinds(plan(UPGRADE)).filter((kind) => kind !== 'ReloadConfig')).toEqual([
      'OpenMaintenance',
      'WriteBundle',
      'CreateContainers',
      'ShowMaintenancePage',
      'StopComponents',
      'CreateRestorePoint',
      'RunMigrations',
      'CreateContainers',
      'StartComponents',
      'ProveSlot',
      'HideMaintenancePage',
      'RecordRelease',
      'EndMaintenance',
    ]);
  });

  it.each([
    ['StopComponents', 'ShowMaintenancePage'],
    ['CreateRestorePoint', 'StopComponents'],
    ['RunMigrations', 'CreateRestorePoint'],
    ['StartComponents', 'RunMigrations'],
    ['ProveSlot', 'StartComponents'],
    ['HideMaintenancePage', 'ProveSlot'],
    ['RecordRelease', 'HideMaintenancePage'],
    ['WriteBundle', 'OpenMaintenance'],
    ['EndMaintenance', 'RecordRelease'],
  ])('%s waits for %s', (kind, other) => {
    expect(comesAfter(plan(UPGRADE), kind, other)).toBe(true);
  });

  it('the silence ends after it began, also where there is little left to do', () => {
    const done: Observed = { ...observedRunning(NEW), images: serving.images };
    const left = { ...without('restorePoint'), replaced: ['factsway_replaced_1'] };
    const found = plan(left, NEW, done);
    expect(kinds(found)).toEqual(['OpenMaintenance', 'RemoveReplacedDatabases', 'EndMaintenance']);
    expect(comesAfter(found, 'EndMaintenance', 'OpenMaintenance')).toBe(true);
  });

  it('remembers which release served before, for the way back', () => {
    expect(stepOf(plan(UPGRADE), 'RecordRelease').action).toMatchObject({
      version: '1.1.0',
      previous: '1.0.0',
    });
    const back = plan({ ...UPGRADE, kind: 'rollback', from: '1.1.0', to: '1.0.0' });
    expect(stepOf(back, 'RecordRelease').action).not.toHaveProperty('previous');
  });
});

describe('the way back from migrations', () => {
  it('is their own down part, which keeps what was written since', () => {
    expect(undoOf(UPGRADE)).toBe('RevertMigrations of 1.1.0');
  });

  it('is the restore point where they have none, and nobody can have written since', () => {
    expect(undoOf({ ...UPGRADE, oneWay: true })).toBe('RestoreDatabase 20260101-000000');
  });

  it('is none where they have none and no point was made, and on the way back itself', () => {
    expect(undoOf({ ...without('restorePoint'), oneWay: true })).toBeUndefined();
    expect(undoOf({ ...UPGRADE, kind: 'rollback' })).toBeUndefined();
  });
});

it('leave for migrations of no return is given to the step that runs them', () => {
  expect(stepOf(plan(UPGRADE), 'RunMigrations').action).not.toHaveProperty('allowContract');
  const given = plan({ ...UPGRADE, allowContract: true });
  expect(stepOf(given, 'RunMigrations').action).toMatchObject({ allowContract: true });
});

it('a way back with the database of before keeps that of now first, and says what is lost', () => {
  const back = plan({ ...UPGRADE, kind: 'rollback', restore: '20251231-000000' });
  expect(comesAfter(back, 'RestoreDatabase', 'CreateRestorePoint')).toBe(true);
  expect(comesAfter(back, 'RunMigrations', 'RestoreDatabase')).toBe(true);
  const { destroys, undo } = stepOf(back, 'RestoreDatabase');
  expect(destroys).toContain('20251231-000000');
  expect(undo).toEqual({ kind: 'RestoreDatabase', id: '20260101-000000' });
});

it('databases that were set aside go once the new release serves', () => {
  const found = plan({ ...UPGRADE, replaced: ['factsway_replaced_1'] });
  expect(comesAfter(found, 'RemoveReplacedDatabases', 'RecordRelease')).toBe(true);
  const back = plan({ ...UPGRADE, kind: 'rollback', replaced: ['factsway_replaced_1'] });
  expect(kinds(back)).not.toContain('RemoveReplacedDatabases');
});

it('with nothing to do nobody is kept from hearing of alerts', () => {
  const release = { ...without('restorePoint'), from: '1.1.0', strategy: 'slots' } as const;
  const there: Observed = {
    ...observedRunning(NEW),
    images: imagesOf(NEW.catalog),
  };
  expect(plan(release, NEW, there).steps).toEqual([]);
});
