import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, type JsonDocument } from './support/cli.ts';
import { containerId, containersOf, docker, fingerprint, query } from './support/docker.ts';
import { SHARED } from './support/instance.ts';
import { INSTALL_RESULT } from './support/shared-system.ts';

it('an installation ends with every container healthy and every gate green', async () => {
  const result = JSON.parse(readFileSync(INSTALL_RESULT, 'utf8')) as JsonDocument & {
    exitCode: number;
  };
  expect(result.errors).toEqual([]);
  expect(await containersOf(SHARED.project, 'running')).toHaveLength(15);
  const gates = result.result?.['gates'] as { name: string; status: string; found: string }[];
  expect(gates.filter(({ status }) => status !== 'pass')).toEqual([]);
  expect(gates.map(({ name }) => name)).toEqual([
    'containers',
    'versions',
    'migrations',
    'contract',
    'database',
    'edge',
    'configuration',
    'metrics',
    'alerting',
    'exposure',
    'secrets',
  ]);
  expect(result.exitCode).toBe(0);
});

it('a second installation changes nothing', async () => {
  const before = await fingerprint(SHARED.project);
  const again = await SHARED.install();
  expect(await fingerprint(SHARED.project)).toBe(before);
  expect((again.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
});

it('docker compose up typed in the instance directory changes nothing', async () => {
  const before = await fingerprint(SHARED.project);
  const ledger = await query(SHARED.project, 'SELECT count(*) FROM factsway_migrations.ledger');
  const { exitCode, all } = await execa('docker', ['compose', 'up', '-d'], {
    cwd: SHARED.directory,
    all: true,
    reject: false,
  });
  expect(exitCode, all).toBe(0);
  expect(all).not.toMatch(/Recreate|orphan/);
  expect(await fingerprint(SHARED.project)).toBe(before);
  expect(await query(SHARED.project, 'SELECT count(*) FROM factsway_migrations.ledger')).toBe(
    ledger,
  );
  expect((await SHARED.runJson('verify')).exitCode).toBe(0);
});

it('what docker compose made through a symbolic link is made anew on the directory itself, before the link is lost', async () => {
  const link = `${SHARED.directory}-link`;
  await symlink(SHARED.directory, link);
  try {
    const { exitCode, all } = await execa('docker', ['compose', 'up', '-d'], {
      cwd: link,
      // What a shell that walked through the link would say; Compose believes it.
      env: { PWD: link },
      all: true,
      reject: false,
    });
    expect(exitCode, all).toBe(0);
  } finally {
    await rm(link);
  }
  expect((await SHARED.runJson('up', '--yes')).errors).toEqual([]);
  const mounts = await docker(
    'inspect',
    '--format',
    '{{range .Mounts}}{{.Source}} {{end}}',
    await containerId(SHARED.project, 'postgres'),
    await SHARED.servingId('facts-service'),
  );
  expect(mounts).toContain(`${SHARED.directory}/secrets/`);
  expect(mounts).not.toContain(`${link}/`);
  expect((await SHARED.runJson('verify')).exitCode).toBe(0);
});

it('a record of each of the eight services is created, read, updated and deleted through the edge over TLS', async () => {
  const { exitCode, all } = await execa(
    join(ROOT, 'node_modules/.bin/tsx'),
    ['scripts/lib/crud-smoke.ts', '--url', SHARED.url, '--ca', SHARED.file('state/root-ca.crt')],
    { cwd: ROOT, all: true, reject: false },
  );
  expect(exitCode, all).toBe(0);
  expect(all.match(/created, read, updated, deleted/g)).toHaveLength(8);
});

it('status lists every component, and logs finds a service without its slot', async () => {
  const status = await SHARED.run('status');
  expect(status.exitCode).toBe(0);
  expect(status.stdout).toContain('Release 1.0.0 serves in slot a');
  expect(status.stdout.match(/^✓/gm)).toHaveLength(16);
  const logs = await SHARED.run('logs', 'records-service', '--tail', '5');
  expect(logs.stdout).toContain('records-service-a');
  const unknown = await SHARED.run('logs', 'record-service');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('Did you mean "records-service"?');
});

it('a run that holds the lock is named to the one that comes second', async () => {
  const lock = SHARED.file('state/lock');
  const start = (await readFile(`/proc/${process.pid}/stat`, 'utf8'))
    .split(') ')[1]
    ?.split(' ')[19];
  const owner = {
    pid: process.pid,
    processStart: start,
    host: hostname(),
    command: 'up',
    since: '2026-01-01T00:00:00Z',
  };
  await writeFile(lock, JSON.stringify(owner));
  try {
    const refused = await SHARED.runJson('up', '--yes', '--set', 'edge.requestTimeoutSeconds=119');
    expect(refused.exitCode).toBe(3);
    expect(refused.errors[0]?.code).toBe('FW-LOCKED');
    expect(refused.errors[0]?.message).toContain(`pid ${process.pid}`);
  } finally {
    await rm(lock);
  }
});
