import { describe, expect, it } from 'vitest';
import { chainOf, codeOf, framesOf, PlainError, typeOf, WITHHELD, wordsOf } from './error-words.ts';

const NAME = 'Okonkwo';
const error = (message: string, fields: object = {}, type = Error) =>
  Object.assign(new type(message), fields);

function thrownBy(work: () => unknown): Error {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Error) return thrown;
  }
  throw new Error('nothing was thrown');
}

describe('the words of an error that are written down', () => {
  it.each([
    [new PlainError('the export has no pages'), 'the export has no pages'],
    [
      error('connect ECONNREFUSED 10.1.2.3:5432', { code: 'ECONNREFUSED', syscall: 'connect' }),
      'connect ECONNREFUSED',
    ],
    [
      error(`ENOENT: no such file, open '/x/${NAME}.docx'`, { code: 'ENOENT', syscall: 'open' }),
      'open ENOENT',
    ],
    [
      error('password authentication failed for user "factsway_app_a"', { code: '28P01' }),
      'password authentication failed for user "factsway_app_a"',
    ],
    [
      error(`duplicate key value: ${NAME}`, {
        code: '23505',
        table: 'drafts',
        constraint: 'drafts_title_key',
        detail: NAME,
      }),
      'SQLSTATE 23505, table drafts, constraint drafts_title_key',
    ],
    [
      error(`invalid input syntax for type uuid: "${NAME}"`, {
        code: '22P02',
        column: `a ${NAME}`,
      }),
      'SQLSTATE 22P02',
    ],
    [error('Connection terminated unexpectedly'), 'Connection terminated unexpectedly'],
    [error(`no draft for ${NAME}`), WITHHELD],
    [error(NAME, { plain: 'true' }), WITHHELD],
    [error(`${NAME} is not a function`, {}, TypeError), WITHHELD],
  ])('%#', (thrown, words) => {
    expect(wordsOf(thrown)).toBe(words);
  });

  it('are those of the engine as far as they hold no value', () => {
    const nothing = JSON.parse('null') as Record<string, unknown>;
    expect(wordsOf(thrownBy(() => nothing[NAME]))).toBe('Cannot read properties of null');
    expect(wordsOf(thrownBy(() => JSON.parse(`{"client": ${NAME}`)))).toBe(WITHHELD);
  });

  it('survive fields that throw', () => {
    const hostile = Object.defineProperty(new Error('x'), 'code', {
      get: () => {
        throw new Error(NAME);
      },
    });
    expect(wordsOf(hostile)).toBe(WITHHELD);
    expect(codeOf(hostile)).toBeUndefined();
  });
});

describe('type, code and places', () => {
  it('are names and nothing else', () => {
    expect(typeOf(error('x', { name: `Mr ${NAME}` }))).toBe('Error');
    expect(typeOf(new RangeError('x'))).toBe('RangeError');
    expect(codeOf(error('x', { code: `for ${NAME}` }))).toBeUndefined();
    expect(codeOf(error('x', { code: 'FST_ERR_CTP_BODY_TOO_LARGE' }))).toBe(
      'FST_ERR_CTP_BODY_TOO_LARGE',
    );
  });

  it('begin behind the message, whatever that looks like', () => {
    const frames = framesOf(new Error(`first\n    at ${NAME} (/app/a.js:1:1)\n    at ${NAME}`));
    expect(frames).not.toContain(NAME);
    expect(frames).toMatch(/error-words\.test/);
    const changed = new Error(`first ${NAME}`);
    changed.message = 'another';
    expect(framesOf(changed)).toMatch(/^\s+at .*error-words\.test/);
    expect(framesOf(changed)).not.toContain(NAME);
  });
});

describe('a chain of causes', () => {
  it('has each error once, ends where it bites its tail, and is bounded', () => {
    const first = error('1');
    const second = error('2', { cause: first });
    first.cause = second;
    expect(chainOf(second)).toEqual([second, first]);
    let long = error('0');
    for (let depth = 0; depth < 20; depth++) long = error('n', { cause: long });
    expect(chainOf(long)).toHaveLength(5);
    const several = new AggregateError([first, 'text', error('3')]);
    expect(chainOf(several).map(({ message }) => message)).toEqual(['', '1', '3', '2']);
  });
});
