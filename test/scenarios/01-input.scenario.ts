import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cliJson } from './support/cli.ts';

let work = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'factsway-input-'));
});
afterEach(async () => {
  await rm(work, { recursive: true, force: true });
});

it('a broken factsway.yaml changes nothing on disk, whatever command meets it', async () => {
  const file = join(work, 'factsway.yaml');
  const broken = 'apiVersion: factsway/v1\nedge: [\n';
  await writeFile(file, broken);
  for (const command of ['render', 'up', 'down', 'status', 'verify', 'logs', 'install']) {
    const { exitCode, errors } = await cliJson([command, '--dir', work]);
    expect(exitCode, command).toBe(2);
    expect(errors[0]?.code, command).toBe('FW-CONFIG-SYNTAX');
  }
  expect(await readFile(file, 'utf8')).toBe(broken);
  expect(existsSync(join(work, 'state'))).toBe(false);
});

it('a command that changes something is never carried out without a yes', async () => {
  const run = await cliJson([
    'install',
    '--dir',
    join(work, 'instance'),
    '--set',
    'images.source=debian',
    '--set',
    'edge.httpPort=18090',
    '--set',
    'edge.httpsPort=18091',
    '--set',
    'monitoring.prometheusPort=18092',
    '--set',
    'monitoring.alertmanagerPort=18093',
    '--set',
    'project=factsway-unasked',
  ]);
  expect(run.errors[0]?.code).toBe('FW-NOT-CONFIRMED');
  expect(run.exitCode).toBe(2);
  expect(existsSync(join(work, 'instance'))).toBe(false);
});

it('with --json stdout is one document and nothing else, for a success, a usage error and a dry run', async () => {
  const directory = join(work, 'instance');
  const dry = await cliJson(['render', '--dir', directory, '--dry-run']);
  expect(dry).toMatchObject({ ok: true, command: 'render', errors: [] });
  expect(existsSync(directory)).toBe(false);
  const good = await cliJson(['render', '--dir', directory]);
  expect(good.ok).toBe(true);
  const bad = await cliJson(['rendr']);
  expect(bad).toMatchObject({ ok: false, exitCode: 2, errors: [{ code: 'FW-USAGE' }] });
});
