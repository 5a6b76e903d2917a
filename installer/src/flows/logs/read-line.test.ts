import { describe, expect, it } from 'vitest';
import { lineReader } from './read-line.ts';

const SOURCE = { component: 'x', container: 'factsway-x-1' };
const readAll = (...texts: readonly string[]) => {
  const read = lineReader(SOURCE);
  return texts.map((text) => read({ at: '2026-01-01T00:00:00.000000000Z', text }));
};
const readOne = (text: string) => readAll(text)[0]!;

describe('a line', () => {
  it('of a service has its request, its route and its error with places and cause', () => {
    const line = readOne(
      JSON.stringify({
        level: 'error',
        timestamp: '2026-01-01T00:00:00.000Z',
        service: 'records-service',
        version: '1.0.0',
        request_id: 'q-1',
        trace_id: 't'.repeat(32),
        context: {
          method: 'GET',
          endpoint: '/api/cases/:id',
          status: 500,
          duration_ms: 12,
          reason: 'a b',
          error: {
            type: 'DatabaseError',
            code: '08006',
            message: '[withheld]',
            stack: 'at a (x.js:1:2)\nat b',
            cause: { type: 'Error', message: 'ECONNRESET' },
          },
        },
        message: 'request failed',
      }),
    );
    expect(line).toMatchObject({
      level: 'error',
      message: 'request failed',
      requestId: 'q-1',
      traceId: 't'.repeat(32),
      fields: {
        method: 'GET',
        endpoint: '/api/cases/:id',
        status: '500',
        duration: '12 ms',
        reason: 'a b',
      },
      details: [
        'DatabaseError 08006: [withheld]',
        '  at a (x.js:1:2)',
        '  at b',
        'caused by Error: ECONNRESET',
      ],
    });
  });

  it.each([
    [201, 'info'],
    [404, 'warn'],
    [502, 'error'],
    [0, 'error'],
  ])('of the proxy about an answer with %d is %s, whatever Caddy calls it', (status, level) => {
    const request = { method: 'GET', uri: '/api/cases' };
    const said = { level: 'error', ts: 1, msg: 'handled request', request, user_id: 'q-1', status };
    expect(readOne(JSON.stringify(said))).toMatchObject({ level, requestId: 'q-1' });
  });

  it('of Prometheus has no word about where in the program it was written', () => {
    const text =
      'ts=2026-11-24T04:07:50.713Z caller=manager.go:164 level=warn component="rule manager" msg="Start \\"x\\"" err="a=b c"';
    expect(readOne(text)).toMatchObject({
      level: 'warn',
      message: 'Start "x"',
      fields: { component: 'rule manager', error: 'a=b c' },
    });
    expect(readOne('time=2026-11-24T04:07:50Z level=INFO source=a.go:1 msg=hi')).toMatchObject({
      level: 'info',
      message: 'hi',
      fields: {},
    });
  });

  it('of PostgreSQL has its level, and what is below it has that of the line above', () => {
    const [error, detail, indented] = readAll(
      '2026-11-24 04:07:51.470 CET [77] factsway_app_a@factsway FATAL:  too many connections',
      '2026-11-24 04:07:51.470 CET [77] factsway_app_a@factsway DETAIL:  Process 1 waits',
      '\tProcess 2 waits',
    );
    expect(error).toMatchObject({
      level: 'fatal',
      message: 'too many connections',
      fields: { by: 'factsway_app_a@factsway' },
    });
    expect(detail).toMatchObject({ level: 'fatal', message: 'DETAIL: Process 1 waits' });
    expect(indented).toMatchObject({ level: 'fatal', message: '\tProcess 2 waits' });
    expect(readOne('2026-11-24 04:07:51.470 UTC [1] LOG:  ready')).toMatchObject({
      level: 'info',
      fields: {},
    });
  });

  it.each(['', '{', '{"a":', '[1]', '{}', 'null', 'a=b', 'level=', 'plain words', '\u001b[31mred'])(
    'that is anything else is taken as it is: %j',
    (text) => {
      expect(readOne(text).line).toBe(text);
    },
  );

  it('with which a program dies is fatal', () => {
    expect(readOne('panic: runtime error').level).toBe('fatal');
    expect(readOne('TypeError: x is not a function').level).toBe('fatal');
  });

  it('keeps what is in it short', () => {
    const line = readOne(
      JSON.stringify({ level: 'info', msg: 'x', context: { a: 'y'.repeat(999) } }),
    );
    expect(line.fields['a']).toHaveLength(301);
  });
});
