import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CACHE_CONTROL,
  ERROR_BODIES,
  MANIFEST_NAMES,
  RETRY_AFTER_SECONDS,
} from '../../installer/src/model/updates/protocol.ts';
import { metricsOfQuery } from '../../monitoring/checks/queries.ts';
import { MIRROR_METRICS } from '../../monitoring/metrics/mirror.ts';
import { runCase } from '../updates/client/case.ts';
import { CLIENT_CASES } from '../updates/client/cases.ts';
import { fetchFrom } from '../updates/client/fetch-from.ts';
import { manifestOf, releaseFiles, type ReleaseFiles } from '../updates/client/release-files.ts';
import type { UpdateServer } from '../updates/client/update-server.ts';
import { cli, cliJson, ROOT, startCli } from './support/cli.ts';
import { until } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { Instance } from './support/instance.ts';
import { emptyOf, panelQueries } from './support/panel-queries.ts';
import { mirrorServer } from './support/mirror-server.ts';
import { SmallDisk } from './support/small-disk.ts';
import { verified } from './support/verified.ts';

const FIRM = new Instance('factsway-mirror', 27_300, {
  'services.drainSeconds': 2,
  'updates.mirror': 'on',
});
/** What was carried to the firm. */
const MEDIUM = join(ROOT, 'build/scenarios/updates-medium');
const ELSEWHERE = join(ROOT, 'build/scenarios/updates-elsewhere');
const SERVED = FIRM.file('state/updates');
const CA = FIRM.file('state/root-ca.crt');
const DISK = new SmallDisk(
  join(ROOT, 'build/scenarios/updates-disk'),
  join(ROOT, 'build/scenarios/updates-disk.img'),
  '48M',
);
const FIRST = releaseFiles('1.2.0');
const SECOND = releaseFiles('1.3.0');
let server: UpdateServer;

async function onMedium(files: ReleaseFiles, directory = MEDIUM): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, files.installerName), files.installer);
  await writeFile(join(directory, `${files.installerName}.blockmap`), files.blockmap);
  await writeFile(join(directory, 'latest.yml'), manifestOf(files));
}

const mirror = (...argv: string[]) => FIRM.runJson('release', 'mirror', ...argv);

/** Everything in the directory of the mirror, what is on its way included. */
async function contents(directory = SERVED): Promise<string[]> {
  const names = (await readdir(directory)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const digest = createHash('sha256').update(await readFile(join(directory, name)));
      return `${name} ${digest.digest('hex')}`;
    }),
  );
}

const get = (name: string, headers: Record<string, string> = {}) =>
  fetchFrom(server, name, headers);
const offered = async (): Promise<string | undefined> =>
  /version: (\S+)/.exec((await get('latest.yml')).body.toString())?.[1];

beforeAll(async () => {
  await onMedium(FIRST);
  expect((await FIRM.install()).errors).toEqual([]);
  server = mirrorServer(FIRM, SERVED, await readFile(CA, 'utf8'));
}, 600_000);
afterAll(async () => {
  await FIRM.keep().catch(() => undefined);
  await FIRM.remove();
  await DISK.remove();
  for (const one of [MEDIUM, ELSEWHERE, `${ELSEWHERE}.tar`])
    await rm(one, { recursive: true, force: true });
});

