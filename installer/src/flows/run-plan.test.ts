import { describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { fakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { formatPlan, type Plan } from '../model/plan.ts';
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

/** Shows one plan, has it confirmed, and finds another under the lock; returns the journal. */
async function run(shown: Plan, found: Plan, yes = false): Promise<string> {
  const prompter = yes
    ? panicking<Prompter>('prompter', { interactive: true })
    : panicking<Prompter>('prompter', { interactive: true, confirm: async () => true });
  const docker = panicking<Docker>('docker', { containers: async () => [] });
  const ports = fakePorts({ docker, prompter });
  await runPlan(
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
  return ports.files.text(`${DIRECTORY}/state/journal.jsonl`) ?? '';
}

describe('a plan somebody agreed to', () => {
  it('is refused when another one is found, also where the two read the same', async () => {
    expect(formatPlan(removing(WITH_E))).toBe(formatPlan(removing(WITH_F)));
    const error = await rejectionOf(run(removing(WITH_E), removing(WITH_F)));
    expect([error.code, error.exitCode]).toEqual(['FW-STATE-CHANGED', 3]);
  });

  it('is carried out when what is found does the same, for whatever reason', async () => {
    const journal = await run(removing(['e']), removing(['e'], 'they are in the way'));
    expect(journal).toContain('they are in the way');
  });

  it('beforehand, with --yes, is the one that is found', async () => {
    expect(await run(removing(['e']), removing(['f']), true)).toContain('RemoveContainers f');
  });
});
