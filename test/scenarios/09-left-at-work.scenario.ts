import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { docker } from './support/docker.ts';
import { SCRATCH } from './support/instance.ts';
import { runKilledAtWork } from './support/kill.ts';

/** What was told to stop before the kill would be gone by then: services drain for two seconds. */
const DRAINED_MS = 8000;

beforeAll(async () => {
  await SCRATCH.remove();
  expect((await SCRATCH.install()).errors).toEqual([]);
  // From here on either slot has containers, which a change makes anew: only then there is something half made.
  expect((await SCRATCH.install({ 'services.logLevel': 'error' })).errors).toEqual([]);
});
afterAll(() => SCRATCH.remove());

const names = async (): Promise<string[]> =>
  (
    await docker(
      'ps',
      '--all',
      '--filter',
      `label=com.docker.compose.project=${SCRATCH.project}`,
      '--format',
      '{{.Names}}',
    )
  ).split('\n');

const change = (level: string): string[] => [
  'install',
  '--yes',
  ...SCRATCH.arguments({ 'services.logLevel': level }),
];
const here = (command: string): string[] => [command, '--yes', '--dir', SCRATCH.directory];

it.each([
  [
    'replacing the services, and Compose goes on',
    change('debug'),
    'CreateContainers migrations',
    false,
  ],
  [
    'replacing the services, and Compose with it',
    change('warn'),
    'CreateContainers migrations',
    true,
  ],
  ['stopping the platform, and Compose goes on', here('down'), 'StopProject', false],
  ['stopping the platform, and Compose with it', here('down'), 'StopProject', true],
  ['uninstalling it, and Compose with it', here('uninstall'), 'StopProject', true],
])(
  'a run is killed while %s: the next one meets no half-made container, and what it says runs goes on running',
  async (_what, argv, step, withCompose) => {
    const { killed, workers, all } = await runKilledAtWork(argv, step, {
      directory: SCRATCH.directory,
      withWorkers: withCompose,
    });
    expect([killed, workers > 0], all).toEqual([true, true]);
    const next = await SCRATCH.runJson('up', '--yes');
    expect(next.errors).toEqual([]);
    expect(next.exitCode).toBe(0);
    await sleep(DRAINED_MS);
    expect((await SCRATCH.runJson('status')).result?.['healthy']).toBe(true);
    expect((await names()).filter((name) => !name.startsWith(`${SCRATCH.project}-`))).toEqual([]);
    const again = await SCRATCH.runJson('up', '--yes');
    expect((again.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
  },
);