describe('filled from what was carried to the firm', () => {
  it('before that it says that there is nothing, and so does verify', async () => {
    const { status, body } = await get('latest.yml');
    expect([status, JSON.parse(body.toString())]).toEqual([404, ERROR_BODIES.manifestNotFound]);
    const { result } = await FIRM.runJson('verify');
    expect(JSON.stringify(result)).toContain('has nothing to offer yet');
  });

  it('with no network at all it is copied, compared and offered', async () => {
    const command = ['--dir', FIRM.directory, '--from', MEDIUM];
    const dry = await mirror('--from', MEDIUM, '--dry-run');
    expect(dry.errors).toEqual([]);
    expect(await readdir(SERVED)).toEqual([]);
    const { exitCode, stderr } = await execa(
      'unshare',
      [
        ...['--net', process.execPath, join(ROOT, 'dist/factsway-install.js')],
        ...['release', 'mirror', ...command, '--yes'],
      ],
      { reject: false, stdin: 'ignore' },
    );
    expect([exitCode, stderr.includes('FW-')]).toEqual([0, false]);
    expect(await offered()).toBe('1.2.0');
    expect((await get(FIRST.installerName)).body.equals(FIRST.installer)).toBe(true);
    const { errors, result } = await FIRM.runJson('verify');
    expect(errors).toEqual([]);
    expect(JSON.stringify(result)).toContain('latest.yml offers 1.2.0');
  });

  it('again there is nothing to do', async () => {
    const before = await contents();
    const { result } = await mirror('--from', MEDIUM, '--yes');
    expect(result).toMatchObject({ copies: [], manifests: [], removes: [] });
    expect(await contents()).toEqual(before);
  });
});

