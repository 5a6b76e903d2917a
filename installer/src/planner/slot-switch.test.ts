import { describe, expect, it } from 'vitest';
import { buildCatalog } from '../catalog/catalog.ts';
import {
  configWith,
  DIRECTORY,
  ENGINE,
  imagesOf,
  observedRunning,
  withContainers,
} from '../../../test/fakes/builders.ts';
import type { Observed, ObservedContainer } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import { formatPlan } from '../model/plan-text.ts';
import type { Slot } from '../model/workload.ts';
import { renderBundle } from '../render/render-bundle.ts';
import type { Desired } from './desired.ts';
import { planUp } from './plan-up.ts';
import { needsOtherSlot } from './slot-switch.ts';

const SETTINGS = { images: { source: 'debian' }, host: { memory: '16GiB', cores: 4 } };

function desired(slot: Slot, settings: object = {}): Desired {
  const catalog = buildCatalog(configWith({ ...SETTINGS, ...settings }), [slot]);
  return {
    directory: DIRECTORY,
    catalog,
    bundle: renderBundle(catalog, ENGINE),
    configText: 'project: factsway\n',
    configUnchanged: true,
  };
}

const OLD = desired('a');
const NEXT = { release: { version: '1.1.0' } };
const NEW = desired('b', NEXT);
/** 1.0.0 serves from slot a, and the images of 1.1.0 are here. */
const serving: Observed = {
  ...observedRunning(OLD),
  images: { ...imagesOf(OLD.catalog), ...imagesOf(NEW.catalog) },
};
const plan = (wanted: Desired, found: Observed): Plan =>
  planUp(wanted, found, { title: 'Upgrade', overwrite: false, renderOnly: false }).plan;
const kinds = ({ steps }: Plan): string[] => steps.map(({ action }) => action.kind);
const ofSlot = (slot: string) => (container: ObservedContainer) => container.slot === slot;

describe('whether services move to the other slot', () => {
  it('is so where one that serves would be replaced', () => {
    expect(needsOtherSlot(desired('a', NEXT), serving)).toBe(true);
    const otherLog = desired('a', { services: { logLevel: 'debug' } });
    expect(needsOtherSlot(otherLog, serving)).toBe(true);
  });

  it.each([
    ['nothing about them changes', desired('a', { monitoring: { prometheusPort: 9999 } }), serving],
    [
      'nothing serves',
      desired('a', NEXT),
      withContainers(serving, (one) => (ofSlot('a')(one) ? 'gone' : {})),
    ],
    [
      'the server has room for one slot only',
      desired('a', { ...NEXT, host: { memory: '6GiB', cores: 2 } }),
      serving,
    ],
  ])('is not so where %s', (_, wanted, found) => {
    expect(needsOtherSlot(wanted, found)).toBe(false);
  });
});

describe('a switch', () => {
  it('makes and proves the new slot, leads there, notes it, and only then ends the old one', () => {
    const order = kinds(plan(NEW, serving)).filter((kind) =>
      ['WriteBundle', 'RunMigrations', 'ProveSlot', 'RecordRelease', 'RetireSlot'].includes(kind),
    );
    expect(order).toEqual([
      'WriteBundle',
      'RunMigrations',
      'ProveSlot',
      'WriteBundle',
      'RecordRelease',
      'RetireSlot',
    ]);
    expect(formatPlan(plan(NEW, serving))).toMatchInlineSnapshot(`
      "Upgrade:
        [1] WriteBundle 3 files because the configuration renders 3 files differently (undo: RestoreBundle 3 files)
        [2] CreateContainers migrations-b, records-service-b, ingestion-service-b, export-service-b and 5 more because they do not exist, after 1 (undo: RemoveContainers migrations-b, records-service-b, ingestion-service-b, export-service-b and 5 more)
        [3] RunMigrations up to 1.1.0 because the schema is not proven to be that of 1.1.0, after 2
        [4] StartComponents slot b (records-service-b, ingestion-service-b, export-service-b, caseblock-service-b, signature-service-b, facts-service-b, exhibits-service-b, caselaw-service-b) because not running, after 2, 3 (undo: RetireSlot b (records-service-b, ingestion-service-b, export-service-b, caseblock-service-b, signature-service-b, facts-service-b, exhibits-service-b, caselaw-service-b))
        [5] ProveSlot b: 8 services of 1.1.0 because nothing is led to services that do not take requests, after 2, 3, 4
        [6] SwitchTraffic a→b because slot b is proven, after 5 (undo: SwitchTraffic b→a)
        [7] WriteBundle 1 file because requests go to slot b, after 6 (undo: RestoreBundle 1 file)
        [8] ReloadConfig prometheus because requests go to slot b, after 6, 7
        [9] VerifyTraffic slot b, 1.1.0 because slot a is there to go back to until this is seen, after 6
        [10] RecordRelease 1.1.0 in slot b because release 1.1.0 serves from slot b, after 9, 8 (undo: RestoreServing 1.0.0 in slot a)
        [11] RetireSlot a (records-service-a, ingestion-service-a, export-service-a, caseblock-service-a, signature-service-a, facts-service-a, exhibits-service-a, caselaw-service-a) because nothing leads there any more; its containers stay for a way back, after 10 (undo: StartComponents slot a (records-service-a, ingestion-service-a, export-service-a, caseblock-service-a, signature-service-a, facts-service-a, exhibits-service-a, caselaw-service-a))"
    `);
  });

  it('writes nothing that leads to the new slot before it is proven', () => {
    const { steps } = plan(NEW, serving);
    const writes = steps.flatMap(({ action }) => (action.kind === 'WriteBundle' ? [action] : []));
    const isLeading = (path: string): boolean => /^config\/(edge|prometheus)\//.test(path);
    expect(writes[0]?.changes.filter(({ path }) => isLeading(path))).toEqual([]);
    expect(writes[1]?.changes.every(({ path }) => isLeading(path))).toBe(true);
    expect(writes[0]?.later).toEqual(writes[1]?.changes.map(({ path }) => path));
  });

  it('touches no service that serves until requests go elsewhere', () => {
    const { steps } = plan(NEW, serving);
    const leading = steps.find(({ action }) => action.kind === 'RecordRelease')?.id ?? 0;
    for (const { id, action } of steps)
      if (id <= leading && 'services' in action)
        expect(JSON.stringify(action.services)).not.toMatch(/-service-a"/);
  });

  it('cut off after the new slot was noted ends the old one', () => {
    const noted: Observed = {
      ...observedRunning(NEW),
      containers: [...observedRunning(NEW).containers, ...serving.containers.filter(ofSlot('a'))],
    };
    expect(kinds(plan(NEW, noted))).toEqual(['RetireSlot']);
  });

  it('that nobody wants any more ends what it had begun', () => {
    const half: Observed = {
      ...serving,
      containers: [...serving.containers, ...observedRunning(NEW).containers.filter(ofSlot('b'))],
    };
    expect(kinds(plan(OLD, half))).toEqual(['RetireSlot']);
  });

  it('back starts the containers that were kept', () => {
    const kept = serving.containers
      .filter(ofSlot('a'))
      .map((one) => ({ ...one, state: 'exited' as const, health: 'none' as const }));
    const found: Observed = {
      ...observedRunning(NEW),
      images: serving.images,
      containers: [...observedRunning(NEW).containers, ...kept],
    };
    const back = plan(OLD, found);
    const made = back.steps.flatMap(({ action }) =>
      action.kind === 'CreateContainers' ? action.services : [],
    );
    expect(made.filter((id) => id.endsWith('-service-a'))).toEqual([]);
    expect(kinds(back)).toContain('RetireSlot');
  });
});
