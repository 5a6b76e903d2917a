import { describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import type { Plan } from '../model/plan.ts';
import { formatPlan } from '../model/plan-text.ts';
import type { Docker } from '../ports/docker.ts';
import type { Prompter } from '../ports/prompter.ts';
import { runPlan } from './run-plan.ts';

function removing(services: readonly string[], cause = 'nobody wants them'): Plan {
  const action = { kind: 'RemoveContainers', services } as const;
  return { title: 'Up', steps: [{ id: 1, action, cause, dependsOn: [] }] };
}
/** The text of a plan names four services and counts the others. */
const WITH_E = ['a', 'b', 'c', 'd', 'e'];
const WITH_F = ['a', 'b', 'c', 'd', 'f'];

type Ran = { readonly journal: string; readonly plan: Plan; readonly events: readonly string[] };

/** Shows one plan, has it confirmed, and finds another under the lock. */
async function run(shown: Plan, found: Plan, yes = false): Promise<Ran> {
  const prompter = yes
    ? panicking<Prompter>('prompter', { interactive: true })
    : panicking<Prompter>('prompter', { interactive: true, confirm: async () => true });
  const docker = panicking<Docker>('docker', { containers: async () => [] });
  const ports = fakePorts({ docker, prompter });
  const { plan } = await runPlan(
    {
      command: 'up',
      directory: DIRECTORY,
      project: 'factsway',
      plan: shown,
      replan: async () => found,
      consent: { yes, dryRun: false },
      confirm: true,
    },
    ports,
  );
  const journal = ports.files.text(`${DIRECTORY}/state/journal.jsonl`) ?? '';
  return { journal, plan, events: ports.reporter.events };
}

const runOnce = (plan: Plan, ports: FakePorts) =>
  runPlan(
    {
      command: 'up',
      directory: DIRECTORY,
      project: 'factsway',
      plan,
      replan: async () => plan,
      consent: { yes: true, dryRun: false },
      confirm: true,
    },
    ports,
  );

describe('a plan somebody agreed to', () => {
  it('is refused when another one is found, also where the two read the same', async () => {
    expect(formatPlan(removing(WITH_E))).toBe(formatPlan(removing(WITH_F)));
    const error = await rejectionOf(run(removing(WITH_E), removing(WITH_F)));
    expect([error.code, error.exitCode]).toEqual(['FW-STATE-CHANGED', 3]);
  });

  it('is carried out when what is found does the same, for whatever reason', async () => {
    const found = removing(['e'], 'they are in the way');
    const { journal, plan, events } = await run(removing(['e']), found);
    expect(journal).toContain('they are in the way');
    expect(plan).toBe(found);
    expect(events.filter((event) => event.startsWith('plan: '))).toHaveLength(1);
  });

  it('beforehand, with --yes, is the one that is found, and that one is shown and returned', async () => {
    const found = removing(['f']);
    const { journal, plan, events } = await run(removing(['e']), found, true);
    expect(journal).toContain('RemoveContainers f');
    expect(plan).toBe(found);
    expect(events.slice(0, 4)).toEqual([
      'plan: Up, 1 steps',
      'note: The instance changed in the meantime; this is done instead:',
      'plan: Up, 1 steps',
      'started 1 RemoveContainers f',
    ]);
  });
});

describe('what a killed run left half written', () => {
  const LEFT = ['compose.yaml', 'config/caddy/Caddyfile', 'secrets/x', 'state/previous/.env'].map(
    (path) => `${DIRECTORY}/${path}.factsway-new`,
  );
  const THEIRS = `${DIRECTORY}/backup/compose.yaml.factsway-new`;
  const nothing: Plan = { title: 'Up', steps: [] };

  it.each([
    ['that does something', removing(['e'])],
    ['that has nothing to do', nothing],
  ])('is removed by the next run, also one %s', async (_what, plan) => {
    const ports = fakePorts({
      docker: panicking<Docker>('docker', { containers: async () => [] }),
    });
    for (const path of [...LEFT, THEIRS]) ports.files.put(path, 'half');
    await runOnce(plan, ports);
    expect(LEFT.filter((path) => ports.files.tree.has(path))).toEqual([]);
    expect(ports.files.tree.has(THEIRS)).toBe(true);
  });

  it('is left to the run that holds the lock: it may be what that one is writing', async () => {
    const ports = fakePorts();
    for (const path of LEFT) ports.files.put(path, 'half');
    ports.host.processes.set(42, 'boot+42');
    const owner = { pid: 42, processStart: 'boot+42', host: 'server1', command: 'up', since: '' };
    ports.files.put(`${DIRECTORY}/state/lock`, JSON.stringify(owner));
    await runOnce(nothing, ports);
    expect(LEFT.filter((path) => ports.files.tree.has(path))).toEqual(LEFT);
  });
});

describe('nothing to do', () => {
  const NOTHING: Plan = { title: 'Up', steps: [] };
  const path = `${DIRECTORY}/state/journal.jsonl`;
  const began =
    '{"run":"r1","at":"2026-01-01","event":"run-started","command":"install"}\n{"run":"r1","at":"2026-01-01","event":"step-started","step":1}\n';

  it('settles a change that was interrupted: it is asked about no more', async () => {
    const ports = fakePorts({});
    ports.files.put(path, began);
    await runOnce(NOTHING, ports);
    expect(ports.files.text(path)).toMatch(/"command":"up","steps":0[^]*"outcome":"done"/);
    expect(ports.files.text(`${DIRECTORY}/state/lock`)).toBeUndefined();
    const settled = ports.files.text(path);
    await runOnce(NOTHING, ports);
    expect(ports.files.text(path)).toBe(settled);
  });

  it('to files alone settles nothing', async () => {
    const ports = fakePorts({});
    ports.files.put(path, began);
    const request = { command: 'render', directory: DIRECTORY, project: 'factsway' };
    const consent = { yes: true, dryRun: false };
    const replan = async (): Promise<Plan> => NOTHING;
    await runPlan({ ...request, plan: NOTHING, replan, consent, confirm: false }, ports);
    expect(ports.files.text(path)).toBe(began);
  });
});
