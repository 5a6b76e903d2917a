import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { yamlTraps } from '../../../test/fakes/texts.ts';
import { applySettings, parseSetting } from './edit-config.ts';

const edit = (text: string, ...settings: string[]): string =>
  applySettings(text, settings.flatMap(parseSetting), 'factsway.yaml');

describe('a key is set where it stands', () => {
  it.each([
    ['a comment of an empty section', 'host: # ours', 'host: # ours\n  cores: 4'],
    ['an empty section', 'host:', 'host:\n  cores: 4'],
    ['notes in an empty section', 'host:\n  # notes', 'host:\n  cores: 4\n  # notes'],
    ['an empty value', 'host:\n  cores:   # ?', 'host:\n  cores: 4   # ?'],
    ['a null', 'host: ~ # none', 'host: # none\n  cores: 4'],
    ['a plain value in place of a section', 'host: 5 # five', 'host: # five\n  cores: 4'],
    ['a value on the next line', 'host:\n  cores: # a\n    2 # b', 'host:\n  cores: 4 # a # b'],
    ['braces', 'host: {cores: 2, name: a} # b', 'host: {cores: 4, name: a} # b'],
    ['empty braces', 'host: {} # b', 'host: { cores: 4 } # b'],
    ['braces without it', 'host: { name: a }', 'host: { name: a, cores: 4 }'],
    ['braces over lines', 'host: {\n  name: a, # b\n}', 'host: {\n  name: a, cores: 4, # b\n}'],
    ['braces in braces', '{ host: {name: a} }', '{ host: {name: a, cores: 4} }'],
    ['an indentation of four', 'a:\n    b: 1', 'a:\n    b: 1\nhost:\n    cores: 4'],
    [
      'a section that goes on below a comment',
      'host:\n  a: 1\n  # c\n\n  b: 2',
      'host:\n  a: 1\n  # c\n\n  b: 2\n  cores: 4',
    ],
    [
      'a comment after the section',
      'host:\n  a: 1 # b\n\n# c\nd: 1',
      'host:\n  a: 1 # b\n  cores: 4\n\n# c\nd: 1',
    ],
    ['an anchor nobody uses', 'host:\n  cores: &c 2 # b', 'host:\n  cores: &c 4 # b'],
    ['an alias', 'a: &c 2\nhost: { cores: *c }', 'a: &c 2\nhost: { cores: 4 }'],
    ['a quoted key', '"host":\n  \'cores\':  2', '"host":\n  \'cores\':  4'],
    ['a document mark', '--- # a\nhost:\n  cores: 2\n...', '--- # a\nhost:\n  cores: 4\n...'],
  ])('and %s keeps the rest', (_, before, after) => {
    expect(edit(`${before}\n`, 'host.cores=4')).toBe(`${after}\n`);
  });

  it.each(['', '# only a comment', '\n\n# a\n\n', '---\n'])('%j gets its first', (text) => {
    const edited = edit(text, 'host.cores=4');
    expect(edited.startsWith(text)).toBe(true);
    expect(edited.slice(text.length).trimStart()).toBe('host:\n  cores: 4\n');
  });

  it.each([
    ['"1.0.0"', '1.1.0', '"1.1.0"'],
    ["'1.0.0'", '1.1.0', "'1.1.0'"],
    ['1.0.0', '1.1.0', '1.1.0'],
    ['"a"', '5', '5'],
    ['>-\n  folded\n  text', 'b', 'b'],
    ['|\n  kept\n', 'b', 'b\n'],
    ['"two\n  lines"', 'b', '"b"'],
    ['plain\n  lines', 'b', 'b'],
  ])('%s becomes %s as %s', (before, value, after) => {
    expect(edit(`a: ${before}\nz: 1\n`, `a=${value}`)).toBe(`a: ${after}\nz: 1\n`);
  });

  it('a section that is emptied keeps the comment beside it', () => {
    const text = 'a:\n  b: # c\n    d: 1\n    # e\n    f: 2\n# g\nh: 1\n';
    expect(edit(text, 'a.b={}')).toBe('a:\n  b: {} # c\n# g\nh: 1\n');
  });

  it('in a file from Windows, lines end as they did and the byte order mark stays', () => {
    const text = '\uFEFFhost:\r\n  name: a\r\n\r\nb: 1\r\n';
    expect(edit(text, 'host.cores=4', 'b=2', 'c=3')).toBe(
      '\uFEFFhost:\r\n  name: a\r\n  cores: 4\r\n\r\nb: 2\r\nc: 3\r\n',
    );
  });

  it('in a file whose last line does not end', () => {
    expect(edit('host:\n  name: a', 'host.cores=4')).toBe('host:\n  name: a\n  cores: 4\n');
    expect(edit('host: # a', 'host.cores=4')).toBe('host: # a\n  cores: 4\n');
  });
});

