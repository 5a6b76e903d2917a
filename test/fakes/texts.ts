import fc from 'fast-check';
import { TemplateEngine } from '../../installer/src/render/template-engine.ts';

/** The value of HOUSE "Formats" that has to survive every path. */
export const TORTURE = '$:{}"\'#\n%&é`\\';
export const ONE_LINE = TORTURE.replace('\n', '');

export const render = (template: string, context: object): string =>
  new TemplateEngine({ 't.hbs': template }).render('t.hbs', context);
export const quoted = (helper: string, x: unknown): string => render(`{{${helper} x}}`, { x });

/** Printable text with everything that has a meaning somewhere, made likely. */
export const text = fc.string({
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
export const oneLine = text.map((value) => value.replaceAll(/[\n\r]/g, ''));

/** What some version or parser of YAML takes for something else than text, or for syntax. */
export const yamlTraps = fc.oneof(
  fc.constantFrom(
    'yes',
    'No',
    'ON',
    'off',
    'y',
    'N',
    'null',
    'NULL',
    '~',
    '.inf',
    '.NaN',
    '<<',
    '=',
  ),
  fc.constantFrom(
    '1_000',
    '0b1',
    '0o7',
    '0x1f',
    '017',
    '+1',
    '-1',
    '1.',
    '.5',
    '1e3',
    '1:30',
    '1,000',
  ),
  fc.constantFrom(
    '2024-01-01',
    '2024-01-01T10:00:00Z',
    '2024-1-1 1:00:00',
    '12:30:45',
    '190:20:30.15',
  ),
  fc.constantFrom(
    '-',
    '?',
    ':',
    '---',
    '...',
    '- a',
    '? a',
    ': a',
    'a:',
    'a: b',
    'a #b',
    '#a',
    '%a',
  ),
  fc
    .tuple(fc.constantFrom('*', '&', '!', '-', '?', '@', '`', '|', '>', '[', '{', '"', "'"), text)
    .map(([first, more]) => first + more),
  fc
    .tuple(text, fc.constantFrom('\n', '\r\n', '\n\n', '\n  ', '\n"', '"\n', "'\n", '\\\n'), text)
    .map((parts) => parts.join('')),
  fc.stringMatching(/^[-+.0-9_:eExXob]{1,10}$/),
);
