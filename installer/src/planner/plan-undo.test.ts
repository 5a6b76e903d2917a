import { describe, expect, it } from 'vitest';
import { desiredWith, observedRunning, withContainers } from '../../../test/fakes/builders.ts';
import type { Observed } from '../model/observed.ts';
import type { ActionOf, Step } from '../model/plan.ts';
import { formatPlan } from '../model/plan-text.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';
import { sha256 } from '../render/digest.ts';
import { planUp } from './plan-up.ts';

const OPTIONS = { title: 'Up', overwrite: false, renderOnly: false };
const desired = desiredWith();
const running = observedRunning(desired);
const changed = desiredWith({ images: { source: 'debian' }, edge: { maxRequestSize: '128MiB' } });

describe('a changed configuration brings back on failure', () => {
  function undoOf(observed: Observed): ActionOf<'RestoreBundle'> {
    const undo = planUp(changed, observed, OPTIONS).plan.steps[0]?.undo;
    if (undo?.kind !== 'RestoreBundle') throw new Error('the first step restores nothing');
    return undo;
  }
  const withPrometheus = (exitCode: number): Observed =>
    withContainers(running, ({ service }) =>
      service === 'prometheus' ? { state: 'exited', exitCode, health: 'none' } : {},
    );

  it.each([137, 0])(
    'the containers that ran before, not one that had ended with %i',
    (exitCode) => {
      const undo = undoOf(withPrometheus(exitCode));
      expect(undo.changes).toEqual([{ path: 'config/edge/Caddyfile', change: 'update' }]);
      expect(undo.services).toHaveLength(14);
      expect(undo.services).not.toContain('prometheus');
      expect(undo.services).not.toContain('migrations-a');
      expect(undo.oneShots).toEqual(['migrations-a']);
    },
  );

  it('no migration that had failed before', () => {
    const observed = withContainers(running, ({ service }) =>
      service === 'migrations-a' ? { exitCode: 1 } : {},
    );
    expect(undoOf(observed).oneShots).toEqual([]);
  });

  it('the configuration that running components had taken up, and of no others', () => {
    const { appliedConfig } = running.instance;
    const reloads = undoOf(withPrometheus(0)).reloads ?? [];
    expect(reloads.map(({ service, configHash }) => [service, configHash])).toEqual([
      ['edge', appliedConfig['edge']],
      ['alertmanager', appliedConfig['alertmanager']],
      ['blackbox-exporter', appliedConfig['blackbox-exporter']],
    ]);
  });
});

describe('a changed override', () => {
  const digests = { ...running.instance.digests, [OVERRIDE_FILE]: sha256('mine') };
  const observed = { ...running, instance: { ...running.instance, digests } };
  const { plan } = planUp(desired, observed, OPTIONS);
  const creating = (steps: readonly Step[]): readonly Step[] =>
    steps.filter(({ action }) => action.kind === 'CreateContainers');

  it('that Compose cannot read yet may concern every container, services that serve only after the migrations', () => {
    const all = desired.catalog.workloads.filter(({ slot, kind }) => slot && kind === 'service');
    const slot = `slot a (${all.map(({ id }) => id).join(', ')})`;
    expect(formatPlan(plan).split('\n').slice(1)).toEqual([
      '  [1] RecordOverride as not proven because compose.override.yaml changed',
      '  [2] CreateContainers postgres, edge, prometheus, alertmanager and 4 more because compose.override.yaml changed, and Compose sees which of them it concerns, after 1',
      '  [3] StartComponents postgres because its containers are replaced or not healthy, after 2',
      '  [4] StartComponents monitoring (prometheus, alertmanager, node-exporter, postgres-exporter, blackbox-exporter) because its containers are replaced or not healthy, after 2',
      '  [5] StartComponents edge because its containers are replaced or not healthy, after 2',
      '  [6] RunMigrations up to 1.0.0 because the schema is not proven to be that of 1.0.0, after 2, 3',
      '  [7] CreateContainers records-service-a, ingestion-service-a, export-service-a, caseblock-service-a and 4 more because compose.override.yaml changed, and Compose sees which of them it concerns, after 2, 6',
      `  [8] StartComponents ${slot} because its containers are replaced or not healthy, after 2, 6, 7`,
      `  [9] RecordOverride ${sha256('mine').slice(0, 12)} because compose.override.yaml is taken into account, after 2, 3, 4, 5, 6, 7, 8`,
    ]);
  });

  it('cannot be put back by us: its steps say what a person has to do', () => {
    const sentences = creating(plan.steps).map(({ irreversible }) => irreversible);
    expect(sentences).toHaveLength(2);
    for (const sentence of sentences) expect(sentence).toContain(`${OVERRIDE_FILE} is yours`);
  });

  it('is nothing to put back where no container was made with another one', () => {
    const empty = planUp(desired, { ...observed, containers: [] }, OPTIONS).plan;
    expect(creating(empty.steps).map(({ irreversible }) => irreversible)).toEqual([undefined]);
    expect(formatPlan(empty)).not.toContain('as not proven');
  });

  it('that is put back after a run that failed half way makes every container again', () => {
    const appliedConfig = { ...running.instance.appliedConfig, [OVERRIDE_FILE]: '' };
    const back = { ...running, instance: { ...running.instance, appliedConfig } };
    expect(creating(planUp(desired, back, OPTIONS).plan.steps)).toHaveLength(2);
  });
});

it('services whose definition changed are replaced after the migrations have succeeded', () => {
  const verbose = desiredWith({ images: { source: 'debian' }, services: { logLevel: 'debug' } });
  const { steps } = planUp(verbose, running, OPTIONS).plan;
  const at = (kind: string): number[] =>
    steps.filter(({ action }) => action.kind === kind).map(({ id }) => id);
  const [early, late] = at('CreateContainers');
  const [migrations] = at('RunMigrations');
  expect([early! < migrations!, migrations! < late!]).toEqual([true, true]);
  expect(steps[late! - 1]).toMatchObject({
    dependsOn: expect.arrayContaining([migrations]) as unknown,
  });
});
