import { createColors } from 'picocolors';
import wrapAnsi from 'wrap-ansi';

/** How questions are drawn: with colours or without, with the characters this terminal has. */
export type Look = {
  readonly paint: ReturnType<typeof createColors>;
  readonly marks: { readonly pointer: string; readonly done: string; readonly wrong: string };
  /** Text in the characters the terminal has. */
  readonly plain: (text: string) => string;
  /** The same, broken at spaces to fit, continued `indent` columns further in. */
  readonly wrap: (text: string, indent: number) => string;
  /** How many lines fit on the screen. */
  readonly rows: () => number;
};

/** A terminal that does not tell its size has that of all terminals. */
const USUAL = { columns: 80, rows: 24 };
type Size = { readonly columns?: number; readonly rows?: number };
const known = (found: number | undefined, usual: number): number =>
  found === undefined || found === 0 ? usual : found;

/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST = 100;

const ASCII: readonly (readonly [string, string])[] = [
  ['…', '...'],
  ['·', '-'],
  ['–', '-'],
  ['→', '->'],
  ['↑↓', 'Up/Down'],
  ['×', 'x'],
  ['“', '"'],
  ['”', '"'],
];

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether characters beyond ASCII arrive as such: what the locale says (locale(7)), and not the kernel's console. */
export function hasUnicode(environment: Environment): boolean {
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG']
    .map((name) => environment[name] ?? '')
    .find(Boolean);
  return /utf-?8/i.test(locale ?? '') && environment['TERM'] !== 'linux';
}

/** `size` is asked again each time: windows are resized. */
export function lookOf(color: boolean, unicode: boolean, size: () => Size): Look {
  const plain = (text: string): string =>
    unicode ? text : ASCII.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  return {
    paint: createColors(color),
    marks: unicode
      ? { pointer: '❯', done: '✓', wrong: '✗' }
      : { pointer: '>', done: '*', wrong: '!' },
    plain,
    wrap: (text, indent) => {
      const width = Math.min(known(size().columns, USUAL.columns), WIDEST) - 1 - indent;
      if (width < 20) return plain(text);
      return wrapAnsi(plain(text), width, { trim: false, hard: false })
        .split('\n')
        .map((line, index) => (index === 0 ? line : `${' '.repeat(indent)}${line.trimStart()}`))
        .join('\n');
    },
    rows: () => known(size().rows, USUAL.rows),
  };
}

/** Longer beginnings are no names. */
const LONGEST_NAME = 16;

/** Where the text of a row begins whose name stands before it, two spaces apart. */
function hanging(line: string): number {
  const begins = /^\S*(?: \S+)* {2,}/.exec(line)?.[0].length ?? 0;
  return begins > LONGEST_NAME ? 0 : begins;
}

/** A heading and what it says, as one block of text. */
export function blockOf(title: string, lines: readonly string[], look: Look): string {
  const body = lines.map((line) => {
    const name = line.slice(0, hanging(line));
    return line === '' ? '' : `  ${name}${look.wrap(line.slice(name.length), 2 + name.length)}`;
  });
  return ['', look.paint.bold(look.plain(title)), ...body].join('\n');
}
