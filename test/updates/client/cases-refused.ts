import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'vitest';
import {
  CONTENT_TYPES,
  ERROR_BODIES,
  RETRY_AFTER_SECONDS,
} from '../../../installer/src/model/updates/protocol.ts';
import { BACKOFF_SECONDS, codeOf, fromFirstThatAnswers, withBackoff } from './app-rules.ts';
import type { ClientCase } from './case.ts';
import { failureOf } from './cases-offered.ts';
import { fetchFrom, type Fetched } from './fetch-from.ts';
import { manifestOf, releaseFiles } from './release-files.ts';

const NEXT = releaseFiles('1.2.0');

function expectJson(answer: Fetched, status: number, body: object): void {
  expect(answer.status).toBe(status);
  // AWS WAF names no character set, which for JSON is UTF-8 in any case.
  expect(CONTENT_TYPES.error.startsWith(answer.headers['content-type'] ?? '-')).toBe(true);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(JSON.parse(answer.body.toString())).toEqual(body);
}

/** Where somebody listened, and nobody does any more. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Errors a server answers with, and what the client makes of them. */
export const REFUSED: readonly ClientCase[] = [
  {
    name: 'says that a channel has no manifest, does not ask again, and finds it once it is there: 404',
    async run({ app, server, publish, wait, waited }) {
      const client = await app();
      const error = await failureOf(withBackoff(() => client.check(), wait));
      expect(codeOf(error)).toBe('ERR_UPDATER_CHANNEL_FILE_NOT_FOUND');
      expect(waited).toEqual([]);
      expectJson(await fetchFrom(server, 'latest.yml'), 404, ERROR_BODIES.manifestNotFound);
      await publish(NEXT);
      expect((await client.check())?.version, 'nobody remembers the 404').toBe('1.2.0');
    },
  },
  {
    name: 'fails where the manifest names an installer that is not there: 404',
    async run({ app, server }) {
      await server.put('latest.yml', manifestOf(NEXT));
      const client = await app();
      expect((await client.check())?.version).toBe('1.2.0');
      expect((await failureOf(client.download())).message).toContain('status 404');
      const answer = await fetchFrom(server, NEXT.installerName);
      expectJson(answer, 404, ERROR_BODIES.installerNotFound);
    },
  },
  {
    name: 'waits 1, 2, 4 and 8 seconds where it asked too often, and then gives up: 429',
    async run({ app, server, publish, wait, waited }) {
      await publish(NEXT);
      const heal = await server.tooMany.manifest();
      try {
        const client = await app();
        const error = await failureOf(withBackoff(() => client.check(), wait));
        expect(codeOf(error)).toBe('HTTP_ERROR_429');
        expect(waited).toEqual(BACKOFF_SECONDS);
        const answer = await fetchFrom(server, 'latest.yml');
        expectJson(answer, 429, ERROR_BODIES.manifestTooMany);
        expect(answer.headers['retry-after']).toBe(String(RETRY_AFTER_SECONDS.manifest));
      } finally {
        await heal();
      }
    },
  },
  {
    name: 'is told to wait longer for installers than for manifests: 429',
    async run({ app, server, publish }) {
      await publish(NEXT);
      const client = await app();
      await client.check();
      const heal = await server.tooMany.installer();
      try {
        expect((await failureOf(client.download())).message).toContain('status 429');
        const answer = await fetchFrom(server, NEXT.installerName);
        expectJson(answer, 429, ERROR_BODIES.installerTooMany);
        expect(answer.headers['retry-after']).toBe(String(RETRY_AFTER_SECONDS.installer));
      } finally {
        await heal();
      }
    },
  },
  {
    name: 'waits 1, 2 and 4 seconds for a server that comes back meanwhile: 503',
    async run({ app, server, publish, wait, waited }) {
      await publish(NEXT);
      const heal = await server.unavailable();
      const client = await app();
      const answer = await fetchFrom(server, 'latest.yml');
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expectJson(answer, answer.status, ERROR_BODIES.unavailable);
      const found = await withBackoff(
        () => client.check(),
        async (seconds) => {
          await wait(seconds);
          if (seconds === 4) await heal();
        },
      );
      expect(found?.version).toBe('1.2.0');
      expect(waited).toEqual([1, 2, 4]);
      expect((await client.download()).sha512).toBe(NEXT.sha512);
    },
  },
  {
    name: 'notices nothing of a first origin that is down',
    needs: 'firstOriginDown',
    async run({ app, server, publish, waited }) {
      await publish(NEXT);
      const heal = await server.firstOriginDown?.();
      try {
        const client = await app();
        expect((await client.check())?.version).toBe('1.2.0');
        expect((await client.download()).sha512).toBe(NEXT.sha512);
        expect(waited).toEqual([]);
      } finally {
        await heal?.();
      }
    },
  },
  {
    // Three seconds: ECONNREFUSED is the one failure that electron-updater itself tries again.
    name: 'goes on with its second address where nobody listens at the first',
    async run({ app, server, publish }) {
      await publish(NEXT);
      const addresses = [`http://127.0.0.1:${await closedPort()}`, server.url];
      const client = await fromFirstThatAnswers(addresses, async (url) => {
        const one = await app({ url });
        expect((await one.check())?.version).toBe('1.2.0');
        return one;
      });
      expect((await client.download()).sha512).toBe(NEXT.sha512);
    },
  },
];
