import { FactswayError } from '../../model/errors.ts';
import type { Command } from '../command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];
const isShell = (text: string | undefined): text is Shell => SHELLS.some((one) => one === text);

/** Knows every command, itself included: so it is made from their list instead of being imported into it. */
export const completionOf = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  group: 'shell',
  summary: 'print a script that completes commands in bash, zsh or fish',
  description:
    'Prints a script for the shell to complete commands, options and their values: keys of factsway.yaml after --set, components after logs, gates after --gate. Made from the same data as this help; print it again after an update of the installer.',
  examples: [
    {
      command: 'factsway-install completion bash >>~/.bash_completion',
      does: 'for this user, with the package bash-completion',
    },
    {
      command: 'factsway-install completion bash >/etc/bash_completion.d/factsway-install',
      does: 'for everybody on this server',
    },
    {
      command:
        'factsway-install completion zsh >/usr/local/share/zsh/site-functions/_factsway-install',
      does: 'the same for zsh',
    },
    {
      command: 'factsway-install completion fish >/etc/fish/completions/factsway-install.fish',
      does: 'the same for fish',
    },
  ],
  argument: {
    name: 'shell',
    description: 'bash, zsh or fish',
    optional: false,
    values: SHELLS,
  },
  options: [],
  changes: false,
  async run({ argument }) {
    if (!isShell(argument))
      throw new FactswayError(
        'FW-USAGE',
        `There is no completion for "${argument ?? ''}".`,
        `Use one of: ${SHELLS.join(', ')}`,
      );
    const [{ completionModel }, { configKeys }, script] = await Promise.all([
      import('../completion/completion-model.ts'),
      import('../../model/config-keys.ts'),
      scriptOf(argument),
    ]);
    const text = script(await completionModel(commands(), configKeys()));
    return {
      result: { shell: argument, script: text },
      text: '',
      verbatim: text.replace(/\n$/, ''),
    };
  },
});

async function scriptOf(shell: Shell) {
  switch (shell) {
    case 'bash':
      return (await import('../completion/bash.ts')).bashCompletion;
    case 'zsh':
      return (await import('../completion/zsh.ts')).zshCompletion;
    case 'fish':
      return (await import('../completion/fish.ts')).fishCompletion;
  }
}
