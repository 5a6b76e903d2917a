import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { LIMITS } from '../../../updates/src/serve.ts';
import { fetchFrom } from '../../updates/client/fetch-from.ts';
import type { Fault, UpdateServer } from '../../updates/client/update-server.ts';
import { containerId, docker, until } from './docker.ts';
import type { Instance } from './instance.ts';

/** The mirror of an installation as the client cases want it; `served` is its directory, `ca` the PEM of its authority. */
export function mirrorServer(firm: Instance, served: string, ca: string): UpdateServer {
  const url = `${firm.url}/updates/`;
  const container = () => containerId(firm.project, 'updates');
  const awaitMirror = (): Promise<void> =>
    until('the mirror', 60, async () =>
      [200, 404].includes((await fetchFrom({ url, ca }, 'latest.yml')).status),
    );
  /** Asked on one connection until the server has had enough; its windows are in its memory. */
  const tooMany =
    (name: string, requests: number): Fault =>
    async () => {
      await exhaust(new URL(name, url), requests, ca);
      return async () => {
        await docker('restart', '--time', '1', await container());
        await awaitMirror();
      };
    };
  return {
    url,
    ca,
    async put(name, content) {
      await writeFile(join(served, `.${name}.test`), content);
      await rename(join(served, `.${name}.test`), join(served, name));
    },
    async clear() {
      for (const name of await readdir(served)) await rm(join(served, name));
    },
    tooMany: {
      manifest: tooMany('latest.yml', LIMITS.manifest.requests),
      installer: tooMany('FACTSWAY-Setup-0.0.1.exe', LIMITS.installer.requests),
    },
    async unavailable() {
      const id = await container();
      await docker('stop', '--time', '1', id);
      return async () => {
        await docker('start', id);
        await awaitMirror();
      };
    },
  };
}

async function exhaust(url: URL, requests: number, ca: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca });
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      request(url, { agent, method: 'HEAD' }, (response) => {
        response.resume().on('end', () => {
          resolve(response.statusCode ?? 0);
        });
      })
        .on('error', reject)
        .end();
    });
  for (let sent = 0; sent <= requests; sent += 50)
    await Promise.all(Array.from({ length: 50 }, ask));
  agent.destroy();
}
