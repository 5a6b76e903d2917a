import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeEdit, toOtherSlot } from './merge-edit.ts';

const text = fc
  .array(fc.constantFrom('', 'a', 'b', 'c', '  d: 1', 'records-service-a', '}'), { maxLength: 30 })
  .map((lines) => lines.join('\n'));
const BASE = ['one', 'two', 'three', 'four', 'five', 'six', ''].join('\n');

describe('a merge', () => {
  it('is the edit where we have nothing new, whatever it is', () => {
    fc.assert(
      fc.property(text, text, (base, mine) => {
        expect(mergeEdit('f', { base, text: mine }, base)).toEqual({ text: mine });
      }),
    );
  });

  it('is the rendering where nobody edited', () => {
    fc.assert(
      fc.property(text, text, (base, theirs) => {
        expect(mergeEdit('f', { base, text: base }, theirs)).toEqual({ text: theirs });
      }),
    );
  });

  it('of both alike is that, and done again from there changes nothing', () => {
    fc.assert(
      fc.property(text, text, text, (base, mine, theirs) => {
        expect(mergeEdit('f', { base, text: theirs }, theirs)).toEqual({ text: theirs });
        const merged = mergeEdit('f', { base, text: mine }, theirs);
        if ('text' in merged)
          expect(mergeEdit('f', { base: theirs, text: merged.text }, theirs)).toEqual(merged);
      }),
    );
  });

  it('has both changes where they are apart, line ends of the last line included', () => {
    const edit = { base: BASE, text: BASE.replace('two', 'TWO') };
    expect(mergeEdit('f', edit, BASE.replace('six', 'SIX'))).toEqual({
      text: BASE.replace('two', 'TWO').replace('six', 'SIX'),
    });
    expect(mergeEdit('f', edit, `new\n${BASE}`)).toEqual({
      text: `new\n${BASE.replace('two', 'TWO')}`,
    });
  });

  it('of the same line says where it is, in the file as it is on disk', () => {
    const edit = { base: BASE, text: `mine\n${BASE.replace('four', 'mine')}` };
    expect(mergeEdit('config/f', edit, BASE.replace('four', 'theirs'))).toEqual({
      conflicts: ['config/f:5: edited by hand, and the new rendering changes the same lines'],
    });
  });

  it.each([
    ['f.json', '{\n"a": 1\n}', '{\n"a": 1\n', '\n{\n"a": 1\n}', 'not JSON'],
    [
      'f.yaml',
      'a: 1\nb: 2\nc: 3',
      'a: 1\nb: 2\nc: 3\na: 2',
      '# x\na: 1\nb: 2\nc: 3',
      'not YAML (line 5)',
    ],
    ['f', 'a\nb\nc', 'a\nb\n\uFFFD', 'x\na\nb\nc', 'not in UTF-8'],
  ])('of %s that would not be read is a conflict', (path, base, mine, theirs, why) => {
    const merged = mergeEdit(path, { base, text: mine }, theirs);
    expect(JSON.stringify(merged)).toContain(why);
  });

  it('needs the rendering the edit was made in', () => {
    expect(mergeEdit('f', { text: 'mine' }, 'theirs')).toEqual({
      conflicts: ['f: what was rendered there before is not known any more'],
    });
  });
});

describe('an edit of the other slot', () => {
  const of = (slot: string): string =>
    `# slot ${slot}\nservices:\n  records-service-${slot}:\n    networks:\n      app-${slot}:\n    image: x\n    init: true\n    end: 1\n`;

  it('is carried over with the names of this one, and comes back to the byte', () => {
    const mine = of('a').replace(
      '    image: x\n',
      '    image: x\n    labels: [records-service-a, my-a]\n',
    );
    const there = toOtherSlot({ base: of('a'), text: mine }, of('b'), 'b');
    expect(there.base).toBe(of('b'));
    const merged = mergeEdit('f', there, of('b'));
    const expected = of('b').replace(
      'image: x\n',
      'image: x\n    labels: [records-service-b, my-a]\n',
    );
    expect(merged).toEqual({ text: expected });
    const back = toOtherSlot({ base: of('b'), text: expected }, of('a'), 'a');
    expect(mergeEdit('f', back, of('a'))).toEqual({ text: mine });
  });

  it('leaves every line nobody edited to the rendering, whatever the names are', () => {
    const base = of('a').replace('end: 1', 'end: other-a');
    const there = toOtherSlot({ base, text: base.replace('image: x', 'image: y') }, of('b'), 'b');
    expect(mergeEdit('f', there, of('b'))).toEqual({
      text: of('b').replace('image: x', 'image: y'),
    });
  });
});
