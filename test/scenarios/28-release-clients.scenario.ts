import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  startDesktopApp,
  type AppOptions,
  type DesktopApp,
} from '../updates/client/desktop-app.ts';
import { deployRelease, type DeployedRelease } from './support/deployed-release.ts';

let server: DeployedRelease;
let scratch: string;
let apps = 0;

/** A desktop with this version and no cache: electron-updater itself. */
const desktop = (version: string, options: Partial<AppOptions> = {}): Promise<DesktopApp> => {
  const directory = join(scratch, `app-${(apps += 1)}`);
  return startDesktopApp({ url: server.deployment.edge.url, version, directory, ...options });
};
/** The version that a desktop is offered; undefined where there is none for it. */
const offered = async (version: string, options: Partial<AppOptions> = {}) =>
  (await (await desktop(version, options)).check())?.version;
const done = async (...argv: string[]): Promise<void> => {
  expect((await server.release(...argv)).errors).toEqual([]);
  await server.replicate();
};
const sha512Of = async (directory: string, version: string): Promise<string> =>
  createHash('sha512')
    .update(await readFile(join(directory, `FACTSWAY-Setup-${version}.exe`)))
    .digest('base64');

/** Where two users lie in a staged rollout. */
const EARLY = { rolloutPlace: 0.05 };
const LATE = { rolloutPlace: 0.6 };

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'factsway-clients-'));
  server = await deployRelease('clients', 27_111);
  await server.publish('1.0.0');
  await done('promote', '1.0.0');
}, 300_000);
afterAll(async () => {
  await server.close();
  await rm(scratch, { recursive: true });
});

it('what promote wrote is found by the client, downloaded and what was built', async () => {
  const directory = await server.publish('1.1.0');
  expect(await offered('1.0.0'), 'published is not offered').toBeUndefined();
  await done('promote', '1.1.0', '--percent', '10');
  expect(await offered('1.0.0', LATE)).toBeUndefined();
  const early = await desktop('1.0.0', EARLY);
  expect((await early.check())?.version).toBe('1.1.0');
  expect((await early.download()).sha512).toBe(await sha512Of(directory, '1.1.0'));
});

it('ramp reaches more clients, and pause no further ones', async () => {
  await done('ramp', '75');
  expect(await offered('1.0.0', LATE)).toBe('1.1.0');
  expect(await offered('1.0.0', { rolloutPlace: 0.9 })).toBeUndefined();
  await done('pause');
  expect(await offered('1.0.0', EARLY)).toBeUndefined();
  await done('ramp', '100');
  expect(await offered('1.0.0', { rolloutPlace: 0.9 })).toBe('1.1.0');
  expect(await offered('1.0.0', { platform: 'darwin' })).toBe('1.1.0');
});

it('a yanked version is offered to nobody, never takes anybody back, and its successor reaches those who have it', async () => {
  await done('yank', '1.1.0', '--reason', 'loses drafts');
  expect([await offered('1.0.0'), await offered('1.0.0', EARLY)]).toEqual([undefined, undefined]);
  expect(await offered('1.1.0'), 'who has it stays').toBeUndefined();
  await done('promote', '1.0.0');
  expect([await offered('0.9.0'), await offered('1.1.0')], 'the last good one').toEqual([
    '1.0.0',
    undefined,
  ]);
  const directory = await server.publish('1.1.1');
  await done('promote', '1.1.1');
  const bitten = await desktop('1.1.0');
  expect((await bitten.check())?.version).toBe('1.1.1');
  expect((await bitten.download()).sha512).toBe(await sha512Of(directory, '1.1.1'));
  expect(await offered('1.0.0')).toBe('1.1.1');
});

it('a version of the beta channel is for those who asked for it', async () => {
  await server.publish('1.2.0-beta.1', '--channel', 'beta');
  await done('promote', '1.2.0-beta.1');
  expect(await offered('1.1.1', { channel: 'beta' })).toBe('1.2.0-beta.1');
  expect(await offered('1.1.1')).toBeUndefined();
});

/** While the first region is overloaded. */
async function offeredByTheOther(version: string): Promise<string | undefined> {
  const { regions, edge } = server.deployment;
  regions.primary.state = 'overloaded';
  edge.invalidate();
  try {
    return await offered(version);
  } finally {
    regions.primary.state = 'up';
  }
}

it('a stop that is not in the other region yet is told, and the same command looks once more', async () => {
  expect(await offeredByTheOther('1.0.0')).toBe('1.1.1');
  server.isLagging = true;
  const run = await server.release('yank', '1.1.1', '--reason', 'as well');
  expect([run.exitCode, run.errors]).toEqual([4, []]);
  expect(run.warnings.join('\n')).toMatch(/eu-central-1\) has not got .*latest\.yml/);
  expect(await offered('1.0.0')).toBeUndefined();
  expect(await offeredByTheOther('1.0.0'), 'what the warning is about').toBe('1.1.1');
  server.isLagging = false;
  const again = await server.release('yank', '1.1.1', '--reason', 'as well');
  expect([again.exitCode, again.warnings]).toEqual([0, []]);
  expect(await offeredByTheOther('1.0.0')).toBeUndefined();
});
