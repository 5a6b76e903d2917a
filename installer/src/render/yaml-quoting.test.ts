import fc from 'fast-check';
import { load } from 'js-yaml';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { oneLine, quoted, text, TORTURE, yamlTraps } from '../../../test/fakes/texts.ts';

type Read = (yaml: string) => unknown;

/** Compose, Prometheus and Alertmanager bring a parser each: what is written must be beyond doubt. */
const PARSERS: readonly (readonly [string, Read])[] = [
  ['YAML 1.1', (yaml) => parse(yaml, { version: '1.1' }) as unknown],
  ['YAML 1.2', (yaml) => parse(yaml, { version: '1.2' }) as unknown],
  ['js-yaml', load],
];
/** Compose's interpolation: `$$` is a dollar, `$NAME` and `${…}` are variables, and nobody set one. */
const interpolate = (value: string): string =>
  value.replaceAll(/\$\$|\$\{[^}]*\}|\$[A-Za-z_]\w*/g, (match) => (match === '$$' ? '$' : ''));

describe.each(PARSERS)('read as %s', (_parser, read) => {
  const yamlBack = (value: unknown): unknown =>
    (read(`a:\n  - b: ${quoted('yaml', value)}\n    c: 1\n`) as { a: { b: unknown }[] }).a[0]?.b;
  const keyBack = (value: string): unknown =>
    Object.keys((read(`a:\n  ${quoted('yaml', value)}: 1\n`) as { a: object }).a)[0];
  const composeBack = (value: unknown): unknown => {
    const found = (read(`x:\n  - ${quoted('compose', value)}\n`) as { x: unknown[] }).x[0];
    return typeof found === 'string' ? interpolate(found) : found;
  };

  it.each([
    [
      '',
      ' ',
      '1',
      '1.0',
      '0x1f',
      '0b1',
      '0b101',
      '1_000',
      '017',
      '1e3',
      'e1',
      'E+0',
      '12:30:45',
      '2024-01-01',
    ],
    ['yes', 'no', 'on', 'Off', 'y', 'true', 'null', '~', '.inf', '=', '<<', 'null '],
    ['- a', '-', '? a', '*a', '&a', '!a', '@x', '%x', '`x`', '| a', 'a: b', 'a #b', 'a:', '{', '['],
    [TORTURE, 'a\nb', 'a\n"b"', '"a"\n', "it's\n'so'", 'a\r\nb', '\ta', 'a\\\nb'],
  ])('%j, … are the text they were, as a value and as a key', (...values) => {
    for (const value of values) {
      expect(yamlBack(value)).toBe(value);
      expect(composeBack(value)).toBe(value);
      expect(keyBack(value)).toBe(value);
    }
  });

  it.each(['$HOME', '${HOME:-x}', '$$', '$', 'a$1', '$$$'])(
    '%j reaches the container as it is',
    (value) => {
      expect(composeBack(value)).toBe(value);
    },
  );

  it.each([5, 0.5, true, false, 0])('%j keeps its type', (value) => {
    expect([yamlBack(value), composeBack(value)]).toEqual([value, value]);
  });

  it('any text reads back, on one line, from either', () => {
    fc.assert(
      fc.property(fc.oneof(text, yamlTraps), (value) => {
        expect(yamlBack(value)).toBe(value);
        expect(composeBack(value)).toBe(value);
        for (const helper of ['yaml', 'compose'])
          expect(quoted(helper, value)).not.toMatch(/[\n\r]/);
      }),
      { numRuns: 300 },
    );
  });

  it('any text of one line is a key', () => {
    fc.assert(
      fc.property(
        oneLine.filter((value) => value !== '__proto__'),
        (value) => {
          expect(keyBack(value)).toBe(value);
        },
      ),
    );
  });
});

describe('for people', () => {
  it.each([
    'factsway.example.com',
    'always',
    '--max-old-space-size=148',
    './config/services:/factsway:ro',
    '/tmp:size=67108864,mode=1777,uid=10001,gid=10001,nosuid,nodev,noexec',
    'http://records-service:3001',
    'registry.example.com/factsway/edge:debian-13',
  ])('%s stays as a person would write it', (value) => {
    expect(quoted('yaml', value)).toBe(value);
    expect(quoted('compose', value)).toBe(value);
  });

  it('dollars are doubled for Compose, and numbers left alone', () => {
    expect(quoted('compose', 'a$b')).toBe('"a$$b"');
    expect(quoted('compose', 1.5)).toBe('1.5');
  });
});

it.each(['\u007f', '\u0085', '\u2028', '\ufeff'])(
  'a character some parser calls unprintable is written as an escape (%j)',
  (character) => {
    const written = quoted('yaml', `a${character}b`);
    expect(written).toMatch(/^"a\\u[0-9a-f]{4}b"$/);
    expect(JSON.parse(written)).toBe(`a${character}b`);
  },
);
