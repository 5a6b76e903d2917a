import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { ROOT } from './support/cli.ts';
import { containersOf, docker, dockerTry, until } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { SHARED } from './support/instance.ts';

const ENGINE_PID = '/run/factsway-engine.pid';

/** The engine that scripts/engine started, if it runs: only that one is ours to stop; somebody else's runs other things. */
function ourEngine(): number | undefined {
  try {
    const pid = Number(readFileSync(ENGINE_PID, 'utf8'));
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'dockerd' ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function engineScript(command: 'restart' | 'up'): Promise<void> {
  const ran = await execa(join(ROOT, 'scripts/engine'), [command], {
    all: true,
    reject: false,
    stdin: 'ignore',
  });
  expect(ran.exitCode, ran.all).toBe(0);
}

async function endedAndStarted(): Promise<void> {
  await engineScript('restart');
}

/** What a loss of power or the kernel's out-of-memory killer does, and the next start. */
async function killedAndStarted(): Promise<void> {
  process.kill(ourEngine() ?? Number.NaN, 'SIGKILL');
  await engineScript('up');
}

const idsOf = (...components: string[]): Promise<string[]> =>
  Promise.all(
    components.map((component) =>
      docker(
        'ps',
        '--quiet',
        ...['--filter', `label=com.docker.compose.project=${SHARED.project}`],
        ...['--filter', `label=com.docker.compose.service=${component}`],
      ),
    ),
  );

/** scripts/test runs other lanes beside this one; they hold the lock as long as they need the engine. */
const ENGINE_LOCK = join(ROOT, 'build/engine.lock');
const OTHERS_SECONDS = 900;

beforeAll(
  async () => {
    await execa('flock', ['--timeout', String(OTHERS_SECONDS), ENGINE_LOCK, 'true']);
  },
  (OTHERS_SECONDS + 10) * 1000,
);

it('containers that are started again come back healthy', async () => {
  const label = `label=com.docker.compose.project=${SHARED.project}`;
  const running = (await docker('ps', '--quiet', '--filter', label)).split('\n');
  // At once, as by an administrator who is in a hurry: `docker restart` itself takes one after the other.
  await Promise.all(running.map((id) => docker('restart', '--time', '10', id)));
  const verify = await SHARED.runJson('verify', '--timeout', '120');
  expect(verify.exitCode, JSON.stringify(verify.result)).toBe(0);
});

it.runIf(ourEngine()).each([
  ['stopped and started', endedAndStarted],
  ['killed and started', killedAndStarted],
])(
  'after the engine was %s everything comes back healthy by itself, data intact',
  async (what, again) => {
    const name = `Before the engine was ${what}`;
    const ca = SHARED.file('state/root-ca.crt');
    const created = await throughEdge(`${SHARED.url}/api/templates`, ca, {
      method: 'POST',
      body: { name, category: 'motion', body: 'text' },
    });
    expect(created.status, created.body).toBe(201);
    const { id } = JSON.parse(created.body) as { id: string };
    const running = await containersOf(SHARED.project, 'running');
    // What `up` does where a configuration changed; Docker counts it as a stop by hand.
    await docker('kill', '--signal', 'SIGHUP', ...(await idsOf('alertmanager', 'prometheus')));

    await again();

    await until('the engine answers', 60, async () => (await dockerTry('info')).exitCode === 0);
    await until(
      'every container runs again',
      120,
      async () => (await containersOf(SHARED.project, 'running')).length === running.length,
    );
    const verify = await SHARED.runJson('verify', '--timeout', '120');
    expect(verify.exitCode, JSON.stringify(verify.result)).toBe(0);
    // The same ones: what is kept of the slot that does not serve stays stopped.
    expect(await containersOf(SHARED.project, 'running')).toEqual(running);
    expect((await throughEdge(`${SHARED.url}/api/templates/${id}`, ca)).body).toContain(name);
  },
);
