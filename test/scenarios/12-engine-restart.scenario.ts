import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './support/cli.ts';
import { containersOf, docker, dockerTry, until } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { SHARED } from './support/instance.ts';

/** Only an engine that scripts/engine started is ours to stop; somebody else's runs other things. */
const OURS = existsSync('/run/factsway-engine.pid');

it('containers that are started again come back healthy', async () => {
  const label = `label=com.docker.compose.project=${SHARED.project}`;
  const running = (await docker('ps', '--quiet', '--filter', label)).split('\n');
  await docker('restart', '--time', '10', ...running);
  const verify = await SHARED.runJson('verify', '--timeout', '120');
  expect(verify.exitCode, JSON.stringify(verify.result)).toBe(0);
});

it.runIf(OURS)(
  'after the engine was stopped and started everything comes back healthy by itself, data intact',
  async () => {
    const ca = SHARED.file('state/root-ca.crt');
    const created = await throughEdge(`${SHARED.url}/api/templates`, ca, {
      method: 'POST',
      body: { name: 'Before the restart', category: 'motion', body: 'text' },
    });
    const { id } = JSON.parse(created.body) as { id: string };
    const running = await containersOf(SHARED.project, 'running');

    const restart = await execa(join(ROOT, 'scripts/engine'), ['restart'], {
      all: true,
      reject: false,
      stdin: 'ignore',
    });
    expect(restart.exitCode, restart.all).toBe(0);

    await until('the engine answers', 60, async () => (await dockerTry('info')).exitCode === 0);
    await until(
      'every container runs again',
      120,
      async () => (await containersOf(SHARED.project, 'running')).length === running.length,
    );
    const verify = await SHARED.runJson('verify', '--timeout', '120');
    expect(verify.exitCode, JSON.stringify(verify.result)).toBe(0);
    expect((await throughEdge(`${SHARED.url}/api/templates/${id}`, ca)).body).toContain(
      'Before the restart',
    );
  },
);
