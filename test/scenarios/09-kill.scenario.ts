import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { cliJson, startCli } from './support/cli.ts';
import { containersOf, dockerTry, until } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { SCRATCH } from './support/instance.ts';
import { plannedSteps, runKilledAt } from './support/kill.ts';
import { KEYS, TerminalRun } from './support/terminal.ts';

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

it('a change of the services killed at every step is finished by the next run, the other slot serves, and nothing of the former one runs', async () => {
  const change = (level: string): string[] => [
    'install',
    '--yes',
    ...SCRATCH.arguments({ 'services.logLevel': level }),
  ];
  const next = await SCRATCH.nextSlot();
  const steps = new Set(await plannedSteps(change('debug')));
  const met: string[] = [];
  expect([...steps]).toEqual(
    expect.arrayContaining(['SwitchTraffic', 'RecordRelease', 'RetireSlot']),
  );
  for (const step of steps) {
    // What an earlier run got done is not done again: such a step is not met any more.
    const { killed } = await runKilledAt(change('debug'), step, 0);
    if (killed) met.push(step);
    const answer = await throughEdge(
      `${SCRATCH.url}/api/templates`,
      SCRATCH.file('state/root-ca.crt'),
    );
    expect(answer.status, `killed before ${step}`).toBe(200);
  }
  expect(met).toEqual(expect.arrayContaining(['SwitchTraffic', 'RecordRelease', 'RetireSlot']));
  const last = await cliJson(change('debug'));
  expect(last.errors).toEqual([]);
  expect(await SCRATCH.servingSlot()).toBe(next);
  const services = (await containersOf(SCRATCH.project, 'running')).filter((name) =>
    /-service-[ab]$/.test(name),
  );
  expect(services.filter((name) => name.endsWith(next))).toHaveLength(8);
  expect(services).toHaveLength(8);
  const nothing = await cliJson(change('debug'));
  expect((nothing.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
}, 600_000);

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

it('Ctrl-C on a terminal ends what is under way in order and says how to go on; the wizard then finishes the installation', async () => {
  await SCRATCH.remove();
  for (const step of ['CreateContainers', 'StartComponents']) {
    const run = new TerminalRun(['install', '--yes', ...SCRATCH.arguments()]);
    const before = (await journal()).length;
    const since = async () => (await journal()).slice(before);
    const begun = async () =>
      (await since()).some((line) => line.includes('step-started') && line.includes(step));
    const deadline = Date.now() + 60_000;
    while (!(await begun()) && Date.now() < deadline) await sleep(20);
    run.type(KEYS.ctrlC);
    expect(await run.ended(60), run.history()).toBe(130);
    expect(run.screen(), step).toContain('FW-CANCELLED');
    expect(run.screen().replaceAll('\n', ' ')).toContain('run the same command again');
    expect((await since()).at(-1), step).toContain('"outcome":"cancelled"');
    expect(existsSync(SCRATCH.file('state/lock')), step).toBe(false);
    // What was begun was ended, or refused to begin, and nothing was begun after it.
    if (step !== 'CreateContainers') continue;
    expect((await since()).join('\n')).not.toContain('StartComponents');
    for (const line of (await since()).filter((one) => one.includes('step-failed')))
      expect(line).toContain('FW-CANCELLED');
  }
  // What was started goes on getting healthy: a plan that was shown before that would be one of another state.
  await until('what was started is healthy', 60, async () =>
    (await dockerTry('ps', '--filter', 'health=starting', '--format', '{{.Names}}')).output
      .split('\n')
      .every((name) => !name.startsWith(SCRATCH.project)),
  );
  const wizard = new TerminalRun(['--dir', SCRATCH.directory]);
  await wizard.sees('The installation has not been finished.', '❯ Finish the installation');
  wizard.type(KEYS.enter);
  await wizard.sees('Carry out this plan?', '❯ Yes');
  wizard.type(KEYS.enter);
  expect(await wizard.ended(180), wizard.history()).toBe(0);
  expect((await SCRATCH.runJson('verify', '--timeout', '60')).exitCode).toBe(0);
  expect((await SCRATCH.runJson('status')).result?.['release']).toBe('1.0.0');
});
