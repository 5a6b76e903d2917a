import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MANIFEST_NAMES } from '../../../installer/src/model/updates/protocol.ts';
import type { Wait } from './app-rules.ts';
import { startDesktopApp, type AppOptions, type DesktopApp } from './desktop-app.ts';
import { manifestOf, type ReleaseFiles } from './release-files.ts';
import type { UpdateServer } from './update-server.ts';

/** What a case has at hand. */
export type Bench = {
  readonly server: UpdateServer;
  /** An app of version 1.1.0 with an empty cache, unless told otherwise. */
  readonly app: (options?: Partial<AppOptions>) => Promise<DesktopApp>;
  /** Puts files first and manifest last; `name` of the manifest. */
  readonly publish: (
    files: ReleaseFiles,
    options?: { stagingPercentage?: number; manifest?: string },
  ) => Promise<void>;
  /** Seconds that were waited by `wait`, which lasts a twentieth of them. */
  readonly waited: readonly number[];
  readonly wait: Wait;
};

export type ClientCase = {
  /** A sentence about the client. */
  readonly name: string;
  /** Hooks that a server may not have. */
  readonly needs?: 'firstOriginDown';
  run(bench: Bench): Promise<void>;
};

const HURRY = 20;

/** Runs a case against a server that is emptied before and after; what the client wrote is removed. */
export async function runCase(one: ClientCase, server: UpdateServer): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'factsway-updates-'));
  const waited: number[] = [];
  let apps = 0;
  const bench: Bench = {
    server,
    waited,
    app: (options = {}) =>
      startDesktopApp({
        url: server.url,
        version: '1.1.0',
        directory: join(root, `app-${(apps += 1)}`),
        ...(server.ca === undefined ? {} : { ca: server.ca }),
        ...options,
      }),
    async publish(files, { manifest = MANIFEST_NAMES[0] ?? '', ...extra } = {}) {
      await server.put(files.installerName, files.installer);
      await server.put(`${files.installerName}.blockmap`, files.blockmap);
      await server.put(manifest, manifestOf(files, extra));
    },
    async wait(seconds) {
      waited.push(seconds);
      await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / HURRY));
    },
  };
  await server.clear();
  try {
    await one.run(bench);
  } finally {
    await server.clear();
    await rm(root, { recursive: true, force: true });
  }
}
