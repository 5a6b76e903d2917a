import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { TemplateEngine, TemplateError } from './template-engine.ts';

/** The value of HOUSE "Formats" that has to survive every path. */
const TORTURE = '$:{}"\'#\n%&é`\\';
const ONE_LINE = TORTURE.replace('\n', '');

const render = (template: string, context: object): string =>
  new TemplateEngine({ 't.hbs': template }).render('t.hbs', context);
const quoted = (helper: string, x: unknown): string => render(`{{${helper} x}}`, { x });

/** Printable text with everything that has a meaning somewhere, made likely. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ...Array.from(TORTURE),
      ' ',
      '-',
      '!',
      '*',
      '=',
      '|',
      '>',
      '[',
      ',',
      '~',
      '\t',
      '$$',
      '${X}',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 20,
});
const oneLine = text.map((value) => value.replaceAll(/[\n\r]/g, ''));

describe('yaml', () => {
  const readBack = (value: unknown): unknown =>
    (parse(`a:\n  - b: ${quoted('yaml', value)}\n    c: 1\n`) as { a: { b: unknown }[] }).a[0]?.b;

  it.each([
    TORTURE,
    '',
    ' ',
    'yes',
    'null',
    '~',
    '1',
    '1.0',
    '0x1f',
    'true',
    '- a',
    'a: b',
    'a #b',
    '@x',
    '%x',
  ])('%j reads back as the text it was', (value) => {
    expect(readBack(value)).toBe(value);
  });

  it.each([5, 0.5, true, false, 0])('%j keeps its type', (value) => {
    expect(readBack(value)).toBe(value);
  });

  it('any text of one line reads back, on one line', () => {
    fc.assert(
      fc.property(oneLine, (value) => {
        expect(readBack(value)).toBe(value);
        expect(quoted('yaml', value)).not.toContain('\n');
      }),
    );
  });

  it('leaves plain words unquoted, for people', () => {
    expect(quoted('yaml', 'factsway.example.com')).toBe('factsway.example.com');
  });
});

describe('compose', () => {
  /** Compose's interpolation: `$$` is a dollar, `$NAME` and `${…}` are variables, and nobody set one. */
  const interpolate = (value: string): string =>
    value.replaceAll(/\$\$|\$\{[^}]*\}|\$[A-Za-z_]\w*/g, (match) => (match === '$$' ? '$' : ''));
  const readBack = (value: unknown): unknown => {
    const parsed: unknown = parse(`x: ${quoted('compose', value)}\n`, (_key, read: unknown) =>
      typeof read === 'string' ? interpolate(read) : read,
    );
    return (parsed as { x: unknown }).x;
  };

  it.each([TORTURE, 'a\nb', '$HOME', '${HOME:-x}', '$$', '$', 'a$1', '$$$'])(
    '%j reaches the container as it is',
    (value) => {
      expect(readBack(value)).toBe(value);
    },
  );

  it('any text of one line does', () => {
    fc.assert(
      fc.property(oneLine, (value) => {
        expect(readBack(value)).toBe(value);
      }),
    );
  });

  it('doubles dollars and leaves numbers alone', () => {
    expect(quoted('compose', 'a$b')).toBe('"a$$b"');
    expect(quoted('compose', 1.5)).toBe('1.5');
  });
});

describe('env', () => {
  /** The rules of Compose's .env for one line: single quotes are literal, \' is a quote inside them. */
  const readBack = (line: string): string =>
    line.startsWith("'") ? line.slice(1, -1).replaceAll(String.raw`\'`, "'") : line;

  it('any line without a backslash reads back', () => {
    const value = oneLine.filter((line) => !line.includes('\\'));
    fc.assert(
      fc.property(value, (line) => {
        const written = quoted('env', line);
        expect(readBack(written)).toBe(line);
        if (!written.startsWith("'")) expect(written).toMatch(/^[\w.:/@-]+$/);
        else expect(written.slice(1, -1)).not.toMatch(/(^|[^\\])'/);
      }),
    );
  });

  it('leaves plain words bare and quotes what Compose would interpolate', () => {
    expect(quoted('env', 'compose.yaml:compose.app-a.yaml')).toBe(
      'compose.yaml:compose.app-a.yaml',
    );
    expect(quoted('env', '$HOME # x')).toBe("'$HOME # x'");
    expect(quoted('env', '')).toBe("''");
  });

  it.each(['a\nb', 'a\rb'])('refuses a line break in %j', (value) => {
    expect(() => quoted('env', value)).toThrow(TemplateError);
  });
});

describe('shell', () => {
  const words = (values: readonly string[]): string[] => {
    const script = `printf '%s\\0' ${values.map((value) => quoted('shell', value)).join(' ')}`;
    return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
  };

  it('any text is one word and comes out as it went in', () => {
    // One shell for all of them: the words must not run into one another either.
    const values = fc.sample(
      text.map((value) => value.replaceAll('\0', '')),
      { numRuns: 200, seed: 7 },
    );
    expect(words([TORTURE, '', '-n', ...values])).toEqual([TORTURE, '', '-n', ...values]);
  });
});

describe('pgconf', () => {
  /** postgresql.conf: '' inside quotes is a quote; a backslash is one too, which nothing of ours holds. */
  const readBack = (literal: string): string => literal.slice(1, -1).replaceAll("''", "'");

  it('any text stays inside its quotes', () => {
    fc.assert(
      fc.property(oneLine, (value) => {
        const written = quoted('pgconf', value);
        expect(readBack(written)).toBe(value);
        expect(written).toMatch(/^'([^']|'')*'$/);
      }),
    );
  });

  it('numbers are quoted too, which PostgreSQL takes', () => {
    expect(quoted('pgconf', 80)).toBe("'80'");
  });
});

