import { readdir } from 'node:fs/promises';
import { expect } from 'vitest';
import { codeOf, withOneRedownload } from './app-rules.ts';
import type { ClientCase } from './case.ts';
import { failureOf } from './cases-offered.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import type { DesktopApp } from './desktop-app.ts';
import { fetchFrom } from './fetch-from.ts';
import { releaseFiles, sha512Of, type ReleaseFiles } from './release-files.ts';

const OLD = releaseFiles('1.1.0');
const NEXT = releaseFiles('1.2.0');

function installerRequests(client: DesktopApp, { installerName }: ReleaseFiles) {
  return client.executor.requests.filter(({ path }) => path.endsWith(`/${installerName}`));
}

function bytesOf(requests: readonly { received: number }[]): number {
  return requests.reduce((sum, { received }) => sum + received, 0);
}

/** One bit is another. */
function damaged(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  const at = Math.floor(copy.length / 3);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** How files arrive: whole, in parts, cut off, or not as they were published. */
export const DOWNLOADED: readonly ClientCase[] = [
  {
    name: 'downloads only what differs from the version it has, by block map',
    async run({ app, publish }) {
      await publish(OLD);
      await publish(NEXT);
      const client = await app({ installed: OLD.installer });
      await client.check();
      expect((await client.download()).sha512).toBe(NEXT.sha512);
      const requests = installerRequests(client, NEXT);
      expect(requests.map(({ status }) => status)).toEqual(requests.map(() => 206));
      expect(requests.every(({ range }) => range !== undefined)).toBe(true);
      expect(bytesOf(requests)).toBeGreaterThan(0);
      expect(bytesOf(requests)).toBeLessThan(NEXT.installer.length / 10);
    },
  },
  {
    name: 'gets the whole file where the block map of its own version is gone',
    async run({ app, publish }) {
      await publish(NEXT);
      const client = await app({ installed: OLD.installer });
      await client.check();
      expect((await client.download()).sha512).toBe(NEXT.sha512);
      expect(bytesOf(installerRequests(client, NEXT))).toBe(NEXT.installer.length);
    },
  },
  {
    name: 'gets the right file as well where it asks for several ranges at once, its default',
    async run({ app, publish }) {
      await publish(OLD);
      await publish(NEXT);
      const client = await app({ installed: OLD.installer, multipleRanges: true });
      await client.check();
      expect((await client.download()).sha512).toBe(NEXT.sha512);
    },
  },
  {
    name: 'begins anew after a line that dropped, and the server would let it resume',
    async run({ app, publish, server }) {
      await publish(NEXT);
      const half = Math.floor(NEXT.installer.length / 2);
      const cut = { path: /\.exe$/, kind: 'cut', afterBytes: half, times: 1 } as const;
      const proxy = await startCuttingProxy(server, cut);
      try {
        const client = await app({ url: proxy.url });
        await client.check();
        await failureOf(client.download());
        // electron-updater 6.8.10 clears what it has of a download that failed, and asks for no range after it.
        expect(await readdir(client.pending)).toEqual([]);
        expect((await client.download()).sha512).toBe(NEXT.sha512);
        const whole = installerRequests(client, NEXT);
        expect(whole.map(({ range }) => range)).toEqual([undefined, undefined]);
      } finally {
        await proxy.close();
      }
      const first = await fetchFrom(server, NEXT.installerName);
      const rest = await fetchFrom(server, NEXT.installerName, {
        range: `bytes=${half}-`,
        'if-range': first.headers['etag'] ?? '',
      });
      expect(rest.status).toBe(206);
      const size = NEXT.installer.length;
      expect(rest.headers['content-range']).toBe(`bytes ${half}-${size - 1}/${size}`);
      expect(sha512Of(Buffer.concat([first.body.subarray(0, half), rest.body]))).toBe(NEXT.sha512);
      const other = { range: `bytes=${half}-`, 'if-range': '"of-another-file"' };
      const changed = await fetchFrom(server, NEXT.installerName, other);
      expect(changed.status, 'another file must not be glued to the first half').toBe(200);
    },
  },
  {
    name: 'refuses a corrupted file, after one clean re-download',
    async run({ app, publish, server }) {
      await publish(NEXT);
      await server.put(NEXT.installerName, damaged(NEXT.installer));
      const client = await app();
      await client.check();
      const error = await failureOf(withOneRedownload(() => client.download()));
      expect(codeOf(error)).toBe('ERR_CHECKSUM_MISMATCH');
      expect(installerRequests(client, NEXT).map(({ status }) => status)).toEqual([200, 200]);
      expect(await readdir(client.pending)).toEqual([]);
    },
  },
  {
    name: 'gets over a corruption on the way by one clean re-download',
    async run({ app, publish, server }) {
      await publish(NEXT);
      const fault = { path: /\.exe$/, kind: 'damage', afterBytes: 777_777, times: 1 } as const;
      const proxy = await startCuttingProxy(server, fault);
      try {
        const client = await app({ url: proxy.url });
        await client.check();
        const got = await withOneRedownload(() => client.download());
        expect(got.sha512).toBe(NEXT.sha512);
        expect(installerRequests(client, NEXT)).toHaveLength(2);
      } finally {
        await proxy.close();
      }
    },
  },
  {
    name: 'refuses a truncated file',
    async run({ app, publish, server }) {
      await publish(NEXT);
      await server.put(NEXT.installerName, NEXT.installer.subarray(0, 1_000_000));
      const client = await app();
      await client.check();
      const error = await failureOf(client.download());
      expect(codeOf(error)).toBe('ERR_CHECKSUM_MISMATCH');
      expect(await readdir(client.pending)).toEqual([]);
    },
  },
];
