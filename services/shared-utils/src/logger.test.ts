import { describe, expect, it } from 'vitest';
import { PlainError } from './error-words.ts';
import { createLogger } from './logger.ts';
import { contextFromHeaders, runInContext } from './request-context.ts';

const CANARY = 'canary-7f3a91';

function capture(secrets: readonly string[] = []) {
  const text: string[] = [];
  const logger = createLogger({
    service: 'records-service',
    version: '1.0.0',
    secrets,
    destination: { write: (line) => void text.push(line) },
  });
  const lines = () => text.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, text, lines };
}

describe('a log line', () => {
  it('has the fields of the contract and no others', () => {
    const { logger, lines } = capture();
    const context = contextFromHeaders({
      'x-request-id': 'r-1',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      'x-client-id': 'desk-1',
    });

    runInContext(context, () => {
      logger.child({ reqId: 7 }).info({ rows: 3 }, 'done');
    });

    expect(lines()).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/) as string,
        level: 'info',
        message: 'done',
        service: 'records-service',
        version: '1.0.0',
        request_id: 'r-1',
        trace_id: 'a'.repeat(32),
        client_id: 'desk-1',
        context: { reqId: 7, rows: 3 },
      },
    ]);
  });

  it('leaves out what is not known', () => {
    const { logger, lines } = capture();
    logger.warn('plain %s', 'text');
    expect(Object.keys(lines()[0] ?? {}).sort()).toEqual(
      ['level', 'message', 'service', 'timestamp', 'version'].sort(),
    );
    expect(lines()[0]).toMatchObject({ level: 'warn', message: 'plain text' });
  });

  it('describes an error as data, under context', () => {
    const { logger, lines } = capture();
    const refused = new Error('connect ECONNREFUSED 10.0.0.5:5432');
    logger.error(
      { err: Object.assign(refused, { code: 'ECONNREFUSED', syscall: 'connect' }) },
      'failed',
    );
    logger.error(new PlainError('bad', { cause: new TypeError(`no such client: ${CANARY}`) }));
    expect(lines()[0]?.['context']).toMatchObject({
      error: {
        type: 'Error',
        message: 'connect ECONNREFUSED',
        code: 'ECONNREFUSED',
        stack: expect.stringMatching(/^\s+at /) as string,
      },
    });
    expect(lines()[1]).toMatchObject({
      message: 'bad',
      context: {
        error: {
          type: 'PlainError',
          message: 'bad',
          cause: { type: 'TypeError', message: '[withheld]' },
        },
      },
    });
  });

  it('tells whoever reports errors of those it writes as errors, and of no others', () => {
    const told: unknown[] = [];
    const logger = createLogger({
      service: 'records-service',
      version: '1.0.0',
      onError: (error, level) => told.push([error.message, level]),
      destination: { write: () => undefined },
    });
    logger.warn({ err: new Error('1') }, 'no');
    logger.error('no');
    logger.error({ err: new Error('2') }, 'yes');
    logger.child({ a: 1 }).fatal(new Error('3'));
    expect(told).toEqual([
      ['2', 'error'],
      ['3', 'fatal'],
    ]);
  });

  it('writes nothing below its level', () => {
    const { logger, text } = capture();
    logger.debug('no');
    logger.level = 'debug';
    logger.debug('yes');
    expect(text).toHaveLength(1);
  });
});

describe('what a log line never holds', () => {
  const cyclic: Record<string, unknown> = { fine: 1 };
  cyclic['self'] = cyclic;
  const throwing = {
    get value(): string {
      throw new Error('getter');
    },
  };

  const cases: Readonly<Record<string, unknown>> = {
    password: { password: CANARY },
    'password, deep': { a: [{ b: { dbPassword: CANARY } }] },
    'authorization header': { headers: { Authorization: `Bearer ${CANARY}` } },
    cookie: { headers: { cookie: `sid=${CANARY}`, 'set-cookie': [CANARY] } },
    token: { accessToken: CANARY, 'refresh-token': CANARY },
    'client secret': { client_secret: { value: CANARY } },
    'document text': { draft: { title: 'ok', body: CANARY }, statement: CANARY },
    'a URL with a password': { url: `postgres://owner:${CANARY}@db/factsway` },
    'an assignment in text': { note: `password=${CANARY} and more` },
    'a bearer token in text': { note: `sent Bearer ${CANARY}` },
    'a cycle and a getter that throws': { cyclic, throwing, password: CANARY },
    'raw bytes': { upload: Buffer.from(CANARY) },
    'any message of an error, and what caused it': {
      err: new Error(`no draft for ${CANARY}`, {
        cause: new AggregateError([new Error(CANARY)], CANARY),
      }),
    },
    'a name, a code and fields of an error': {
      err: Object.assign(new Error('x'), { name: `a ${CANARY}`, code: CANARY, client: CANARY }),
    },
    'a stack with lines in it that look like places': {
      err: new Error(`\n    at ${CANARY} (/app/x.js:1:1)\nand more`),
    },
    'what a framework says of a request': {
      req: { url: `/api/cases?client=${CANARY}`, headers: { host: CANARY } },
      res: { request: { body: CANARY } },
    },
    'the row of a database error': {
      err: Object.assign(new Error(`invalid input syntax for type date: "${CANARY}"`), {
        code: '22007',
        detail: CANARY,
        where: CANARY,
        stack: `Error: "${CANARY}"`,
      }),
    },
  };
  for (const [name, fields] of Object.entries(cases)) {
    it(name, () => {
      const { logger, text } = capture();
      logger.error(fields, 'something');
      expect(text).toHaveLength(1);
      expect(text[0]).not.toContain(CANARY);
    });
  }

  it('the message of an error as that of the line', () => {
    const { logger, text } = capture();
    const err = new Error(`no draft for ${CANARY}`);
    logger.error({ err }, err.message);
    logger.error(err);
    expect(text).toHaveLength(2);
    expect(text.join('')).not.toContain(CANARY);
  });

  it('a known secret, wherever it is', () => {
    const { logger, text } = capture([CANARY]);
    logger.error({ err: new Error(`role: ${CANARY}`), harmless: [CANARY] }, `got ${CANARY}`);
    expect(text).toHaveLength(1);
    expect(text[0]).not.toContain(CANARY);
  });

  it('more of a key than its beginning', () => {
    const { logger, text } = capture();
    logger.info({ api_key: 'abcd1234567890' }, 'key');
    expect(text[0]).toContain('abcd…');
    expect(text[0]).not.toContain('abcd1');
  });

  it('endless text', () => {
    const { logger, text } = capture();
    logger.info({ note: 'x'.repeat(100_000) }, 'long');
    expect(text[0]?.length).toBeLessThan(3000);
  });
});
