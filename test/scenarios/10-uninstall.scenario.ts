import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cli } from './support/cli.ts';
import { containerId, containersOf, docker, dockerTry, networksOf } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { deriveImage, removeImages } from './support/images.ts';
import { SCRATCH } from './support/instance.ts';
import { interruptedSteps, plannedSteps, runKilledAt } from './support/kill.ts';

const OVERRIDE = `# ours
services:
  alertmanager:
    environment: { FIRM: "Smith & Partners" }
    networks: { office: {} }
    volumes: ["office-files:/office"]
networks:
  office: { external: true, name: factsway-test-office }
volumes:
  office-files: { external: true, name: factsway-test-files }
`;
const PURGE = ['--purge', '--yes', '--confirm', 'localhost'];
const BASE = 'factsway/base:debian-13';

const volumesOf = async () =>
  (await docker('volume', 'ls', '--format', '{{.Name}}'))
    .split('\n')
    .filter((name) => name.startsWith(`${SCRATCH.project}_`));
const platformImages = async () =>
  (await docker('images', '--format', '{{.Repository}}:{{.Tag}}', 'factsway/*')).split('\n').sort();
const tree = async () =>
  (await readdir(SCRATCH.directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(SCRATCH.directory.length + 1))
    .sort();
const secrets = async () =>
  Promise.all(
    (await readdir(SCRATCH.file('secrets')))
      .sort()
      .map((name) => readFile(SCRATCH.file(`secrets/${name}`), 'utf8')),
  );
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
const firmOf = async () =>
  docker(
    'inspect',
    '--format',
    '{{json .Config.Env}}',
    await containerId(SCRATCH.project, 'alertmanager'),
  );

afterAll(async () => {
  await dockerTry('rm', '--force', 'factsway-test-outsider');
  await SCRATCH.remove();
  await dockerTry('network', 'rm', 'factsway-test-office');
  await dockerTry('volume', 'rm', 'factsway-test-files');
  await removeImages('factsway-test/brought:1', 'factsway-test/used:1');
});

it('uninstall takes away what it made and keeps the data; installing again finds the same data', async () => {
  await docker('network', 'create', 'factsway-test-office');
  await docker('volume', 'create', 'factsway-test-files');
  const images = await platformImages();
  await SCRATCH.override(OVERRIDE);
  await writeFile(SCRATCH.file('notes.txt'), 'mine');
  expect((await SCRATCH.install()).errors).toEqual([]);
  const ca = SCRATCH.file('state/root-ca.crt');
  const [certificate, before] = [await readFile(ca, 'utf8'), await secrets()];
  const created = await throughEdge(`${SCRATCH.url}/api/templates`, ca, {
    method: 'POST',
    body: { name: 'Survivor', category: 'motion', body: 'text' },
  });
  expect(created.status).toBe(201);
  const config = await readFile(SCRATCH.file('factsway.yaml'), 'utf8');

  const refused = await SCRATCH.runJson('uninstall');
  expect([refused.exitCode, refused.errors[0]?.code]).toEqual([2, 'FW-NOT-CONFIRMED']);
  const dry = await SCRATCH.run('uninstall', '--dry-run');
  expect(dry.stdout).toContain('StopProject factsway-scratch (16 containers, 6 networks)');
  expect(await containersOf(SCRATCH.project, 'running')).toHaveLength(15);

  const run = await SCRATCH.run('uninstall', '--yes');

  expect(run.exitCode, run.stderr).toBe(0);
  expect(await containersOf(SCRATCH.project)).toEqual([]);
  expect(await networksOf(SCRATCH.project)).toEqual([]);
  expect(await volumesOf()).toHaveLength(5);
  expect(await platformImages()).toEqual(images);
  expect((await tree()).filter((path) => !path.startsWith('secrets/'))).toEqual([
    'compose.override.yaml',
    'factsway.yaml',
    'notes.txt',
    'state/journal.jsonl',
    'state/made.json',
  ]);
  expect(await secrets()).toEqual(before);
  expect(await readFile(SCRATCH.file('factsway.yaml'), 'utf8')).toBe(config);
  expect(await readFile(SCRATCH.file('compose.override.yaml'), 'utf8')).toBe(OVERRIDE);
  for (const word of ['factsway-scratch_postgres-data', 'notes.txt', 'factsway-install up --dir'])
    expect(run.stdout).toContain(word);

  const again = await SCRATCH.install();
  expect(again.errors).toEqual([]);
  expect(await secrets()).toEqual(before);
  expect(await readFile(ca, 'utf8')).toBe(certificate);
  const { id } = JSON.parse(created.body) as { id: string };
  expect((await throughEdge(`${SCRATCH.url}/api/templates/${id}`, ca)).body).toContain('Survivor');
});

it('an override file survives every command byte for byte and stays in effect', async () => {
  for (const command of [
    ['install', '--yes'],
    ['up', '--yes'],
    ['diff'],
    ['down', '--yes'],
    ['up', '--yes'],
    ['uninstall', '--yes'],
    ['up', '--yes'],
  ]) {
    const run = await cli([...command, '--dir', SCRATCH.directory]);
    expect(run.exitCode, `${command.join(' ')}: ${run.stderr}`).toBe(0);
    expect(await readFile(SCRATCH.file('compose.override.yaml'), 'utf8')).toBe(OVERRIDE);
    if (!['down', 'uninstall'].includes(command[0] ?? ''))
      expect(await firmOf()).toContain('FIRM=Smith & Partners');
  }
});

it('somebody else’s container on a network of the platform is refused before anything changes', async () => {
  const network = `${SCRATCH.project}_edge`;
  await docker(
    ...['run', '--detach', '--name', 'factsway-test-outsider', '--network', network],
    ...[BASE, 'sleep', '600'],
  );
  const refused = await SCRATCH.runJson('uninstall', '--yes');
  expect([refused.exitCode, refused.errors[0]?.code]).toEqual([3, 'FW-IN-USE']);
  expect(refused.errors[0]?.hint).toContain(
    `docker network disconnect ${network} factsway-test-outsider`,
  );
  expect(await containersOf(SCRATCH.project, 'running')).toHaveLength(15);
  await docker('rm', '--force', 'factsway-test-outsider');
});

it('data is destroyed for the right host name only', async () => {
  for (const given of [['--yes'], ['--yes', '--confirm', 'other.example.com']]) {
    const refused = await SCRATCH.runJson('uninstall', '--purge', ...given);
    expect([refused.exitCode, refused.errors[0]?.code]).toEqual([2, 'FW-NOT-CONFIRMED']);
  }
  expect(await volumesOf()).toHaveLength(5);
  expect(await containersOf(SCRATCH.project, 'running')).toHaveLength(15);
});

it('a purge killed at any step is finished by the next run; files, volumes, networks and images are as before the install', async () => {
  const images = await platformImages();
  // As a pull would have left them: not there before the installation.
  await deriveImage('factsway-test/brought:1', BASE, {}, { brought: '1' });
  await deriveImage('factsway-test/used:1', BASE, {}, { used: '1' });
  await docker('create', '--name', 'factsway-test-outsider', 'factsway-test/used:1', 'true');
  const made = JSON.parse(await readFile(SCRATCH.file('state/made.json'), 'utf8')) as object;
  const brought = { 'factsway-test/brought:1': '', 'factsway-test/used:1': '' };
  await writeFile(SCRATCH.file('state/made.json'), JSON.stringify({ ...made, images: brought }));

  const uninstall = ['uninstall', ...PURGE, '--dir', SCRATCH.directory];
  // Files go in two steps, what was rendered and the data; a run killed in the first has the second before it.
  const steps = new Set(await plannedSteps(uninstall));
  expect([...steps]).toEqual(['StopProject', 'RemoveVolumes', 'RemoveImages', 'RemoveFiles']);
  const interrupted = new Set<string>();
  for (const step of steps) {
    // Volumes and images go side by side: what was under way when the other was killed was met as well.
    if (interrupted.has(step)) continue;
    const { killed, all } = await runKilledAt(uninstall, step, step === 'StopProject' ? 1500 : 0);
    expect(killed, `killed at ${step}:\n${all}`).toBe(true);
    for (const one of await interruptedSteps(SCRATCH.file('state/journal.jsonl')))
      interrupted.add(one);
  }
  expect([...interrupted]).toEqual(expect.arrayContaining([...steps]));
  const last = await SCRATCH.runJson('uninstall', ...PURGE);
  // Killed at its very end, or not at all, a run may have left nothing to finish.
  expect([undefined, 'FW-NO-INSTANCE']).toContain(last.errors[0]?.code);

  expect(await containersOf(SCRATCH.project)).toEqual([]);
  expect(await networksOf(SCRATCH.project)).toEqual([]);
  expect(await volumesOf()).toEqual([]);
  expect(await tree()).toEqual(['notes.txt']);
  expect(await readFile(SCRATCH.file('notes.txt'), 'utf8')).toBe('mine');
  expect(await platformImages()).toEqual(images);
  expect((await dockerTry('image', 'inspect', 'factsway-test/brought:1')).exitCode).not.toBe(0);
  expect((await dockerTry('image', 'inspect', 'factsway-test/used:1')).exitCode).toBe(0);
  expect((await dockerTry('network', 'inspect', 'factsway-test-office')).exitCode).toBe(0);
  expect((await dockerTry('volume', 'inspect', 'factsway-test-files')).exitCode).toBe(0);
  await docker('rm', 'factsway-test-outsider');
});

it('an installation that was only rendered leaves nothing, not even its directory', async () => {
  await rm(SCRATCH.directory, { recursive: true, force: true });
  await cli(['render', ...SCRATCH.arguments()]);
  await writeFile(SCRATCH.file('factsway.yaml'), 'project: [broken');
  const run = await SCRATCH.run('uninstall', '--purge', '--dry-run');
  expect(run.exitCode, run.stderr).toBe(0);
  // The name it was rendered with: what is written now cannot be read.
  const done = await SCRATCH.runJson('uninstall', ...PURGE);
  expect(done.errors).toEqual([]);
  expect(await exists(SCRATCH.directory)).toBe(false);
});

it('without an engine uninstall says so and changes nothing', async () => {
  await cli(['render', ...SCRATCH.arguments()]);
  const before = await tree();
  const away = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const run = await cli(['uninstall', '--yes', '--dir', SCRATCH.directory], away);
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toContain('FW-DOCKER-UNREACHABLE');
  expect(await tree()).toEqual(before);
});
