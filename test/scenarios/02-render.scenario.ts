import { execa } from 'execa';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SECRETS } from '../../installer/src/catalog/secrets.ts';
import { AXES, everyPair, merge } from '../fakes/matrix.ts';
import { INTERMEDIATE_CERTIFICATE, SERVER_CERTIFICATE, SERVER_KEY } from '../fakes/tls-files.ts';
import { cli } from './support/cli.ts';
import { digestsBelow } from './support/digests.ts';
import { dockerTry } from './support/docker.ts';

/** Whatever means something to Compose. */
const ODD = `a$b{c}"d'e#f`;

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'factsway-render-'));
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

/** sha256 of every file below a directory except the secrets, whose bytes are random. */
async function digests(directory: string): Promise<Record<string, string>> {
  const entries = Object.entries(await digestsBelow(directory));
  return Object.fromEntries(
    entries.filter(([path]) => !path.startsWith('secrets/') && path !== 'state/journal.jsonl'),
  );
}

it('render without Docker on the PATH writes a bundle which Compose accepts elsewhere', async () => {
  const empty = join(work, 'bin');
  await mkdir(empty);
  await symlink(process.execPath, join(empty, 'node'));
  const directory = join(work, 'alone');

  const run = await cli(['render', '--dir', directory, '--set', 'images.source=debian'], {
    PATH: empty,
    DOCKER_HOST: 'unix:///nowhere.sock',
  });

  expect(run.exitCode, run.stderr).toBe(0);
  const config = await execa('docker', ['compose', 'config', '--format', 'json'], {
    cwd: directory,
  });
  const services = Object.keys((JSON.parse(config.stdout) as { services: object }).services);
  expect(services).toHaveLength(16);
});

it('rendering twice changes nothing, and the same answers on another server give the same bytes', async () => {
  const first = join(work, 'first');
  const answers = join(work, 'answers.yaml');
  await writeFile(
    answers,
    'host:\n  name: law.example.com\n  memory: 16GiB\n  cores: 4\n  timeZone: Europe/Berlin\n',
  );
  await cli(['render', '--dir', first, '--answers', answers]);
  const before = await digests(first);
  const secret = await readFile(join(first, 'secrets/postgres-app-password'), 'utf8');

  const again = await cli(['render', '--dir', first, '--answers', answers]);
  expect(again.stdout).toContain('up to date');
  expect(await digests(first)).toEqual(before);
  expect(await readFile(join(first, 'secrets/postgres-app-password'), 'utf8')).toBe(secret);

  await rename(first, join(work, 'of-the-first-server'));
  await cli(['render', '--dir', first, '--answers', answers]);
  expect(await digests(first)).toEqual(before);

  // In another directory only what names the directory is different: commands of runbooks.
  const second = join(work, 'second');
  await cli(['render', '--dir', second, '--answers', answers]);
  const isPage = ([path]: [string, string]): boolean =>
    path.startsWith('config/runbooks/') || path.startsWith('state/');
  const rest = (all: Record<string, string>) => Object.entries(all).filter((one) => !isPage(one));
  expect(rest(await digests(second))).toEqual(rest(before));
  expect(rest(before).length).toBeGreaterThan(10);
});

it('an edit of a rendered file is carried into the next rendering, and never overwritten in silence', async () => {
  const directory = join(work, 'edited');
  const render = (...more: string[]) => cli(['render', '--dir', directory, ...more]);
  await render();
  const path = join(directory, 'config/edge/Caddyfile');
  const elsewhere = `${await readFile(path, 'utf8')}\n# mine\n`;
  await writeFile(path, elsewhere);
  expect((await render()).stderr).toContain('was edited by hand and is left as it is');
  const carried = await render('--set', 'edge.maxRequestSize=1MiB');
  expect([carried.exitCode, carried.stderr]).toEqual([0, expect.stringContaining('edit is kept')]);
  expect(await readFile(path, 'utf8')).toBe(elsewhere.replaceAll('67108864', '1048576'));

  const sameLine = elsewhere.replace(/max_size \d+/, 'max_size 7MiB');
  await writeFile(path, sameLine);
  const refused = await render('--set', 'edge.maxRequestSize=2MiB');
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('FW-DRIFT');
  expect(await readFile(path, 'utf8')).toBe(sameLine);

  const forced = await render('--set', 'edge.maxRequestSize=2MiB', '--overwrite-edited');
  expect(forced.exitCode).toBe(0);
  expect(await readFile(path, 'utf8')).not.toContain('# mine');
  const kept = (await readdir(join(directory, 'state/edited'), { recursive: true })).find((name) =>
    name.endsWith('Caddyfile'),
  );
  expect(await readFile(join(directory, 'state/edited', kept ?? ''), 'utf8')).toBe(sameLine);
});

/** Renders a combination of the matrix into a directory of its own, and says how that ended. */
async function renderCombination(directory: string, settings: object): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'given.crt'), SERVER_CERTIFICATE + INTERMEDIATE_CERTIFICATE);
  await writeFile(join(directory, 'given.key'), SERVER_KEY, { mode: 0o600 });
  // Only the customer knows those of a PostgreSQL of theirs, and of those who are told of alerts.
  await mkdir(join(directory, 'secrets'), { mode: 0o700 });
  const given = Object.entries(SECRETS).flatMap(([name, secret]) => (secret.given ? [name] : []));
  for (const name of ['owner', 'app', 'monitor']
    .map((role) => `postgres-${role}-password`)
    .concat(given))
    await writeFile(join(directory, 'secrets', name), 'of-the-customer\n');
  const answers = `${directory}.yaml`;
  await writeFile(answers, JSON.stringify(merge(settings, { services: { environment: { ODD } } })));
  const run = await cli(['render', '--dir', directory, '--answers', answers]);
  // 4: the smallest server is told that one slot fits only, and a root of one's own that browsers lack it.
  expect([0, 4], run.stderr).toContain(run.exitCode);
}

it.each(everyPair(AXES).map(({ name, settings }) => [name, settings] as const))(
  'Compose accepts %s',
  async (name, settings) => {
    const directory = join(work, name.replaceAll(' ', '-'));
    await renderCombination(directory, settings);
    const config = await execa('docker', ['compose', 'config', '--format', 'json'], {
      cwd: directory,
      reject: false,
    });
    expect(config.exitCode, config.stderr).toBe(0);
    expect(config.stderr).toBe('');
    const { services } = JSON.parse(config.stdout) as {
      services: Record<string, { environment: Record<string, string> }>;
    };
    // `config` shows a dollar the way a Compose file has to write it.
    expect(services['records-service-a']?.environment['ODD']).toBe(ODD.replace('$', '$$$$'));
  },
);

it.each(['internal', 'provided', 'acme', 'off'])(
  'Caddy itself accepts what is rendered for TLS mode %s',
  async (mode) => {
    const combination = everyPair(AXES).find(({ name }) => name.includes(` ${mode} debian`));
    const directory = join(work, `caddy-${mode}`);
    await renderCombination(directory, combination?.settings ?? {});
    await mkdir(join(directory, 'secrets/edge-tls'), { recursive: true });
    const { exitCode, output } = await dockerTry(
      ...['run', '--rm', '--network', 'none', '--tmpfs', '/config:mode=1777'],
      ...['--volume', `${join(directory, 'config/edge')}:/etc/caddy:ro`],
      ...['--volume', `${join(directory, 'secrets/edge-tls')}:/run/edge-tls:ro`],
      ...['factsway/edge:debian-13', 'caddy', 'validate'],
      ...['--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'],
    );
    expect(exitCode, output).toBe(0);
    expect(output).toContain('Valid configuration');
  },
);