describe('caddy', () => {
  it.each([
    ['factsway.example.com', 'factsway.example.com'],
    ['/api/cases/*', '/api/cases/*'],
    ['a b', '`a b`'],
    ['"$#%&é', '`"$#%&é`'],
    ['', '``'],
  ])('%j is the token %s', (value, token) => {
    expect(quoted('caddy', value)).toBe(token);
  });

  it.each([TORTURE, ONE_LINE, 'a`b', '{env.X}', 'a}b', 'a\nb', 'a\rb'])(
    '%j cannot be a token and is refused',
    (value) => {
      expect(() => quoted('caddy', value)).toThrow(TemplateError);
    },
  );
});

describe('comment', () => {
  it('is one line, whatever is in it', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(quoted('comment', value)).not.toMatch(/[\n\r\u2028\u2029]/);
      }),
    );
    expect(quoted('comment', 'a\n  b\tc')).toBe('a b c');
  });
});

describe('a missing value', () => {
  it.each(['yaml', 'compose', 'env', 'caddy', 'shell', 'pgconf', 'comment'])(
    'is an error of {{%s}}',
    (helper) => {
      expect(() => render(`{{${helper} x}}`, {})).toThrow();
      expect(() => render(`{{${helper} x}}`, { x: null })).toThrow(TemplateError);
      expect(() => render(`{{${helper} x}}`, { x: ['a'] })).toThrow(TemplateError);
      expect(() => render(`{{${helper} x.y}}`, { x: {} })).toThrow();
    },
  );
});

describe('an interpolation without a quoting', () => {
  it.each([
    '{{x}}',
    '{{{x}}}',
    '{{&x}}',
    '{{ x }}',
    '{{~x~}}',
    '{{\nx\n}}',
    '{{yaml}}',
    '{{eq x x}}',
    '{{lookup x y}}',
    '{{this}}',
    '{{../x}}',
    '{{x.yaml}}',
    '{{#if x}}{{x}}{{/if}}',
    '{{^x}}a{{/x}}',
    '{{log x}}',
    '{{toString x}}',
  ])('%j is refused', (template) => {
    expect(() => render(template, { x: 'a', y: 'b' })).toThrow(/is not quoted for its format/);
  });

  it('is refused in a partial too, before anything is rendered', () => {
    expect(() => new TemplateEngine({ 'a/partials/p.hbs': '{{x}}' })).toThrow(TemplateError);
  });

  it.each([
    ['{{! x }}a', 'a'],
    ['{{#if x}}{{yaml x}}{{else}}no{{/if}}', 'v'],
    ['{{#each list}}{{yaml this}},{{/each}}', '1,2,'],
    ['{{#if (eq x "v")}}same{{/if}}', 'same'],
    ['{{{yaml x}}}', 'v'],
  ])('%j is none', (template, result) => {
    expect(render(template, { x: 'v', list: [1, 2] })).toBe(result);
  });
});

describe('the engine', () => {
  const engine = new TemplateEngine({
    'a/one.hbs': '[{{> part}}]',
    'a/partials/part.hbs': '{{yaml x}}',
    'b/two.txt': 'as it is {{x}}',
  });

  it('knows its templates by path, partials left out', () => {
    expect(engine.paths('a/')).toEqual(['a/one.hbs']);
    expect(engine.render('a/one.hbs', { x: '<&>' })).toBe('["<&>"]');
  });

  it('gives other files of the package as they are, and says what the package lacks', () => {
    expect(engine.source('b/two.txt')).toBe('as it is {{x}}');
    expect(() => engine.source('b/three.txt')).toThrow('the package lacks b/three.txt');
  });
});
