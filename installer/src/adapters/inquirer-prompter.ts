import { emitKeypressEvents, type Interface } from 'node:readline';
import { FactswayError } from '../model/errors.ts';
import type { ChoicePrompt, Prompter, TextPrompt } from '../ports/prompter.ts';
import { blockOf, type Look } from './prompts/look.ts';

export type PrompterOptions = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly look: Look;
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal;
};

/** Below a choice: a blank line, the explanation, the keys, and where the cursor ends. */
const BELOW_CHOICES = 4;
/** How long Esc may be the beginning of an arrow key; Node.js waits half a second, which is felt. */
const ESCAPE_MS = 100;

type Key = { readonly name?: string; readonly ctrl?: boolean };
/** What inquirer wants to know beside the question. */
type Context = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  readonly clearPromptOnDone: boolean;
};

export function cancelled(): FactswayError {
  return new FactswayError(
    'FW-CANCELLED',
    'Interrupted at the question; nothing was changed.',
    'Run the command again when you are ready.',
  );
}

/** Questions on a terminal that can move its cursor. inquirer is loaded with the first one: most runs ask none. */
export function inquirerPrompter({ input, output, look, signal }: PrompterOptions): Prompter {
  const { paint, marks } = look;

  /** Runs one prompt; undefined for Esc. */
  const ask = async <T>(back: boolean, run: (context: Context) => Promise<T>) => {
    // Before readline does, for it is asked only once per stream.
    emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_MS } as unknown as Interface);
    const abort = new AbortController();
    const stop = (): void => {
      abort.abort('stop');
    };
    const onKey = (_: string | undefined, key: Key): void => {
      if (back && key.name === 'escape') abort.abort('back');
      // readline closes on Ctrl-D, and inquirer would wait for ever.
      if (key.ctrl === true && key.name === 'd') stop();
    };
    signal.addEventListener('abort', stop);
    input.on('keypress', onKey).on('end', stop);
    try {
      if (signal.aborted) throw cancelled();
      // An answered question becomes one line, one that was left by Esc leaves none.
      return await run({ input, output, signal: abort.signal, clearPromptOnDone: true });
    } catch (error) {
      const { name } = error as Error;
      if (name === 'AbortPromptError' && abort.signal.reason === 'back') return undefined;
      if (name === 'AbortPromptError' || name === 'ExitPromptError') throw cancelled();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      input.removeListener('keypress', onKey).removeListener('end', stop);
    }
  };
  const answered = (title: string, answer: string): void => {
    output.write(
      `${paint.green(marks.done)} ${look.plain(title)}  ${paint.cyan(look.plain(answer))}\n`,
    );
  };
  const choose = async (prompt: ChoicePrompt): Promise<string | undefined> => {
    const message = blockOf(prompt.title, [...prompt.lines, ''], look);
    const pageSize = Math.max(4, look.rows() - message.split('\n').length - BELOW_CHOICES);
    const arrows = prompt.choices.length > pageSize ? '↑↓ choose, there are more' : '↑↓ choose';
    const value = await ask(prompt.back, async (context) => {
      const { createPromptModule } = await import('inquirer');
      const { answer } = await createPromptModule(context)<{ answer: string }>([
        {
          type: 'select',
          name: 'answer',
          message,
          choices: prompt.choices.map(({ value, label, explanation }) => ({
            value,
            name: look.plain(label),
            ...(explanation === undefined ? {} : { description: look.wrap(`  ${explanation}`, 2) }),
          })),
          default: prompt.marked,
          // What does not fit scrolls.
          pageSize,
          loop: false,
          theme: selectTheme(look, keysOf(`${arrows} · Enter accepts`, prompt.back)),
        },
      ]);
      return answer;
    });
    return value;
  };

  return {
    interactive: true,
    choose,
    answered,
    text(prompt: TextPrompt) {
      const keys = keysOf(
        prompt.suggestion === '' || prompt.secret ? 'Enter accepts' : 'Enter accepts · Tab edits',
        prompt.back,
      );
      return ask(prompt.back, async (context) => {
        const { textPrompt } = await import('./prompts/text-prompt.ts');
        return textPrompt({ ...prompt, look, keys }, context);
      });
    },
    async confirm(question, defaultAnswer) {
      const answer = await choose({
        title: question,
        lines: [],
        choices: [
          { value: 'yes', label: 'Yes' },
          { value: 'no', label: 'No' },
        ],
        marked: defaultAnswer ? 'yes' : 'no',
        back: false,
      });
      answered(question, answer === 'yes' ? 'Yes' : 'No');
      return answer === 'yes';
    },
    show(title, lines) {
      output.write(`${blockOf(title, lines, look)}\n`);
    },
  };
}

const keysOf = (keys: string, back: boolean): string =>
  `  ${keys}${back ? ' · Esc goes back' : ''} · Ctrl-C stops`;

/** inquirer's own colours ignore NO_COLOR on Node.js 20, so none of them is left in place. */
function selectTheme({ paint, marks, plain }: Look, keys: string) {
  const same = (text: string): string => text;
  return {
    // Turns the search by first letters off, which takes every key that leaves nothing typed (Ctrl-U, Home) for a
    // search for nothing, and finds the first line.
    keybindings: ['vim'] as const,
    prefix: { idle: '', done: '' },
    icon: { cursor: marks.pointer },
    style: {
      message: same,
      answer: same,
      highlight: paint.cyan,
      description: paint.dim,
      disabled: paint.dim,
      error: paint.red,
      keysHelpTip: () => paint.dim(plain(keys)),
    },
  };
}

/** Nobody is there to answer: silence is never a yes. */
export const silentPrompter: Prompter = {
  interactive: false,
  confirm: nobody,
  text: nobody,
  choose: nobody,
  answered: () => undefined,
  show: () => undefined,
};

function nobody(): Promise<never> {
  return Promise.reject(
    new FactswayError(
      'FW-NOT-CONFIRMED',
      'This changes the system and nobody is there to confirm it.',
      'Look at the plan with --dry-run, then give your consent with --yes',
    ),
  );
}