describe('what other keys say never changes', () => {
  it.each([
    ['a value other keys point to', 'edge: { httpPort: &p 80 }\nother: *p\n'],
    ['a section other keys point to', 'edge: &e\n  httpPort: 80\nother: *e\n'],
    ['a section that is only pointed to', 'other: &e { httpPort: 80, bind: a }\nedge: *e\n'],
  ])('%s is left alone', (_, text) => {
    const error = errorOf(() => edit(text, 'edge.httpPort=81'));
    expect([error.code, error.exitCode]).toEqual(['FW-CONFIG-NOT-EDITABLE', 2]);
    expect(error.message).toContain('factsway.yaml: edge.httpPort cannot be set');
    expect(error.message).toContain('an alias (*)');
    expect(error.hint).toBe('Set edge.httpPort in factsway.yaml by hand; nothing was changed.');
  });

  it('and what cannot be told apart is refused', () => {
    const error = errorOf(() => edit('? edge\n: ? httpPort\n  : 80\n', 'edge.bind=a'));
    expect(error.code).toBe('FW-CONFIG-NOT-EDITABLE');
    expect(error.message).not.toContain('alias');
  });
});

/** A section of a file as a person may have written it: odd spaces, comments and quotes anywhere they may be. */
const comment = fc.constantFrom('', ' # c', '   # "x: y" & *z');
const blank = fc.constantFrom('', '\n', '\n  # a note\n', '# at the margin\n', '\n\n');
const written = fc.constantFrom(
  '1',
  '0x1f',
  'plain',
  'two words',
  '"q # q"',
  "'it''s'",
  '~',
  '',
  '[1, 2]',
  '&a 3',
  'http://a:1/#b',
);
const section = (name: string): fc.Arbitrary<string> =>
  fc
    .record({
      indent: fc.constantFrom(1, 2, 3, 4, 7),
      spaces: fc.constantFrom(' ', '  ', '\t'),
      keys: fc.uniqueArray(fc.constantFrom('k', 'l', 'm', 'n'), { minLength: 1 }),
      values: fc.array(fc.tuple(written, comment, blank), { minLength: 4, maxLength: 4 }),
      head: comment,
      flow: fc.boolean(),
    })
    .map(({ indent, spaces, keys, values, head, flow }) => {
      const pairs = keys.map((key, index) => [key, ...(values[index] ?? ['', '', ''])] as const);
      if (flow)
        return `${name}: {${spaces}${pairs.map(([key, value]) => `${key}:${spaces}${value.replace(/^&a /, '')}`).join(' , ')} }${head}\n`;
      const lines = pairs.map(
        ([key, value, note, after]) =>
          `${' '.repeat(indent)}${key}:${spaces}${value.replace('&a', `&${name}${key}`)}${note}\n${after}`,
      );
      return `${name}:${head}\n${lines.join('')}`;
    });
const file = fc
  .tuple(blank, section('a'), blank, section('b'), blank)
  .map((parts) => parts.join(''));
const path = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('k', 'l', 'm', 'n', 'o'));
const value = fc.oneof(fc.integer(), fc.boolean(), fc.string(), yamlTraps);

type Sections = Record<string, Record<string, unknown> | null>;

describe('whatever a person wrote', () => {
  it('means afterwards what it meant before, with the one key changed', () => {
    fc.assert(
      fc.property(file, path, value, (text, [name, key], wanted) => {
        const before = parse(text) as Sections;
        const edited = applySettings(text, [{ path: [name, key], value: wanted }], 'f');
        expect(parse(edited)).toEqual({ ...before, [name]: { ...before[name], [key]: wanted } });
      }),
      { numRuns: 500 },
    );
  });

  it('is kept to the byte on both sides of one place', () => {
    fc.assert(
      fc.property(file, path, fc.integer({ min: 1000, max: 9999 }), (text, [name, key], wanted) => {
        const before = parse(text) as Sections;
        const edited = applySettings(text, [{ path: [name, key], value: wanted }], 'f');
        let same = 0;
        while (same < text.length && text[same] === edited[same]) same += 1;
        let after = 0;
        while (after < text.length - same && text.at(-1 - after) === edited.at(-1 - after))
          after += 1;
        const lost = text.slice(same, text.length - after);
        // Nothing is lost where the key was not there, and no more than its value where it was.
        const had = before[name]?.[key];
        expect(lost.replace(/q # q|\/#b/, '')).not.toMatch(/[\n#]/);
        if (had === undefined || had === null) expect(lost.replace('~', '')).toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('is the very same text when the value is there already', () => {
    fc.assert(
      fc.property(file, (text) => {
        const settings = Object.entries(parse(text) as Sections).flatMap(([name, keys]) =>
          Object.entries(keys ?? {}).map(([key, child]) => ({ path: [name, key], value: child })),
        );
        expect(applySettings(text, settings, 'f')).toBe(text);
      }),
    );
  });

  it('is followed by any number of changes, of which the last counts', () => {
    fc.assert(
      fc.property(file, fc.array(fc.tuple(path, value), { maxLength: 6 }), (text, changes) => {
        const settings = changes.map(([at, wanted]) => ({ path: at, value: wanted }));
        const expected = structuredClone(parse(text) as Sections);
        for (const [[name, key], wanted] of changes)
          expected[name] = { ...expected[name], [key]: wanted };
        expect(parse(applySettings(text, settings, 'f'))).toEqual(expected);
      }),
    );
  });

  it('may be written by the library as well', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b'), value),
        path,
        value,
        (data, [, key], wanted) => {
          const edited = applySettings(
            stringify({ s: data }),
            [{ path: ['s', key], value: wanted }],
            'f',
          );
          expect(parse(edited)).toEqual({ s: { ...data, [key]: wanted } });
        },
      ),
    );
  });
});
