import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ONE_LINE, oneLine, quoted, render, text, TORTURE } from '../../../test/fakes/texts.ts';
import { TemplateEngine, TemplateError } from './template-engine.ts';

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

  it('refuses a final backslash, which would take the closing quote with it', () => {
    expect(() => quoted('env', 'a b\\')).toThrow(TemplateError);
    expect(quoted('env', 'a\\b')).toBe(String.raw`'a\b'`);
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
