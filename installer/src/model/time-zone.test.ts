import { describe, expect, it } from 'vitest';
import { timeZoneProblem } from './time-zone.ts';

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+1', 'GMT', 'CET'])(
    '%s is one',
    (name) => {
      expect(timeZoneProblem(name)).toBeUndefined();
    },
  );

  it.each(['Asia/Kolkata', 'Asia/Calcutta', 'Europe/Kyiv', 'Europe/Kiev', 'US/Eastern'])(
    '%s is one, whichever of its names Node lists',
    (name) => {
      expect(timeZoneProblem(name)).toBeUndefined();
    },
  );

  it.each([
    ['Europe/Berln', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['EUROPE/BERLIN', 'Europe/Berlin'],
    ['Berlin', 'Europe/Berlin'],
    ['new york', 'America/New_York'],
    ['America/NewYork', 'America/New_York'],
    ['utc', 'UTC'],
    ['Utc', 'UTC'],
  ])('%s is none, and the hint says %s', (name, meant) => {
    const problem = timeZoneProblem(name);
    expect(problem?.message).toContain('such as Europe/Berlin');
    expect(problem?.hint).toMatch(new RegExp(`^Did you mean "${meant}"\\?`));
  });

  // PST and its like are names of ICU alone: PostgreSQL would not start with them.
  it.each(['Nowhere/Land', 'Xyzzyquux', '+01:00', 'PST', 'GMT+1', 'Z', ''])(
    '%j is none, and nothing is guessed',
    (name) => {
      expect(timeZoneProblem(name)?.hint).not.toContain('Did you mean');
    },
  );

  it('of any length is judged in a moment', () => {
    const begun = performance.now();
    expect(timeZoneProblem('A'.repeat(200_000))?.hint).not.toContain('Did you mean');
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
