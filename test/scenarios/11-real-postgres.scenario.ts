import { execa } from 'execa';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from './support/cli.ts';
import { docker, dockerTry, until } from './support/docker.ts';

const NAME = 'factsway-test-postgres';
const PASSWORD = 'only-for-this-test';

beforeAll(async () => {
  await dockerTry('rm', '--force', '--volumes', NAME);
  await docker(
    'run',
    '--detach',
    '--name',
    NAME,
    '--env',
    `POSTGRES_PASSWORD=${PASSWORD}`,
    '--tmpfs',
    '/var/run/postgresql:mode=1777',
    '--publish',
    '127.0.0.1:0:5432',
    'factsway/postgres:debian-13',
  );
  await until(
    'PostgreSQL answers',
    60,
    async () =>
      (await dockerTry('exec', NAME, 'pg_isready', '-q', '-h', '127.0.0.1')).exitCode === 0,
  );
});
afterAll(async () => {
  await dockerTry('rm', '--force', '--volumes', NAME);
});

/** pg_dump of the server's own version: the machine may have none, or an older one that refuses. */
async function dumpProgram(): Promise<string> {
  const path = join(ROOT, 'build/scenarios/pg_dump');
  await mkdir(join(ROOT, 'build/scenarios'), { recursive: true });
  const script = `#!/bin/sh\nexec docker exec --env PGPASSWORD ${NAME} pg_dump "$@" --port=5432\n`;
  await writeFile(path, script, { mode: 0o755 });
  return path;
}

it('migrations and services keep their promises against a real PostgreSQL', async () => {
  const port = (await docker('port', NAME, '5432/tcp')).split(':').at(-1) ?? '';
  const { exitCode, all } = await execa(
    join(ROOT, 'node_modules/.bin/vitest'),
    [
      'run',
      '--config',
      'services/vitest.integration.config.ts',
      '--reporter',
      'default',
      '--reporter',
      'json',
      '--outputFile.json',
      'build/test-results/integration.json',
    ],
    {
      cwd: ROOT,
      reject: false,
      all: true,
      stdin: 'ignore',
      env: {
        POSTGRES_HOST: '127.0.0.1',
        POSTGRES_PORT: port,
        PG_DUMP: await dumpProgram(),
        POSTGRES_ADMIN_USER: 'postgres',
        POSTGRES_ADMIN_PASSWORD: PASSWORD,
      },
    },
  );
  expect(exitCode, all.slice(-4000)).toBe(0);
  expect(all).toMatch(/Tests\s+.*\d+ passed/);
});
