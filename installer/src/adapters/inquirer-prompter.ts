import { FactswayError } from '../model/errors.ts';
import type { Prompter } from '../ports/prompter.ts';

/** Questions on the terminal. inquirer is loaded with the first question: most runs never ask one. */
export const terminalPrompter: Prompter = {
  interactive: true,
  async confirm(message, defaultAnswer) {
    const { default: inquirer } = await import('inquirer');
    try {
      const { answer } = await inquirer.createPromptModule({ output: process.stderr })<{
        answer: boolean;
      }>([{ type: 'confirm', name: 'answer', message, default: defaultAnswer }]);
      return answer;
    } catch (error) {
      if ((error as Error).name === 'ExitPromptError')
        throw new FactswayError(
          'FW-CANCELLED',
          'Interrupted at the question; nothing was changed.',
          'Run the command again when you are ready.',
        );
      throw error;
    }
  },
};

/** Nobody is there to answer: silence is never a yes. */
export const silentPrompter: Prompter = {
  interactive: false,
  confirm: () =>
    Promise.reject(
      new FactswayError(
        'FW-NOT-CONFIRMED',
        'This changes the system and nobody is there to confirm it.',
        'Look at the plan with --dry-run, then give your consent with --yes',
      ),
    ),
};
