import { describe, expect, it } from 'vitest';
import { ENGINE, configWith, imagesOf, observedRunning } from '../../../test/fakes/builders.ts';
import { buildCatalog } from '../catalog/catalog.ts';
import { renderBundle } from '../render/render-bundle.ts';
import type { Observed } from '../model/observed.ts';
import type { Plan, Step } from '../model/plan.ts';
import type { ReleaseChange } from '../model/release-change.ts';
import type { Slot } from '../model/workload.ts';
import type { Desired } from './desired.ts';
import { planUp } from './plan-up.ts';

const SETTINGS = { images: { source: 'debian' }, host: { memory: '16GiB', cores: 4 } };

function desired(slot: Slot, version: string): Desired {
  const config = configWith({ ...SETTINGS, release: { version } });
  const catalog = buildCatalog(config, [slot]);
  const bundle = renderBundle(catalog, ENGINE);
  const configText = `release: ${version}\n`;
  return { directory: '/opt/factsway', catalog, bundle, configText, configUnchanged: true };
}
const OLD = desired('a', '1.0.0');
const BESIDE = desired('b', '1.1.0');
const INSTEAD = desired('a', '1.1.0');
const RECORD = { version: '1.0.0', slot: 'a' } as const;
const change = (strategy: ReleaseChange['strategy']): ReleaseChange => ({
  kind: 'upgrade',
  from: '1.0.0',
  to: '1.1.0',
  strategy,
  replaced: [],
});
const plan = (wanted: Desired, found: Observed, release?: ReleaseChange): Plan =>
  planUp(wanted, found, {
    title: 'Upgrade',
    overwrite: false,
    renderOnly: false,
    ...(release ? { release } : {}),
  }).plan;
