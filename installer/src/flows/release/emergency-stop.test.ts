import { describe, expect, it } from 'vitest';
import { AT_ONCE, updateWorld, type UpdateWorld } from '../../../../test/fakes/update-world.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { recordKey, yankKey } from '../../model/updates/record.ts';
import { promoteRelease, rampRelease } from './promote.ts';
import { yankRelease } from './yank.ts';

const yank = ({ server, ports }: UpdateWorld) =>
  yankRelease(
    { version: '1.1.0', reason: 'loses drafts', rollForward: undefined, consent: AT_ONCE },
    server,
    ports,
  );
const ramp =
  (percent: number, version: string | undefined) =>
  ({ server, ports }: UpdateWorld) =>
    rampRelease({ version, percent, what: 'ramp', consent: AT_ONCE }, server, ports);

/** 1.1.0 is offered to everybody. */
async function live(): Promise<UpdateWorld> {
  const made = await updateWorld('1.0.0', '1.1.0');
  for (const version of ['1.0.0', '1.1.0']) {
    await made.publish(version);
    await made.promote(version);
  }
  return made;
}

const warningsOf = ({ ports }: UpdateWorld): string[] =>
  ports.reporter.events.filter((event) => event.startsWith('warning: '));

/** Without those that nobody can read. */
const offeredOf = (world: UpdateWorld): string[] => {
  const { objects } = world.bucket;
  for (const [key, { text }] of objects) if (text === 'garbage') objects.delete(key);
  return Object.values(world.offered());
};

describe('a bad version is stopped', () => {
  it.each([
    ['a manifest of another channel', 'beta-linux.yml'],
    ['one of its own manifests', 'latest.yml'],
    ['the record of its publication', recordKey('1.1.0')],
    ['an earlier mark that it is yanked', yankKey('1.1.0')],
  ])('also where %s is damaged', async (_, key) => {
    const world = await live();
    world.bucket.put(key, 'garbage');
    expect((await yank(world)).executed).toBe(true);
    expect(world.bucket.text(yankKey('1.1.0'))).not.toBe('');
    expect(warningsOf(world).join('\n')).toMatch(key.endsWith('.yml') ? `${key} is damaged` : /^$/);
    expect(offeredOf(world)).toEqual([]);
  });

  it('is paused in the same manner, and not offered to more before the damage is mended', async () => {
    const world = await live();
    world.bucket.put('beta-linux.yml', 'garbage');
    await expect(ramp(50, '1.1.0')(world)).rejects.toMatchObject({ code: 'FW-RELEASE-INCOMPLETE' });
    expect((await ramp(0, '1.1.0')(world)).executed).toBe(true);
    expect(warningsOf(world)).toHaveLength(1);
    expect(offeredOf(world)).toEqual([]);
  });

  it('is named where systems are offered different ones', async () => {
    const world = await live();
    const older = world.bucket.text('latest.yml').replaceAll('1.1.0', '1.0.0');
    world.bucket.put('latest.yml', older);
    await expect(ramp(0, undefined)(world)).rejects.toMatchObject({
      code: 'FW-USAGE',
      message: expect.stringMatching(/1\.1\.0 and 1\.0\.0/) as string,
    });
  });
});

const promoteTo =
  (percent: number) =>
  ({ server, ports }: UpdateWorld) =>
    promoteRelease({ version: '1.1.0', percent, deep: false, consent: AT_ONCE }, server, ports);

/** Cuts the nth change off, before or after it is carried out; false where there are fewer. */
async function cutAt(world: UpdateWorld, nth: number, work: (of: UpdateWorld) => Promise<unknown>) {
  const { store } = world.bucket;
  const writeText: typeof store.writeText = store.writeText.bind(store);
  let count = 0;
  store.writeText = async (...asked) => {
    count += 1;
    if (count > Math.ceil(nth / 2)) throw new Error('cut off');
    if (count < Math.ceil(nth / 2)) return writeText(...asked);
    if (nth % 2 === 0) await writeText(...asked);
    throw new Error('cut off');
  };
  const isCut = await work(world).then(
    () => false,
    (error: unknown) => (error as Error).message === 'cut off',
  );
  store.writeText = writeText;
  return isCut;
}

describe.each([
  ['yank', yank, []],
  ['pause', ramp(0, '1.1.0'), []],
  ['ramp', ramp(25, '1.1.0'), ['1.1.0 25']],
])('%s, cut off at any of its changes', (name, work, end) => {
  it('leaves every manifest as it was or as it shall be, and the same command finishes it', async () => {
    let cuts = 0;
    for (let nth = 1; ; nth += 1) {
      const world = await live();
      if (!(await cutAt(world, nth, work))) break;
      cuts += 1;
      for (const offer of Object.values(world.offered()))
        expect(['1.1.0 100', ...end]).toContain(offer);
      await work(world);
      expect([...new Set(Object.values(world.offered()))]).toEqual(end);
    }
    expect(cuts, name).toBeGreaterThan(10);
  });
});

it('promote for 10 %, cut off at any of its changes, ends at the percentage that is asked for next', async () => {
  let refused = 0;
  let finished = 0;
  for (let nth = 1; ; nth += 1) {
    const world = await updateWorld('1.0.0', '1.1.0');
    await world.publish('1.0.0');
    await world.promote('1.0.0');
    await world.publish('1.1.0');
    if (!(await cutAt(world, nth, promoteTo(10)))) break;
    const isWhole = Object.values(world.offered()).every((one) => one === '1.1.0 10');
    if (isWhole) {
      refused += 1;
      await expect(promoteTo(100)(world)).rejects.toMatchObject({
        code: 'FW-RELEASE-OFFERED',
        hint: expect.stringContaining('release ramp 100 --version 1.1.0') as string,
      });
      await ramp(100, '1.1.0')(world);
    } else {
      finished += 1;
      // Cut off as well, in the middle.
      await cutAt(world, 7, promoteTo(100));
      await promoteTo(100)(world);
    }
    expect([...new Set(Object.values(world.offered()))], `after ${nth}`).toEqual(['1.1.0 100']);
  }
  expect([refused > 0, finished > 10]).toEqual([true, true]);
});

describe('a way forward', () => {
  const forward =
    (percent: number) =>
    ({ server, ports }: UpdateWorld) =>
      yankRelease(
        {
          version: '1.1.0',
          reason: 'loses drafts',
          rollForward: { version: '1.1.1', from: '1.0.0', percent },
          consent: AT_ONCE,
        },
        server,
        ports,
      );

  it.each([10, 100])('is offered to as many as was said: %i %%', async (percent) => {
    const world = await updateWorld('1.0.0', '1.1.0', '1.1.1');
    for (const version of ['1.0.0', '1.1.0']) {
      await world.publish(version);
      await world.promote(version);
    }
    await world.publish('1.1.1');
    await forward(percent)(world);
    expect([...new Set(Object.values(world.offered()))]).toEqual([`1.1.1 ${percent}`]);
  });

  it('that is not built yet is promoted to as many afterwards', async () => {
    const error = await rejectionOf(forward(10)(await live()));
    expect([error.code, error.hint]).toEqual([
      'FW-RELEASE-REBUILD',
      expect.stringMatching(/release promote 1\.1\.1 --percent 10$/),
    ]);
  });
});
