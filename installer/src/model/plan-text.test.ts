import { describe, expect, it } from 'vitest';
import { PlanBuilder, type Action, type Step } from './plan.ts';
import { formatPlan, formatStep, planLines } from './plan-text.ts';

const step = (action: Action, more: Partial<Step> = {}): Step => ({
  id: 3,
  action,
  cause: 'it is so',
  dependsOn: [],
  ...more,
});

const SENTENCES: readonly (readonly [Action, string])[] = [
  [{ kind: 'CreateSecrets', names: ['a', 'b'] }, 'CreateSecrets a, b'],
  [{ kind: 'WriteBundle', changes: [{ path: '.env', change: 'create' }] }, 'WriteBundle 1 file'],
  [
    {
      kind: 'RestoreBundle',
      changes: [
        { path: '.env', change: 'update' },
        { path: 'x', change: 'delete' },
      ],
      services: ['edge'],
      oneShots: ['migrations-a'],
    },
    'RestoreBundle 2 files',
  ],
  [{ kind: 'PullImage', reference: 'caddy:2' }, 'PullImage caddy:2'],
  [
    { kind: 'CheckImageVersions', references: ['a', 'b'], version: '1.1.0' },
    'CheckImageVersions 2 images = 1.1.0',
  ],
  [
    { kind: 'CreateContainers', services: ['a', 'b', 'c', 'd', 'e', 'f'] },
    'CreateContainers a, b, c, d and 2 more',
  ],
  [{ kind: 'RemoveContainers', services: ['a', 'b', 'c', 'd'] }, 'RemoveContainers a, b, c, d'],
  [
    { kind: 'StartComponents', group: 'edge', services: ['edge'], configHashes: {} },
    'StartComponents edge',
  ],
  [
    { kind: 'StartComponents', group: 'slot a', services: ['x-a', 'y-a'], configHashes: {} },
    'StartComponents slot a (x-a, y-a)',
  ],
  [
    { kind: 'StopComponents', group: 'slot a', services: ['x-a', 'y-a'] },
    'StopComponents slot a (x-a, y-a)',
  ],
  [
    { kind: 'RunMigrations', service: 'migrations-a', slot: 'a', version: '1.1.0' },
    'RunMigrations up to 1.1.0',
  ],
  [
    { kind: 'ReloadConfig', service: 'edge', reload: { how: 'recreate' }, configHash: 'h' },
    'ReloadConfig edge',
  ],
  [{ kind: 'SaveRootCertificate', service: 'edge', path: '/x' }, 'SaveRootCertificate edge'],
  [
    { kind: 'StopProject', project: 'factsway', services: ['a', 'b'], networks: [] },
    'StopProject factsway (2 containers)',
  ],
  [
    { kind: 'StopProject', project: 'factsway', services: [], networks: ['edge'] },
    'StopProject factsway (0 containers, 1 network)',
  ],
  [
    { kind: 'RemoveContainers', services: ['a'], networks: ['edge', 'data'] },
    'RemoveContainers a, 2 networks',
  ],
  [
    { kind: 'RecordRelease', version: '1.1.0', slot: 'b', references: [] },
    'RecordRelease 1.1.0 in slot b',
  ],
  [{ kind: 'RecordOverride', digest: '0123456789abcdef' }, 'RecordOverride 0123456789ab'],
];

describe('a step as text', () => {
  it.each(SENTENCES)('%o', (action, sentence) => {
    expect(formatStep(step(action))).toBe(`[3] ${sentence} because it is so`);
  });

  it('says what it waits for, what it destroys and how it is undone, in this order', () => {
    const text = formatStep(
      step(
        { kind: 'CreateContainers', services: ['edge'] },
        {
          dependsOn: [1, 2],
          destroys: 'the volume edge-data',
          undo: { kind: 'RemoveContainers', services: ['edge'] },
        },
      ),
    );
    expect(text).toBe(
      '[3] CreateContainers edge because it is so, after 1, 2 DESTROYS the volume edge-data (undo: RemoveContainers edge)',
    );
  });
});

describe('a plan', () => {
  it('without steps says that there is nothing to do', () => {
    expect(formatPlan(new PlanBuilder().build('Install'))).toBe('Install: nothing to do');
  });

  it('numbers its steps and leaves out dependencies on steps that are not there', () => {
    const builder = new PlanBuilder();
    const action: Action = { kind: 'PullImage', reference: 'x' };
    const first = builder.add({ action, cause: 'one' });
    const second = builder.add({ action, cause: 'two', dependsOn: [undefined, first] });
    expect([first, second]).toEqual([1, 2]);
    expect(formatPlan(builder.build('Do'))).toBe(
      'Do:\n  [1] PullImage x because one\n  [2] PullImage x because two, after 1',
    );
  });
});

describe('a plan to be read', () => {
  const pull = (reference: string, cause: string) => ({
    action: { kind: 'PullImage', reference } as const,
    cause,
  });

  it('says a run of pulls for one reason once, and every other step by itself', () => {
    const builder = new PlanBuilder();
    builder.add({ action: { kind: 'CreateSecrets', names: ['a'] }, cause: 'new' });
    for (const name of ['x', 'y', 'z']) builder.add(pull(name, 'not here'));
    builder.add(pull('w', 'moved'));
    expect(planLines(builder.build('T'))).toEqual([
      { ids: '[1]', what: 'CreateSecrets a', cause: 'new' },
      { ids: '[2–4]', what: 'PullImage 3 images', cause: 'not here' },
      { ids: '[5]', what: 'PullImage w', cause: 'moved' },
    ]);
  });
});
