import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { startCli } from './support/cli.ts';
import { until } from './support/docker.ts';
import { SCRATCH } from './support/instance.ts';

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

/** Milliseconds after the step began: long enough that it is really under way. */
const MOMENTS: readonly (readonly [step: string, delayMs: number])[] = [
  ['CreateSecrets', 0],
  ['WriteBundle', 5],
  ['CreateContainers', 300],
  ['StartComponents postgres', 900],
  ['RunMigrations', 300],
  ['StartComponents slot a', 1500],
];

it('an installer killed at any step is finished by the next run, with the same secrets and nothing half done', async () => {
  let first: string[] | undefined;
  for (const [step, delay] of MOMENTS) {
    const before = (await journal()).length;
    const run = startCli(['install', '--yes', ...SCRATCH.arguments()]);
    let ended = false;
    void run.then(() => (ended = true));
    await until(
      `${step} begins`,
      120,
      async () =>
        ended ||
        (await journal())
          .slice(before)
          .some((line) => line.includes('"step-started"') && line.includes(step)),
    );
    await new Promise((resolve) => setTimeout(resolve, delay));
    run.kill('SIGKILL');
    const result = await run;
    // A step that is already done is not planned again: then the run may have come to its end.
    if (result.exitCode !== undefined) expect(result.all, step).not.toContain('FW-');
    if (step !== 'CreateSecrets') {
      first ??= await secrets();
      expect(await secrets()).toEqual(first);
    }
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
