import { describe, expect, it } from 'vitest';
import { AT_ONCE, updateWorld, type UpdateWorld } from '../../../../test/fakes/update-world.ts';
import { FactswayError } from '../../model/errors.ts';
import { rampRelease } from './promote.ts';
import { yankRelease } from './yank.ts';

const yank = ({ server, ports }: UpdateWorld) =>
  yankRelease(
    { version: '1.1.0', reason: 'loses drafts', rollForward: undefined, consent: AT_ONCE },
    server,
    ports,
  );
const promote = (world: UpdateWorld) => world.promote('1.1.0');
const to =
  (percent: number) =>
  ({ server, ports }: UpdateWorld) =>
    rampRelease({ version: '1.1.0', percent, what: 'ramp', consent: AT_ONCE }, server, ports);

/** 1.0.0 is live everywhere, and 1.1.0 is published. */
async function world(): Promise<UpdateWorld> {
  const made = await updateWorld('1.0.0', '1.1.0');
  await made.publish('1.0.0');
  await made.promote('1.0.0');
  await made.publish('1.1.0');
  return made;
}
/** The same, with 1.1.0 offered to so many. */
const live = (percent: number) => async (): Promise<UpdateWorld> => {
  const made = await world();
  await made.promote('1.1.0');
  await to(percent)(made);
  return made;
};

type Work = (world: UpdateWorld) => Promise<unknown>;

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof FactswayError) return error.code;
      throw error;
    },
  );

/**
 * Runs `outer`, and the whole of `inner` right before its nth request; undefined where it has fewer. `late`: manifests
 * that were written after `inner`.
 */
async function interleaved(made: UpdateWorld, outer: Work, inner: Work, nth: number) {
  const first = made.bucket.requests;
  let within: string | undefined;
  let seen = 0;
  made.bucket.beforeEach = async (request) => {
    if (request !== first + nth) return;
    made.bucket.beforeEach = () => Promise.resolve();
    within = await codeOf(inner(made));
    seen = made.bucket.changes.length;
  };
  const around = await codeOf(outer(made));
  const late = made.bucket.changes.slice(seen).filter((one) => /^write [a-z-]+\.yml$/.test(one));
  return within === undefined ? undefined : { around, within, late: late.length };
}

/** Every moment at which the one may find the other at work. */
async function everyMoment(begin: () => Promise<UpdateWorld>, outer: Work, inner: Work) {
  const outcomes: { around: string; within: string; late: number }[] = [];
  for (let nth = 1; ; nth += 1) {
    const made = await begin();
    const outcome = await interleaved(made, outer, inner, nth);
    if (!outcome) return outcomes;
    const left = Object.values(made.offered()).filter((one) => one.startsWith('1.1.0'));
    expect(left, `of 1.1.0 after moment ${nth}, ${JSON.stringify(outcome)}`).toEqual([]);
    outcomes.push(outcome);
  }
}
const of = <T>(values: readonly T[]): T[] => [...new Set(values)];

describe('a yank while a promotion is under way', () => {
  it('wins whenever it comes, and the promotion says so', async () => {
    const outcomes = await everyMoment(world, promote, yank);
    expect(outcomes.length).toBeGreaterThan(30);
    expect(of(outcomes.map(({ within }) => within))).toEqual(['done']);
    // Done: it had shown what it wrote before the yank began.
    expect(of(outcomes.map(({ around }) => around)).toSorted()).toEqual([
      'FW-RELEASE-YANKED',
      'done',
    ]);
    // The one that was on its way when the yank came, and that it is taken back.
    expect(Math.max(...outcomes.map(({ late }) => late))).toBe(2);
    const firstDone = outcomes.findIndex(({ around }) => around === 'done');
    expect(outcomes.slice(firstDone).every(({ around }) => around === 'done')).toBe(true);
    expect(outcomes.length - firstDone).toBeLessThan(3);
  });

  it('wins over a promotion that comes in between, which says so unless it came first', async () => {
    const outcomes = await everyMoment(world, yank, promote);
    expect(of(outcomes.map(({ around }) => around))).toEqual(['done']);
    const within = outcomes.map((one) => one.within);
    expect(of(within)).toEqual(['done', 'FW-RELEASE-YANKED']);
    expect(within.lastIndexOf('done')).toBeLessThan(within.indexOf('FW-RELEASE-YANKED'));
  });
});

describe('a yank while what was paused is ramped up again', () => {
  it('wins whenever it comes', async () => {
    const outcomes = await everyMoment(live(0), to(25), yank);
    expect(of(outcomes.map(({ within }) => within))).toEqual(['done']);
    expect(outcomes.map(({ around }) => around)).toContain('FW-RELEASE-YANKED');
  });

  it('wins over the other, whenever that comes', async () => {
    const outcomes = await everyMoment(live(0), yank, to(25));
    expect(of(outcomes.map(({ around }) => around))).toEqual(['done']);
    expect(outcomes.map(({ within }) => within)).toContain('FW-RELEASE-YANKED');
  });
});

it('a yank is not stopped by somebody who pauses the version meanwhile', async () => {
  const outcomes = await everyMoment(live(100), yank, to(0));
  expect(of(outcomes.map(({ around }) => around))).toEqual(['done']);
  const paused = await everyMoment(live(100), to(0), yank);
  expect(of(paused.map(({ within }) => within))).toEqual(['done']);
  expect(of(paused.map(({ around }) => around)).toSorted()).toEqual(['FW-RELEASE-RACE', 'done']);
});