const kinds = ({ steps }: Plan): string[] => steps.map(({ action }) => action.kind);
const stepOf = ({ steps }: Plan, kind: string): Step => {
  const found = steps.find(({ action }) => action.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};

/** All files of the upgrade are there, requests go to slot b, and on record is what served before. */
function ledAway(stands: boolean): Observed {
  const [old, now] = [observedRunning(OLD), observedRunning(BESIDE)];
  const former = old.containers
    .filter(({ slot }) => slot === 'a')
    .map((container) => (stands ? container : { ...container, state: 'exited' as const }));
  return {
    ...now,
    images: { ...imagesOf(OLD.catalog), ...imagesOf(BESIDE.catalog) },
    containers: [
      ...former,
      ...now.containers.map((one) =>
        one.service === 'facts-service-b' ? { ...one, health: 'unhealthy' as const } : one,
      ),
    ],
    instance: { ...now.instance, release: RECORD, leadsTo: 'b' },
  };
}

describe('an upgrade that was cut off after it had led requests away, and is run again', () => {
  it('leads them back to what serves first, so that it can fail without harm', () => {
    const found = plan(BESIDE, ledAway(true), change('slots'));
    const back = stepOf(found, 'SwitchTraffic');
    expect(back.action).toMatchObject({ from: 'b', to: 'a' });
    for (const kind of ['RunMigrations', 'StartComponents', 'ProveSlot'])
      expect(stepOf(found, kind).dependsOn, kind).toContain(back.id);
    // Then nobody is served from the slot that fails, and all of it ends.
    const { undo } = stepOf(found, 'StartComponents');
    if (undo?.kind !== 'RetireSlot') throw new Error(`undone by ${undo?.kind}`);
    expect([undo.slot, undo.services.length]).toEqual(['b', 8]);
    expect(kinds(found).filter((kind) => kind === 'SwitchTraffic')).toHaveLength(2);
  });

  it('ends no service of the slot that requests go to, where what served before is gone', () => {
    const found = plan(BESIDE, ledAway(false), change('slots'));
    expect(stepOf(found, 'SwitchTraffic').action).toMatchObject({ from: 'a', to: 'b' });
    expect(stepOf(found, 'StartComponents').undo).toBeUndefined();
    // Nor does it lead anybody to what is not there.
    expect(stepOf(found, 'SwitchTraffic').undo).toBeUndefined();
  });

  it('says that files of the run before stay, and how to go back', () => {
    const found = plan(BESIDE, ledAway(true), change('slots'));
    for (const kind of ['RunMigrations', 'ProveSlot'])
      expect(stepOf(found, kind).irreversible).toContain('factsway-install rollback');
  });
});

describe('an upgrade behind the maintenance page', () => {
  const serving: Observed = {
    ...observedRunning(OLD),
    images: { ...imagesOf(OLD.catalog), ...imagesOf(INSTEAD.catalog) },
  };

  it('takes the page away on its way back only when the services of before are there again', () => {
    const found = plan(INSTEAD, serving, change('recreate'));
    expect(stepOf(found, 'WriteBundle').undo).toMatchObject({ kind: 'RestoreBundle', opens: true });
    expect(stepOf(found, 'ShowMaintenancePage').undo).toBeUndefined();
    expect(stepOf(found, 'RunMigrations').undo).toMatchObject({ kind: 'RevertMigrations' });
    expect(stepOf(found, 'RunMigrations').irreversible).toBeUndefined();
  });

  it('that was cut off takes back no schema under services that are new already, and names the way back', () => {
    const now = observedRunning(INSTEAD);
    const halfDone: Observed = {
      ...now,
      containers: now.containers.map((one) =>
        one.slot === 'a' ? { ...one, state: 'created' as const, health: 'none' as const } : one,
      ),
      instance: { ...now.instance, release: RECORD, closed: true },
    };
    const found = plan(INSTEAD, halfDone, change('recreate'));
    expect(kinds(found)).not.toContain('WriteBundle');
    expect(stepOf(found, 'RunMigrations').undo).toBeUndefined();
    expect(stepOf(found, 'RunMigrations').irreversible).toContain(
      'factsway-install rollback --strategy recreate',
    );
    expect(kinds(found).filter((kind) => kind === 'HideMaintenancePage')).toHaveLength(1);
  });
});

describe('what an earlier run behind the maintenance page had begun', () => {
  const begun = (change: Partial<Observed['instance']>): Observed => ({
    ...observedRunning(OLD),
    images: { ...imagesOf(OLD.catalog), ...imagesOf(INSTEAD.catalog) },
    instance: { ...observedRunning(OLD).instance, ...change },
  });

  it.each([
    ['another release was rendered than the one that serves', { renderedRelease: '1.1.0' }],
    ['the page is shown', { closed: true }],
  ] as const)('is not put back by a later one, where %s', (_, seen) => {
    // The cause was mended in between: the files differ again.
    const found = plan(INSTEAD, begun(seen), change('recreate'));
    expect(stepOf(found, 'WriteBundle').undo).not.toHaveProperty('opens');
    expect(stepOf(found, 'RunMigrations').undo).toBeUndefined();
    expect(stepOf(found, 'ShowMaintenancePage').irreversible).toContain(
      'factsway-install rollback --strategy recreate',
    );
  });

  it('is gone on with by a rollback, which is not told to roll back', () => {
    const back: ReleaseChange = {
      ...change('recreate'),
      kind: 'rollback',
      from: '1.1.0',
      to: '1.0.0',
    };
    const half = observedRunning(INSTEAD);
    const found = plan(
      OLD,
      {
        ...half,
        images: { ...imagesOf(OLD.catalog), ...imagesOf(INSTEAD.catalog) },
        instance: { ...half.instance, release: RECORD, renderedRelease: '1.1.0', closed: true },
      },
      back,
    );
    const { irreversible = '' } = stepOf(found, 'ShowMaintenancePage');
    expect(irreversible).toContain('run the same command again');
    expect(irreversible).not.toContain('factsway-install rollback');
  });

  it('is nothing where the release serves already: then nothing is closed', () => {
    expect(kinds(plan(OLD, observedRunning(OLD), { ...change('recreate'), to: '1.0.0' }))).toEqual(
      [],
    );
  });
});

describe('the maintenance page of a run that was cut off', () => {
  const open = observedRunning(OLD);
  const closed: Observed = { ...open, instance: { ...open.instance, closed: true } };

  it('is taken away by whatever is run next', () => {
    expect(kinds(plan(OLD, closed))).toEqual(['HideMaintenancePage']);
    expect(kinds(plan(OLD, open))).toEqual([]);
    const images = { ...imagesOf(OLD.catalog), ...imagesOf(BESIDE.catalog) };
    const beside = plan(BESIDE, { ...closed, images }, change('slots'));
    // Behind the page no route could be seen to answer.
    const hidden = stepOf(beside, 'HideMaintenancePage');
    expect(hidden.dependsOn).toEqual([stepOf(beside, 'SwitchTraffic').id]);
    expect(stepOf(beside, 'VerifyTraffic').dependsOn).toContain(hidden.id);
    expect(hidden.undo).toEqual({ kind: 'ShowMaintenancePage' });
  });
});
