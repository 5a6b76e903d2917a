import { AppImageUpdater, MacUpdater, type AppUpdater } from 'electron-updater';
import { EventEmitter } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { codeOf, withOneRedownload } from './app-rules.ts';
import { blockmapOf, withMapInside } from './blockmap.ts';
import { failureOf } from './cases-offered.ts';
import {
  startDesktopApp,
  type AppAdapter,
  type AppOptions,
  type DesktopApp,
} from './desktop-app.ts';
import { startMemoryServer, type MemoryServer } from './memory-server.ts';
import { manifestOf, releaseFiles, sha512Of, type ReleaseFiles } from './release-files.ts';

/** It serves the file to its native half, for as long as the app runs. */
type HandingOver = { closeServerIfExists(): void };
const handingOver: HandingOver[] = [];

/** The native half of MacUpdater, which only a Mac has: it would take the file over once it is here. */
function macUpdater(adapter: AppAdapter): AppUpdater {
  const loader = Module as unknown as { _load: (name: string, ...more: unknown[]) => unknown };
  const load = loader._load;
  const native = Object.assign(new EventEmitter(), { setFeedURL: () => undefined });
  loader._load = (name, ...more) =>
    name === 'electron' ? { autoUpdater: native } : load.call(Module, name, ...more);
  try {
    const made = new MacUpdater(undefined, adapter);
    handingOver.push(made as unknown as HandingOver);
    return made;
  } finally {
    loader._load = load;
  }
}

type Platform = {
  readonly ending: string;
  readonly manifest: string;
  readonly platform: 'linux' | 'darwin';
  readonly updater: (adapter: AppAdapter) => AppUpdater;
  /** A block map of its own file, or inside it. */
  readonly isInside: boolean;
};

const PLATFORMS: readonly Platform[] = [
  {
    ...{ ending: 'AppImage', manifest: 'latest-linux.yml', platform: 'linux', isInside: true },
    updater: (adapter) => new AppImageUpdater(null, adapter),
  },
  {
    ...{ ending: 'zip', manifest: 'latest-mac.yml', platform: 'darwin', isInside: false },
    updater: macUpdater,
  },
];

let server: MemoryServer;
let root: string;
let apps: number;
beforeEach(async () => {
  apps = 0;
  server = await startMemoryServer();
  root = await mkdtemp(join(tmpdir(), 'factsway-platforms-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const one of handingOver.splice(0)) one.closeServerIfExists();
  await server.close();
  await rm(root, { recursive: true });
});

describe.each(PLATFORMS)('the client of $manifest', ({ ending, manifest, isInside, ...one }) => {
  const made = (version: string): ReleaseFiles & { readonly blockMapSize?: number } => {
    const { installer, ...rest } = releaseFiles(version);
    const inside = isInside ? withMapInside(installer) : undefined;
    const file = inside?.file ?? installer;
    return {
      ...rest,
      ...{ installer: file, installerName: rest.installerName.replace(/exe$/, ending) },
      ...{ blockmap: blockmapOf(file), sha512: sha512Of(file) },
      ...(inside ? { blockMapSize: inside.blockMapSize } : {}),
    };
  };
  const publish = async (files: ReturnType<typeof made>, stagingPercentage?: number) => {
    await server.put(files.installerName, files.installer);
    if (!isInside) await server.put(`${files.installerName}.blockmap`, files.blockmap);
    await server.put(
      manifest,
      manifestOf(files, stagingPercentage === undefined ? {} : { stagingPercentage }),
    );
  };
  const app = async (options: Partial<AppOptions> = {}): Promise<DesktopApp> => {
    const directory = join(root, `app-${(apps += 1)}`);
    const client = await startDesktopApp({
      ...{ url: server.url, version: '1.1.0', directory, ...one },
      installedName: 'update.zip',
      ...options,
    });
    if (!isInside) return client;
    const installed = join(directory, 'FACTSWAY.AppImage');
    await writeFile(installed, options.installed ?? 'another program');
    vi.stubEnv('APPIMAGE', installed);
    return client;
  };
  const NEXT = made('1.2.0');
  const asked = ({ executor }: DesktopApp) =>
    executor.requests.filter(({ path }) => path.endsWith(`/${NEXT.installerName}`));

  it('finds a new version, and downloads all of it where it has no other', async () => {
    await publish(NEXT);
    const client = await app();
    expect((await client.check())?.version).toBe('1.2.0');
    const got = await client.download();
    expect(got.sha512).toBe(NEXT.sha512);
    if (isInside) expect((await stat(got.path)).mode & 0o777).toBe(0o755);
  });

  it('is offered what its place in the rollout has reached, and nothing that was stopped', async () => {
    await publish(NEXT, 25);
    expect(await (await app({ rolloutPlace: 0.6 })).check()).toBeUndefined();
    const early = await app({ rolloutPlace: 0.1 });
    expect((await early.check())?.version).toBe('1.2.0');
    await publish(NEXT, 0);
    expect(await early.check(), 'yanked').toBeUndefined();
    const bitten = await app({ version: '1.2.0' });
    await publish(made('1.1.0'));
    expect(await bitten.check(), 'never back').toBeUndefined();
    await publish(made('1.2.1'));
    expect((await bitten.check())?.version).toBe('1.2.1');
  });

  it('downloads only what differs from the version it has', async () => {
    const old = made('1.1.0');
    await publish(old);
    await publish(NEXT);
    const client = await app({ installed: old.installer });
    await client.check();
    expect((await client.download()).sha512).toBe(NEXT.sha512);
    expect([...new Set(asked(client).map(({ status }) => status))]).toEqual([206]);
    const received = asked(client).reduce((sum, request) => sum + request.received, 0);
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(NEXT.installer.length / 10);
  });

  it('refuses a corrupted file, after one clean re-download', async () => {
    await publish(NEXT);
    const damaged = Buffer.from(NEXT.installer);
    damaged[700_000] = (damaged[700_000] ?? 0) ^ 1;
    await server.put(NEXT.installerName, damaged);
    const client = await app();
    await client.check();
    const error = await failureOf(withOneRedownload(() => client.download()));
    expect(codeOf(error)).toBe('ERR_CHECKSUM_MISMATCH');
    expect(await readdir(client.pending)).toEqual([]);
  });
});
