import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import type { ChoicePrompt, Prompter, TextPrompt } from '../ports/prompter.ts';
import { choosePrompter } from './choose-prompter.ts';
import { inquirerPrompter } from './inquirer-prompter.ts';
import { linePrompter } from './line-prompter.ts';
import { hasUnicode, lookOf } from './prompts/look.ts';

const KEYS = {
  enter: '\r',
  esc: '\u001b',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  down: '\u001b[B',
  tab: '\t',
};
const COLOR = /\u001b\[[0-9;]*m/;

/** A person at a terminal of 80×24: what they see, and keys pressed once a text is on the screen. */
function terminal(make: typeof inquirerPrompter, color = false, unicode = true) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  // stderr is never ended by what is piped into it.
  output.end = () => output;
  const abort = new AbortController();
  let raw = '';
  output.on('data', (chunk: Buffer) => {
    raw += chunk.toString();
  });
  const look = lookOf(color, unicode, () => ({ columns: 80, rows: 24 }));
  const prompter: Prompter = make({ input, output, look, signal: abort.signal });
  const seen = (): string => stripVTControlCharacters(raw);
  const press = async (after: string, ...keys: readonly string[]): Promise<void> => {
    await expect.poll(seen, { timeout: 3000 }).toContain(after);
    for (const key of keys) input.write(key);
  };
  return { prompter, press, seen, raw: () => raw, input, abort };
}

const NAME: TextPrompt = {
  title: '1 of 6 · Name',
  lines: ['What people type.'],
  suggestion: 'server1',
  back: true,
  check: (text) => (text.includes(' ') ? 'must be a DNS name' : undefined),
};
const SOURCE: ChoicePrompt = {
  title: 'Source',
  lines: ['Where from.'],
  choices: [
    { value: 'upstream', label: 'Download', explanation: 'Needs the internet.' },
    { value: 'debian', label: 'Built here' },
  ],
  marked: 'upstream',
  back: true,
};

describe('questions on a terminal', () => {
  it('Enter alone takes the suggestion', async () => {
    const { prompter, press } = terminal(inquirerPrompter);
    const answer = prompter.text(NAME);
    await press('(server1)', KEYS.enter);
    expect(await answer).toBe('server1');
  });

  it('judge while a word is typed, refuse it on Enter, and let it be mended', async () => {
    const { prompter, press, seen } = terminal(inquirerPrompter);
    const answer = prompter.text(NAME);
    await press('(server1)', 'a', ' ', 'b');
    await press('  must be a DNS name', KEYS.enter);
    await press('✗ must be a DNS name', '\u007f', '\u007f', KEYS.enter);
    expect(await answer).toBe('a');
    expect(seen()).toContain('Enter accepts · Tab edits · Esc goes back · Ctrl-C stops');
  });

  it('Tab puts the suggestion there to be edited', async () => {
    const { prompter, press } = terminal(inquirerPrompter);
    const answer = prompter.text(NAME);
    await press('(server1)', KEYS.tab, '2', KEYS.enter);
    expect(await answer).toBe('server12');
  });

  it('ask the machine on Enter only, once the text is good', async () => {
    const probed: string[] = [];
    const { prompter, press } = terminal(inquirerPrompter);
    const probe = async (text: string): Promise<string | undefined> => {
      probed.push(text);
      return text === '80' ? 'is taken' : undefined;
    };
    const answer = prompter.text({ ...NAME, suggestion: '80', probe });
    await press('(80)', KEYS.enter);
    await press('✗ is taken', '8', '1', KEYS.enter);
    expect(await answer).toBe('81');
    expect(probed).toEqual(['80', '81']);
  });

  it('Esc goes back where there is a way back, and is no answer where there is none', async () => {
    const { prompter, press, seen } = terminal(inquirerPrompter);
    const text = prompter.text(NAME);
    await press('(server1)', KEYS.esc);
    expect(await text).toBeUndefined();
    const choice = prompter.choose(SOURCE);
    await press('Needs the internet.', KEYS.esc);
    expect(await choice).toBeUndefined();
    const first = prompter.text({ ...NAME, title: 'First', back: false });
    await press('First', KEYS.esc);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await press('First', KEYS.enter);
    expect(await first).toBe('server1');
    expect(seen().split('First').at(-1)).not.toContain('Esc');
  });

  it.each([
    ['Ctrl-C', KEYS.ctrlC],
    ['Ctrl-D', KEYS.ctrlD],
  ])('%s ends them, whatever is asked', async (_name, key) => {
    for (const ask of [
      (prompter: Prompter) => prompter.text(NAME),
      (prompter: Prompter) => prompter.choose(SOURCE),
      (prompter: Prompter) => prompter.confirm('1 of 6 Source: Carry out Name?', true),
    ]) {
      const { prompter, press } = terminal(inquirerPrompter);
      const asked = rejectionOf(ask(prompter));
      await press('Ctrl-C stops', key);
      expect((await asked).code).toBe('FW-CANCELLED');
    }
  });

  it('end with the terminal, and with the process', async () => {
    const gone = terminal(inquirerPrompter);
    const asked = rejectionOf(gone.prompter.text(NAME));
    await gone.press('(server1)');
    gone.input.end();
    expect((await asked).code).toBe('FW-CANCELLED');

    const told = terminal(inquirerPrompter);
    const stopped = rejectionOf(told.prompter.choose(SOURCE));
    await told.press('Download');
    told.abort.abort();
    expect((await stopped).code).toBe('FW-CANCELLED');
  });

  it('a choice is moved with the arrows', async () => {
    const { prompter, press } = terminal(inquirerPrompter);
    const answer = prompter.choose(SOURCE);
    await press('Needs the internet.', KEYS.down, KEYS.enter);
    expect(await answer).toBe('debian');
  });

  it.each([
    ['Ctrl-U', '\u0015'],
    ['Home', '\u001b[H'],
    ['a letter', 'D'],
  ])('%s marks no other line of a choice', async (_name, key) => {
    const { prompter, press } = terminal(inquirerPrompter);
    const answer = prompter.choose({ ...SOURCE, marked: 'debian' });
    await press('❯ Built here', key, KEYS.enter);
    expect(await answer).toBe('debian');
  });

  it('a secret is shown as stars and nowhere else', async () => {
    const { prompter, press, raw } = terminal(inquirerPrompter);
    const answer = prompter.text({ ...NAME, title: 'Password', suggestion: '', secret: true });
    await press('Password', 'hunter', '2', KEYS.enter);
    expect(await answer).toBe('hunter2');
    expect(raw()).toContain('*******');
    expect(raw()).not.toMatch(/hunter2|hu/);
  });

  it('a yes is a yes, a no a no', async () => {
    const { prompter, press } = terminal(inquirerPrompter);
    const yes = prompter.confirm('Carry out this plan?', true);
    await press('Carry out', KEYS.enter);
    expect(await yes).toBe(true);
    const no = prompter.confirm('Really?', true);
    await press('Really', KEYS.down, KEYS.enter);
    expect(await no).toBe(false);
  });

  it('have colours only where they are wanted, and ASCII where there is nothing else', async () => {
    const run = async (color: boolean, unicode: boolean): Promise<string> => {
      const { prompter, press, raw } = terminal(inquirerPrompter, color, unicode);
      prompter.show('Found', ['Memory  16 GiB']);
      const text = prompter.text(NAME);
      await press('(server1)', 'a', ' ', 'b', KEYS.enter, '\u007f', '\u007f', KEYS.enter);
      await text;
      prompter.answered('Name', 'a');
      const choice = prompter.choose(SOURCE);
      await press('Needs the internet.', KEYS.enter);
      await choice;
      return raw();
    };
    expect(await run(true, true)).toMatch(COLOR);
    expect(await run(false, true)).not.toMatch(COLOR);
    expect(await run(false, false)).toMatch(/^[\u0000-\u007f]*$/);
  });
});

