import { expect, it } from 'vitest';
import { containerOf, desiredWith, observedRunning } from '../../../test/fakes/builders.ts';
import type { ObservedContainer } from '../model/observed.ts';
import { formatPlan } from '../model/plan-text.ts';
import { planUp } from './plan-up.ts';

const desired = desiredWith();
const running = observedRunning(desired);
const [first] = desired.catalog.workloads;
const extra = (change: Partial<ObservedContainer>): ObservedContainer => ({
  ...containerOf(first!, desired),
  id: 'extra',
  service: 'grafana',
  ...change,
});
const planWith = (container: ObservedContainer): string =>
  formatPlan(
    planUp(
      desired,
      { ...running, containers: [...running.containers, container] },
      { title: 'Up', overwrite: false, renderOnly: false },
    ).plan,
  );

it('a component the configuration no longer has is removed', () => {
  expect(planWith(extra({}))).toBe(
    'Up:\n  [1] RemoveContainers grafana because the configuration no longer has them',
  );
});

it("a container of the other slot is kept for a rollback, and the customer's own is not ours", () => {
  const kept = { service: 'records-service-b', slot: 'b', state: 'exited' } as const;
  expect(planWith(extra(kept))).toBe('Up: nothing to do');
  expect(planWith(extra({ service: 'customer-tool', spec: '' }))).toBe('Up: nothing to do');
});
