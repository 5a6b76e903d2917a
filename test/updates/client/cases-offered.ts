import { expect } from 'vitest';
import { codeOf } from './app-rules.ts';
import type { ClientCase } from './case.ts';
import { releaseFiles } from './release-files.ts';

/** The error a promise ends with. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, 'should have failed').toBeInstanceOf(Error);
  return error as Error;
}

/** Who is offered what: manifests, channels, staged rollout, versions that were taken back. */
export const OFFERED: readonly ClientCase[] = [
  {
    name: 'finds a new version and downloads it with its digest checked',
    async run({ app, publish }) {
      const next = releaseFiles('1.2.0');
      await publish(next);
      const client = await app();
      expect((await client.check())?.version).toBe('1.2.0');
      expect((await client.download()).sha512).toBe(next.sha512);
      const asked = client.executor.requests.map(({ path, status }) => `${status} ${path}`);
      // The query is the client's own, against caches; a server has to see the same file behind it.
      expect(asked[0]).toMatch(/^200 .*\/latest\.yml\?noCache=/);
    },
  },
  {
    name: 'is offered nothing when it has the version that is live',
    async run({ app, publish }) {
      await publish(releaseFiles('1.1.0'));
      expect(await (await app()).check()).toBeUndefined();
    },
  },
  {
    name: 'sees the manifest that was written last, and none from a cache',
    async run({ app, publish }) {
      const client = await app();
      await publish(releaseFiles('1.2.0'));
      expect((await client.check())?.version).toBe('1.2.0');
      await publish(releaseFiles('1.2.1'));
      expect((await client.check())?.version).toBe('1.2.1');
    },
  },
  {
    name: 'is not offered a release that its place in the rollout has not reached',
    async run({ app, publish }) {
      await publish(releaseFiles('1.2.0'), { stagingPercentage: 25 });
      expect(await (await app({ rolloutPlace: 0.6 })).check()).toBeUndefined();
    },
  },
  {
    name: 'is offered a staged release that its place has reached, and the rest when it is ramped',
    async run({ app, publish }) {
      const next = releaseFiles('1.2.0');
      await publish(next, { stagingPercentage: 25 });
      const early = await app({ rolloutPlace: 0.1 });
      expect((await early.check())?.version).toBe('1.2.0');
      expect((await early.download()).sha512).toBe(next.sha512);
      const late = await app({ rolloutPlace: 0.6 });
      expect(await late.check()).toBeUndefined();
      await publish(next, { stagingPercentage: 75 });
      expect((await late.check())?.version).toBe('1.2.0');
      await publish(next, { stagingPercentage: 0 });
      expect(await early.check(), 'paused').toBeUndefined();
    },
  },
  {
    name: 'gets the version of the beta channel where it was built for that channel, and nobody else does',
    async run({ app, publish }) {
      const beta = releaseFiles('1.3.0-beta.1');
      await publish(releaseFiles('1.2.0'));
      await publish(beta, { manifest: 'beta.yml' });
      const tester = await app({ channel: 'beta' });
      expect((await tester.check())?.version).toBe('1.3.0-beta.1');
      expect((await tester.download()).sha512).toBe(beta.sha512);
      expect((await (await app()).check())?.version).toBe('1.2.0');
    },
  },
  {
    name: 'asks for the manifest of its operating system',
    async run({ app, publish }) {
      await publish(releaseFiles('1.2.0'), { manifest: 'latest-mac.yml' });
      expect((await (await app({ platform: 'darwin' })).check())?.version).toBe('1.2.0');
      const error = await failureOf((await app()).check());
      expect(codeOf(error)).toBe('ERR_UPDATER_CHANNEL_FILE_NOT_FOUND');
    },
  },
  {
    name: 'never goes back from a yanked version, and takes the roll-forward',
    async run({ app, publish }) {
      const bad = releaseFiles('1.3.0');
      await publish(bad);
      const bitten = await app({ version: '1.3.0' });
      const spared = await app({ version: '1.1.0' });
      expect((await spared.check())?.version).toBe('1.3.0');
      await publish(bad, { stagingPercentage: 0 });
      expect(await spared.check(), 'stopped at once').toBeUndefined();
      await publish(releaseFiles('1.2.0'));
      expect(await bitten.check(), 'a lower number is no update').toBeUndefined();
      expect((await spared.check())?.version, 'the last good one').toBe('1.2.0');
      const forward = releaseFiles('1.3.1');
      await publish(forward);
      expect((await bitten.check())?.version).toBe('1.3.1');
      expect((await bitten.download()).sha512).toBe(forward.sha512);
    },
  },
];