describe('questions a line at a time', () => {
  it('move no cursor and draw nothing twice', async () => {
    const { prompter, press, raw } = terminal(linePrompter);
    const answer = prompter.text(NAME);
    await press('goes back: ', 'a b\n');
    await press('This must be a DNS name.', 'a\n');
    expect(await answer).toBe('a');
    expect(raw()).toBe(
      [
        '',
        '1 of 6 · Name',
        '  What people type.',
        '  Type the answer, Enter alone takes server1, < goes back:   This must be a DNS name.',
        '  Type the answer, Enter alone takes server1, < goes back: ',
      ].join('\n'),
    );
  });

  it('take the suggestion, a number, and the way back', async () => {
    const { prompter, press, seen } = terminal(linePrompter);
    const name = prompter.text(NAME);
    await press('server1', '\n');
    expect(await name).toBe('server1');
    const source = prompter.choose(SOURCE);
    await press('1  Download: Needs the internet.', '3\n');
    await press('This must be a number from 1 to 2.', '2\n');
    expect(await source).toBe('debian');
    expect(seen()).toContain('Type a number, Enter alone takes 1, < goes back:');
    const back = prompter.choose({ ...SOURCE, title: 'Again' });
    await press('Again', '<\n');
    expect(await back).toBeUndefined();
  });

  it('take yes and no in words', async () => {
    const { prompter, press } = terminal(linePrompter);
    const answer = prompter.confirm('Carry out this plan?', true);
    await press('Type yes or no', 'perhaps\n', 'n\n');
    expect(await answer).toBe(false);
  });

  it('end with Ctrl-C, which arrives as a signal, and with the terminal', async () => {
    const told = terminal(linePrompter);
    const stopped = rejectionOf(told.prompter.text(NAME));
    await told.press('server1');
    told.abort.abort();
    expect((await stopped).code).toBe('FW-CANCELLED');
    const gone = terminal(linePrompter);
    const ended = rejectionOf(gone.prompter.choose(SOURCE));
    gone.input.end();
    expect((await ended).code).toBe('FW-CANCELLED');
  });

  it('do not echo a secret', async () => {
    const { prompter, press, raw } = terminal(linePrompter);
    const answer = prompter.text({ ...NAME, title: 'Password', suggestion: '', secret: true });
    await press('Password', 'hunter2\r');
    expect(await answer).toBe('hunter2');
    expect(raw()).not.toMatch(/hunter|\*/);
  });
});

it('where nobody can be asked every question is refused', async () => {
  const nobody = choosePrompter({
    visible: false,
    plain: false,
    environment: {},
    signal: new AbortController().signal,
  });
  for (const asked of [nobody.confirm('?', true), nobody.text(NAME), nobody.choose(SOURCE)])
    expect((await rejectionOf(asked)).code).toBe('FW-NOT-CONFIRMED');
});

it.each([
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'C' }, false],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
  [{ LC_CTYPE: 'C.utf8', LANG: 'C' }, true],
  [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, false],
  [{}, false],
])('%o has characters beyond ASCII: %s', (environment, expected) => {
  expect(hasUnicode(environment)).toBe(expected);
});
