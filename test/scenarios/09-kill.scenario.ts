import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { startCli } from './support/cli.ts';
import { until } from './support/docker.ts';
import { SCRATCH } from './support/instance.ts';
import { plannedSteps, runKilledAt } from './support/kill.ts';

afterAll(() => SCRATCH.remove());

const journal = async () =>
  (await readFile(SCRATCH.file('state/journal.jsonl'), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '');
const secrets = () =>
  Promise.all(
    ['app', 'owner', 'superuser', 'monitor'].map((role) =>
      readFile(SCRATCH.file(`secrets/postgres-${role}-password`), 'utf8'),
    ),
  );

/** Milliseconds after a step began at which it is under way. Killed later, a short one may have been the last. */
const MIDDLE_MS: Readonly<Record<string, number>> = {
  WriteBundle: 5,
  CreateContainers: 300,
  'StartComponents postgres': 900,
  RunMigrations: 300,
  'StartComponents slot a': 1500,
};

it('an installer killed at every step, before it and in its middle, is finished by the next run, with the same secrets and nothing half done', async () => {
  const install = ['install', '--yes', ...SCRATCH.arguments()];
  const steps = await plannedSteps(install);
  expect(steps.length).toBeGreaterThan(10);
  let first: string[] | undefined;
  for (const step of steps) {
    let { killed, all } = await runKilledAt(install, step, 0);
    if (!killed) {
      // Branches of a plan run side by side: this step was done when an earlier one was killed.
      await SCRATCH.remove();
      first = undefined;
      ({ killed, all } = await runKilledAt(install, step, 0));
    }
    expect(killed, `killed before ${step}:\n${all}`).toBe(true);
    const middle = MIDDLE_MS[step];
    if (middle !== undefined) await runKilledAt(install, step, middle);
    if (step === 'CreateSecrets') continue;
    first ??= await secrets();
    expect(await secrets(), step).toEqual(first);
  }
  const last = await SCRATCH.install();
  expect(last.errors).toEqual([]);
  expect(last.exitCode).toBe(0);
  expect(await secrets()).toEqual(first);
  const status = await SCRATCH.runJson('status');
  expect(status.exitCode).toBe(0);
  const nothing = await SCRATCH.install();
  expect((nothing.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
});

it('an interrupted run says that nothing is lost, and the next one continues', async () => {
  await SCRATCH.runJson('down', '--yes');
  const run = startCli(['up', '--yes', '--dir', SCRATCH.directory]);
  const before = (await journal()).length;
  await until('the start begins', 60, async () =>
    (await journal()).slice(before).some((line) => line.includes('StartComponents')),
  );
  run.kill('SIGINT');
  const result = await run;
  expect(result.exitCode).toBe(130);
  expect(result.all).toContain('FW-CANCELLED');
  const again = await SCRATCH.runJson('up', '--yes');
  expect(again.errors).toEqual([]);
  expect((await SCRATCH.runJson('verify', '--timeout', '60')).exitCode).toBe(0);
});
