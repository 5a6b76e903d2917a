import { describe, expect, it } from 'vitest';
import { Crossed, crossedEntry } from './crossed.ts';

const entriesOf = (crossed: Crossed): readonly string[] => {
  let seen: readonly string[] = [];
  crossed.watch((entries) => (seen = [...entries]));
  return seen;
};

describe('what a request crossed', () => {
  it('is what each service that was asked says, in that order and once', () => {
    const crossed = new Crossed();
    crossed.add('records', 'records@1.1.0, caselaw@1.1.0');
    crossed.add('facts', 'facts@1.1.0');
    crossed.add('records', 'records@1.1.0');
    expect(entriesOf(crossed)).toEqual(['records@1.1.0', 'caselaw@1.1.0', 'facts@1.1.0']);
  });

  it('keeps two versions of one service apart', () => {
    const crossed = new Crossed();
    crossed.add('records', 'records@1.0.0');
    crossed.add('records', 'records@1.1.0');
    expect(entriesOf(crossed)).toEqual(['records@1.0.0', 'records@1.1.0']);
  });

  it.each([null, undefined, '', 'records', 'records@1.0.0,', 'a@1\r\nset-cookie: x', 'é@1'])(
    'is unknown when the other service says %j',
    (header) => {
      const crossed = new Crossed();
      crossed.add('records', header);
      expect(entriesOf(crossed)).toEqual(['records@unknown']);
    },
  );

  it('is bounded', () => {
    const crossed = new Crossed();
    for (let index = 0; index < 100; index += 1) crossed.add('x', `x@${index}`);
    expect(entriesOf(crossed)).toHaveLength(32);
  });

  it('tells whoever watches of every addition', () => {
    const crossed = new Crossed();
    const told: number[] = [];
    crossed.watch((entries) => told.push(entries.length));
    crossed.add('records', 'records@1.0.0');
    expect(told).toEqual([0, 1]);
  });

  it('names a service shortly', () => {
    expect(crossedEntry('export-service', '1.1.0')).toBe('export@1.1.0');
    expect(crossedEntry('s', '1.1.0')).toBe('s@1.1.0');
  });
});
