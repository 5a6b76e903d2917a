import { expect, it } from 'vitest';
import { desiredWith } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { formatPlan } from '../model/plan-text.ts';
import { planRestore } from './plan-restore.ts';

const desired = desiredWith();
const point = { id: '20260722-101500', createdAt: '2026-07-22T10:15:00.123Z' };
const planWith = (state: 'running' | 'exited'): string => {
  const containers = [...FakeEngine.running(desired).containers.values()];
  return formatPlan(
    planRestore({
      point,
      version: '1.0.0',
      slot: 'a',
      workloads: desired.catalog.workloads,
      containers: containers.map((container) => ({ ...container, state })),
    }),
  );
};

it('stops who writes, puts the database back, brings the schema to the release and starts them again', () => {
  const text = planWith('running');
  expect(text).toMatch(
    /\[1\] StopComponents app .*\n.*\[2\] RestoreDatabase 20260722-101500 .* after 1 DESTROYS what was written after 2026-07-22 10:15:00 UTC .*\n.*\[3\] RunMigrations up to 1\.0\.0 .*\n.*\[4\] StartComponents app \(.*\) .* after 2, 3$/,
  );
  expect(text).not.toMatch(/Components app \([^)]*migrations/);
});

it('after a run that was killed starts also what that one had stopped', () => {
  const text = planWith('exited');
  expect(text).not.toContain('StopComponents');
  expect(text).toMatch(/\[3\] StartComponents app \(records-service-a, /);
});
