import { FactswayError } from '../model/errors.ts';
import type { Prompter } from '../ports/prompter.ts';

/** Questions on the terminal. inquirer is loaded with the first question: most runs never ask one. */
export const terminalPrompter: Prompter = {
  interactive: true,
  async confirm(message, defaultAnswer) {
    const { default: inquirer } = await import('inquirer');
    const ask = inquirer.createPromptModule({ output: process.stderr });
    const { answer } = await answered(
      ask<{ answer: boolean }>([
        { type: 'confirm', name: 'answer', message, default: defaultAnswer },
      ]),
    );
    return answer;
  },
  async text({ title, lines, suggestion, check }) {
    const { default: inquirer } = await import('inquirer');
    const ask = inquirer.createPromptModule({ output: process.stderr });
    for (const line of lines) process.stderr.write(`${line}\n`);
    const { answer } = await answered(
      ask<{ answer: string }>([
        {
          type: 'input',
          name: 'answer',
          message: `${title}:`,
          ...(suggestion === '' ? {} : { default: suggestion }),
          validate: (text: string) => check(text) ?? true,
        },
      ]),
    );
    return answer;
  },
};

async function answered<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if ((error as Error).name === 'ExitPromptError')
      throw new FactswayError(
        'FW-CANCELLED',
        'Interrupted at the question; nothing was changed.',
        'Run the command again when you are ready.',
      );
    throw error;
  }
}

const nobody = (): Promise<never> =>
  Promise.reject(
    new FactswayError(
      'FW-NOT-CONFIRMED',
      'This changes the system and nobody is there to confirm it.',
      'Look at the plan with --dry-run, then give your consent with --yes',
    ),
  );

/** Nobody is there to answer: silence is never a yes. */
export const silentPrompter: Prompter = {
  interactive: false,
  confirm: nobody,
  text: nobody,
};
