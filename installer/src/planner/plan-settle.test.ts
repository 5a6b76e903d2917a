import { describe, expect, it } from 'vitest';
import { desiredWith, observedRunning, withContainers } from '../../../test/fakes/builders.ts';
import type { Observed, ObservedContainer } from '../model/observed.ts';
import { formatPlan } from '../model/plan-text.ts';
import { planUp } from './plan-up.ts';

const desired = desiredWith();
const running = observedRunning(desired);
const HALF = '0123456789ab_factsway-facts-service-a-1';

function steps(observed: Observed): string[] {
  const options = { title: 'Up', overwrite: false, renderOnly: false };
  return formatPlan(planUp(desired, observed, options).plan)
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

/** The same with what Compose made in place of facts-service-a beside it. */
function withHalfMade(observed: Observed, changes: Partial<ObservedContainer> = {}): Observed {
  const old = running.containers.find(({ service }) => service === 'facts-service-a');
  if (!old) throw new Error('no facts-service-a');
  const made = { ...old, id: 'half', name: HALF, state: 'created', health: 'none' } as const;
  return { ...observed, containers: [...observed.containers, { ...made, ...changes }] };
}

describe('services a run was stopping when it was cut off', () => {
  it('are stopped, although they run and are healthy, and then started again', () => {
    const stopping = ['edge', 'facts-service-a'];
    expect(steps({ ...running, stopping })).toEqual([
      '[1] StopComponents half stopped (edge, facts-service-a) because a run that was cut off was stopping them',
      '[2] StartComponents edge because not running, after 1 (undo: StopComponents edge)',
      '[3] RunMigrations up to 1.0.0 because services are about to start on this schema, after 1',
      '[4] StartComponents facts-service-a because not running, after 1, 3 (undo: StopComponents facts-service-a)',
    ]);
  });

  it('and that were migrations count as failed, not as done', () => {
    const migrating = withContainers(running, ({ service }) =>
      service === 'migrations-a' ? { state: 'running' } : {},
    );
    expect(steps({ ...migrating, stopping: ['migrations-a'] })).toEqual([
      '[1] StopComponents migrations-a because a run that was cut off was stopping them',
      '[2] RunMigrations up to 1.0.0 because the schema is not proven to be that of 1.0.0, after 1',
    ]);
  });
});

it('a container the engine is removing is made anew', () => {
  const removing = withContainers(running, ({ service }) =>
    service === 'edge' ? { state: 'removing' } : {},
  );
  expect(steps(removing)[0]).toMatch(/^\[1\] CreateContainers edge because they do not exist/);
});

describe('a container Compose was about to put in place of another', () => {
  it('is removed, and the other one, which may be on its way out, is stopped and started', () => {
    expect(steps(withHalfMade(running))).toEqual([
      '[1] StopComponents facts-service-a because a run that was cut off was stopping them',
      `[2] RemoveHalfMade ${HALF} because a run that was cut off was replacing containers by them, after 1`,
      '[3] RunMigrations up to 1.0.0 because services are about to start on this schema, after 2',
      '[4] StartComponents facts-service-a because not running, after 2, 3 (undo: StopComponents facts-service-a)',
    ]);
  });

  it('is removed where the other one is gone, even if it runs, and made anew by its proper name', () => {
    const gone = withContainers(running, ({ service }) =>
      service === 'facts-service-a' ? 'gone' : {},
    );
    expect(steps(withHalfMade(gone, { state: 'running', health: 'healthy' }))).toEqual([
      `[1] RemoveHalfMade ${HALF} because a run that was cut off was replacing containers by them`,
      expect.stringMatching(/^\[2\] CreateContainers facts-service-a because .*, after 1 /),
      '[3] RunMigrations up to 1.0.0 because services are about to start on this schema, after 2',
      expect.stringMatching(
        /^\[4\] StartComponents facts-service-a because not running, after 2, 3/,
      ),
    ]);
  });

  it('is none with a name somebody chose', () => {
    expect(
      steps(withHalfMade({ ...running, containers: [] }, { name: 'abcdefabcdef_db' }))[0],
    ).not.toContain('RemoveHalfMade');
  });
});