describe('the protocol, through the edge', () => {
  it('a manifest is asked for every time, and told that nothing is new', async () => {
    const { status, headers } = await get('latest.yml?noCache=1');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe(CACHE_CONTROL.manifest);
    expect(headers['content-type']).toMatch(/^text\/yaml/);
    const again = await get('latest.yml', { 'if-none-match': headers['etag'] ?? '' });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('an installer comes whole and in pieces, and beyond its end there is nothing', async () => {
    const { installerName: name, installer } = FIRST;
    const whole = await get(name);
    expect(whole.headers).toMatchObject({
      'cache-control': CACHE_CONTROL.installer,
      'accept-ranges': 'bytes',
      'content-length': String(installer.length),
    });
    const etag = whole.headers['etag'] ?? '';
    expect((await get(name, { 'if-none-match': etag })).status).toBe(304);
    const piece = await get(name, { range: 'bytes=100-199', 'if-range': etag });
    expect([piece.status, piece.headers['content-range']]).toEqual([
      206,
      `bytes 100-199/${installer.length}`,
    ]);
    expect(piece.body.equals(installer.subarray(100, 200))).toBe(true);
    const several = await get(name, { range: 'bytes=0-9,100-109' });
    expect([several.status, several.headers['content-type']]).toEqual([
      206,
      expect.stringMatching(/^multipart\/byteranges; boundary=/),
    ]);
    const beyond = await get(name, { range: `bytes=${installer.length}-` });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([
      416,
      `bytes */${installer.length}`,
    ]);
    expect(JSON.parse(beyond.body.toString())).toEqual(ERROR_BODIES.rangeNotSatisfiable);
  });

  it.each([
    ['beta.yml', ERROR_BODIES.manifestNotFound],
    ['FACTSWAY-Setup-9.9.9.exe', ERROR_BODIES.installerNotFound],
    ['FACTSWAY-Setup-9.9.9.exe.blockmap', ERROR_BODIES.installerNotFound],
    ['staged/1.2.0/latest.yml', ERROR_BODIES.manifestNotFound],
    ['notes.txt', ERROR_BODIES.installerNotFound],
    ['.FACTSWAY-Setup-1.2.0.exe.factsway-new', ERROR_BODIES.installerNotFound],
  ])('%s is not there, in JSON', async (name, expected) => {
    const { status, headers, body } = await get(name);
    expect([status, JSON.parse(body.toString())]).toEqual([404, expected]);
    expect(headers['content-type']).toMatch(/^application\/json/);
  });

  it('who asks too often waits a minute, of installers five', async () => {
    const { tooMany: faults } = server;
    const heal = await faults.manifest();
    const manifest = await get('latest.yml');
    expect([manifest.status, manifest.headers['retry-after']]).toEqual([
      429,
      String(RETRY_AFTER_SECONDS.manifest),
    ]);
    expect(JSON.parse(manifest.body.toString())).toEqual(ERROR_BODIES.manifestTooMany);
    await heal();
    const healed = await faults.installer();
    const installer = await get(FIRST.installerName);
    expect([installer.status, installer.headers['retry-after']]).toEqual([
      429,
      String(RETRY_AFTER_SECONDS.installer),
    ]);
    expect(JSON.parse(installer.body.toString())).toEqual(ERROR_BODIES.installerTooMany);
    await healed();
  });

  it('while the mirror is down an app is told so in its own words', async () => {
    const heal = await server.unavailable();
    const { status, headers, body } = await get('latest.yml');
    await heal();
    expect([status, JSON.parse(body.toString())]).toEqual([503, ERROR_BODIES.unavailable]);
    expect(headers['content-type']).toMatch(/^application\/json/);
  });

  it('while the platform is closed updates are open', async () => {
    const closed = FIRM.file('config/edge/maintenance/closed');
    await writeFile(closed, '');
    const platform = await throughEdge(`${FIRM.url}/api/templates`, CA);
    const updates = await get('latest.yml');
    await rm(closed);
    expect([platform.status, updates.status]).toEqual([503, 200]);
  });

  it('Prometheus knows what is offered', async () => {
    const ask = async (query: string) => {
      const url = `http://127.0.0.1:${FIRM.ports.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
      const answer = (await (await fetch(url)).json()) as {
        data: { result: { value: [number, string] }[] };
      };
      return answer.data.result[0]?.value[1];
    };
    await until(
      'a scrape',
      60,
      async () => (await ask('factsway_updates_live_info{version="1.2.0"}')) === '1',
    );
    expect(await ask('sum(factsway_updates_missing_files)')).toBe('0');
  });

  it('its row on the dashboard Updates has something to show', async () => {
    const prometheus = `http://127.0.0.1:${FIRM.ports.prometheus}`;
    let empty = (await panelQueries(prometheus)).filter(
      ({ expr }) => metricsOfQuery(expr, MIRROR_METRICS).length > 0,
    );
    expect(empty.length).toBeGreaterThan(5);
    await until('every panel has data', 120, async () => {
      await get('latest.yml');
      empty = await emptyOf(prometheus, empty);
      return empty.length === 0;
    });
  });
});

describe('release verify, against the mirror', () => {
  const verify = (deep: boolean) => verified(server.url, { deep, ca: CA });

  it('passes in every row, its installer read whole', async () => {
    const { exitCode, errors, failed, rows } = await verify(true);
    expect([exitCode, errors, failed]).toEqual([0, [], []]);
    expect(rows['manifests']?.found).toBe('latest.yml');
    expect(rows['sha512']).toMatchObject({ status: 'pass', found: '1 installer read whole' });
  });

  it.each<[string, string, (text: string) => string]>([
    ['a manifest before its binaries', 'files', (text) => text.replaceAll('1.2.0', '1.2.9')],
    [
      'a hash in hexadecimal',
      'manifest-content',
      (text) => text.replaceAll(FIRST.sha512, Buffer.from(FIRST.sha512, 'base64').toString('hex')),
    ],
  ])('names %s, which somebody put there by hand', async (_, row, change) => {
    const good = manifestOf(FIRST);
    await server.put('latest.yml', Buffer.from(change(good.toString())));
    const { exitCode, errors, failed } = await verify(false);
    await server.put('latest.yml', good);
    expect([exitCode, errors[0]?.code, failed]).toEqual([3, 'FW-UPDATES-PROTOCOL', [row]]);
  });
});

describe('what goes wrong on the way changes nothing that is offered', () => {
  it('a file that is not what its manifest says is refused', async () => {
    const before = await contents();
    await onMedium(SECOND);
    const damaged = Buffer.from(SECOND.installer);
    damaged[1_000_000] = (damaged[1_000_000] ?? 0) ^ 1;
    await writeFile(join(MEDIUM, SECOND.installerName), damaged);
    const run = await mirror('--from', MEDIUM, '--yes');
    expect([run.exitCode, run.errors[0]?.code]).toEqual([3, 'FW-MIRROR-FILE']);
    expect(await contents()).toEqual(before);
    await writeFile(join(MEDIUM, SECOND.installerName), SECOND.installer);
    await writeFile(join(MEDIUM, `${SECOND.installerName}.blockmap`), 'no map of anything');
    const map = await mirror('--from', MEDIUM, '--yes');
    expect([map.exitCode, map.errors[0]?.code]).toEqual([3, 'FW-MIRROR-FILE']);
    expect(await offered()).toBe('1.2.0');
  });

  it('a disk that is too small is told of before anything is written', async () => {
    await DISK.mount();
    const before = await readdir(DISK.mountpoint);
    const run = await mirror('--from', MEDIUM, '--to', DISK.mountpoint, '--yes');
    expect([run.exitCode, run.errors[0]?.code]).toEqual([3, 'FW-MIRROR-SPACE']);
    expect(await readdir(DISK.mountpoint)).toEqual(before);
  });

  it('killed in the middle of a file it left what was offered, and the same command finishes', async () => {
    const large = releaseFiles('1.4.0', 120);
    await onMedium(large);
    const command = ['release', 'mirror', '--dir', FIRM.directory, '--from', MEDIUM, '--yes'];
    const run = startCli(command);
    const staged = join(SERVED, `.${large.installerName}.factsway-new`);
    while ((await stat(staged).catch(() => ({ size: 0 }))).size < 8 * 1024 ** 2)
      await new Promise((resolve) => setTimeout(resolve, 2));
    run.kill('SIGKILL');
    expect((await run).signal).toBe('SIGKILL');
    expect((await readdir(SERVED)).includes(large.installerName)).toBe(false);
    expect([await offered(), (await get(`.${large.installerName}.factsway-new`)).status]).toEqual([
      '1.2.0',
      404,
    ]);
    const again = await cliJson(command);
    expect(again.errors).toEqual([]);
    expect(await offered()).toBe('1.4.0');
    expect((await readdir(SERVED)).filter((name) => name.startsWith('.'))).toEqual([]);
    // What is sent for minutes is sent to its end.
    const { body } = await get(large.installerName);
    expect(createHash('sha512').update(body).digest('base64')).toBe(large.sha512);
  });

  it('an older medium is refused, unless its version is named', async () => {
    await onMedium(SECOND);
    const run = await mirror('--from', MEDIUM, '--yes');
    expect([run.exitCode, run.errors[0]?.code]).toEqual([3, 'FW-MIRROR-OLDER']);
    expect(await offered()).toBe('1.4.0');
    expect((await mirror('--from', MEDIUM, '--version', '1.3.0', '--yes')).errors).toEqual([]);
    expect(await offered()).toBe('1.3.0');
    // Two stay, and the oldest is gone.
    const names = (await readdir(SERVED)).filter((name) => name.endsWith('.exe'));
    expect(names.toSorted()).toEqual(['FACTSWAY-Setup-1.3.0.exe', 'FACTSWAY-Setup-1.4.0.exe']);
  });
});

it('a server and an archive are as good a source as a directory', async () => {
  const trust = { NODE_EXTRA_CA_CERTS: CA };
  const from = ['--from', `${FIRM.url}/updates`, '--dir', FIRM.directory, '--yes'];
  const packed = await cli(['release', 'mirror', ...from, '--to', `${ELSEWHERE}.tar`], trust);
  expect([packed.exitCode, packed.stderr.includes('FW-')]).toEqual([0, false]);
  const run = await mirror('--from', `${ELSEWHERE}.tar`, '--to', ELSEWHERE, '--yes');
  expect(run.errors).toEqual([]);
  expect(await readFile(join(ELSEWHERE, SECOND.installerName))).toEqual(SECOND.installer);
  expect((await readdir(ELSEWHERE)).toSorted()).toEqual([
    SECOND.installerName,
    `${SECOND.installerName}.blockmap`,
    MANIFEST_NAMES[0],
  ]);
});

describe('the desktop app itself, against the mirror', () => {
  // There is one place only: nothing behind it could take over.
  const cases = CLIENT_CASES.filter(({ needs }) => needs === undefined);
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await runCase(one, server);
  });
});
