import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { ChoicePrompt, Prompter, TextPrompt } from '../ports/prompter.ts';
import { cancelled, type PrompterOptions } from './inquirer-prompter.ts';
import { blockOf } from './prompts/look.ts';

/** What is typed to go back: no word of any answer. */
const BACK = '<';

/**
 * Questions one line at a time, with no cursor movement and nothing that is drawn twice: for screen readers,
 * terminals that are none (TERM=dumb), and --plain.
 */
export function linePrompter({ input, output, look, signal }: PrompterOptions): Prompter {
  const say = (text: string): void => {
    output.write(`${text}\n`);
  };
  const read = (question: string, secret = false): Promise<string> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelled());
        return;
      }
      // Only a raw terminal echoes nothing; what readline would echo goes nowhere.
      const silent = new Writable({
        write: (_chunk, _encoding, done) => {
          done();
        },
      });
      const rl = createInterface(
        secret ? { input, output: silent, terminal: true } : { input, output, terminal: false },
      );
      let line: string | undefined;
      const stop = (): void => {
        rl.close();
      };
      signal.addEventListener('abort', stop);
      rl.on('SIGINT', stop);
      rl.once('line', (text) => {
        line = text;
        rl.close();
      });
      rl.once('close', () => {
        signal.removeEventListener('abort', stop);
        if (line === undefined || secret) say('');
        if (line === undefined) reject(cancelled());
        else resolve(line.trim());
      });
      output.write(look.plain(question));
    });
  const backHint = (back: boolean): string => (back ? `, ${BACK} goes back` : '');

  const text = async (prompt: TextPrompt): Promise<string | undefined> => {
    const { title, lines, suggestion, secret = false, back, check, probe } = prompt;
    say(blockOf(title, lines, look));
    const offer =
      suggestion === '' || secret ? '' : `, Enter alone takes ${look.plain(suggestion)}`;
    for (;;) {
      const typed = await read(`  Type the answer${offer}${backHint(back)}: `, secret);
      if (back && typed === BACK) return undefined;
      const answer = typed === '' ? suggestion : typed;
      const wrong = check(answer) ?? (await probe?.(answer));
      if (wrong === undefined) return answer;
      say(`  ${look.wrap(`This ${wrong}.`, 2)}`);
    }
  };

  const choose = async (prompt: ChoicePrompt): Promise<string | undefined> => {
    const { title, lines, choices, marked, back } = prompt;
    const numbered = choices.map(
      ({ label, explanation }, index) =>
        `${index + 1}  ${label}${explanation === undefined ? '' : `: ${explanation}`}`,
    );
    say(blockOf(title, [...lines, ...numbered], look));
    const preset = choices.findIndex(({ value }) => value === marked) + 1;
    for (;;) {
      const offer = preset > 0 ? `, Enter alone takes ${preset}` : '';
      const typed = await read(`  Type a number${offer}${backHint(back)}: `);
      if (back && typed === BACK) return undefined;
      const chosen = choices[(typed === '' ? preset : Number(typed)) - 1];
      if (chosen) return chosen.value;
      say(`  This must be a number from 1 to ${choices.length}.`);
    }
  };

  return {
    interactive: true,
    text,
    choose,
    async confirm(question, defaultAnswer) {
      for (;;) {
        const typed = await read(`\n${question} Type yes or no: `);
        const word = typed.toLowerCase();
        if (word === '') return defaultAnswer;
        if ('yes'.startsWith(word)) return true;
        if ('no'.startsWith(word)) return false;
      }
    },
    // What was typed still stands there.
    answered: () => undefined,
    show(title, lines) {
      say(blockOf(title, lines, look));
    },
  };
}
