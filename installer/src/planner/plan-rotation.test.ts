import { describe, expect, it } from 'vitest';
import { buildCatalog } from '../catalog/catalog.ts';
import { configWith, DIRECTORY, ENGINE, observedRunning } from '../../../test/fakes/builders.ts';
import { formatPlan } from '../model/plan-text.ts';
import type { Slot } from '../model/workload.ts';
import { renderBundle } from '../render/render-bundle.ts';
import type { Desired } from './desired.ts';
import { planPlainRotation, planRotationEnd, planRotationInPlace } from './plan-rotation.ts';
import { planUp } from './plan-up.ts';

const APP = {
  secret: 'postgres-app-password',
  role: 'factsway_app_b',
  formerRole: 'factsway_app_a',
  close: [],
} as const;

function desiredIn(slot: Slot): Desired {
  const settings = { images: { source: 'debian' }, host: { memory: '16GiB', cores: 8 } };
  const catalog = buildCatalog(configWith(settings), [slot]);
  const bundle = renderBundle(catalog, ENGINE);
  return { directory: DIRECTORY, catalog, bundle, configText: '', configUnchanged: true };
}

/** Kinds with what they are about, and the undo, without causes. */
const steps = (text: string): string[] =>
  text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace(/ because .*?(?= \(undo|$)/, ''));

describe('the rotation of the password of the services', () => {
  const { plan } = planUp(desiredIn('b'), observedRunning(desiredIn('a')), {
    title: 'Rotate',
    overwrite: false,
    renderOnly: false,
    rotation: { ...APP, close: ['factsway_app'] },
  });
  const at = (kind: string, role?: string): number =>
    plan.steps.findIndex(
      ({ action }) => action.kind === kind && (!role || ('role' in action && action.role === role)),
    );

  it('gives the former role the new value only when nothing serves with it any more', () => {
    const order = [
      at('StageSecret'),
      at('SetRolePassword', 'factsway_app_b'),
      at('ReplaceSecret'),
      at('CreateContainers'),
      at('SwitchTraffic'),
      at('RecordRelease'),
      at('RetireSlot'),
      at('SetRolePassword', 'factsway_app_a'),
      at('CloseRole'),
      at('FinishRotation'),
    ];
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const last = plan.steps[at('SetRolePassword', 'factsway_app_a')];
    expect(last?.dependsOn).toContain(at('RetireSlot') + 1);
  });

  it('puts the former value back before the former slot starts again', () => {
    expect(plan.steps[at('RetireSlot')]?.undo).toMatchObject({
      kind: 'StartComponents',
      formerSecret: 'postgres-app-password',
    });
  });

  it('that was cut off behind the switch ends the former slot and closes it', () => {
    const end = planRotationEnd(APP, { left: ['facts-service-a'], slot: 'a', replaced: true });
    expect(steps(formatPlan(end))).toEqual([
      '[1] RetireSlot a (facts-service-a)',
      '[2] SetRolePassword factsway_app_a to the next postgres-app-password (undo: SetRolePassword factsway_app_a to the former postgres-app-password)',
      '[3] FinishRotation postgres-app-password',
    ]);
  });

  it('stops the services in between where two slots do not fit', () => {
    const { steps: inPlace } = planRotationInPlace(APP, ['facts-service-a']);
    expect(inPlace.map(({ action }) => action.kind)).toEqual([
      'StageSecret',
      'ShowMaintenancePage',
      'StopComponents',
      'SetRolePassword',
      'ReplaceSecret',
      'StartComponents',
      'HideMaintenancePage',
      'SetRolePassword',
      'FinishRotation',
    ]);
  });
});

describe('the rotation of another secret', () => {
  it('starts again who reads it only at the start', () => {
    const plan = planPlainRotation('postgres-monitor-password', { role: 'factsway_monitor' }, [
      'postgres-exporter',
    ]);
    expect(steps(formatPlan(plan))).toEqual([
      '[1] StageSecret postgres-monitor-password (undo: DiscardStaged postgres-monitor-password)',
      '[2] SetRolePassword factsway_monitor to the next postgres-monitor-password (undo: SetRolePassword factsway_monitor to the former postgres-monitor-password)',
      '[3] ReplaceSecret postgres-monitor-password (undo: RestoreSecret postgres-monitor-password)',
      '[4] StopComponents postgres-exporter (undo: StartComponents postgres-exporter)',
      '[5] StartComponents postgres-exporter (undo: StopComponents postgres-exporter)',
      '[6] FinishRotation postgres-monitor-password',
    ]);
  });
});
