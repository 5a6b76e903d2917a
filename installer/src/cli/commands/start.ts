import type { Choice } from '../../ports/prompter.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Standing } from '../../flows/wizard/standing.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';
import { install, installByWizard } from './install.ts';
import { status } from './status.ts';
import { verify } from './verify.ts';

/**
 * No command at all, on a terminal: the wizard for a new instance, and for one that exists how things stand and what
 * can be done. It has no name to type, so it is in no list of commands.
 */
export const start: Command = {
  name: 'start',
  summary: 'begin here',
  description:
    'Without a command, on a terminal: asks what a new installation needs to know, or shows how an existing one is doing.',
  examples: [],
  options: [],
  changes: false,
  async run(input, ports) {
    const [{ instancePaths }, { refuseLostConfig }, { standing }] = await Promise.all([
      import('../../flows/paths.ts'),
      import('../../flows/resolve-config.ts'),
      import('../../flows/wizard/standing.ts'),
    ]);
    await refuseLostConfig(input.directory, ports.files);
    const exists = await ports.files.exists(instancePaths(input.directory).config);
    if (!exists) return installByWizard(input, ports);
    const found = await standing(input.directory, ports);
    const offered = choices(found);
    const chosen = await ports.prompter.choose({
      title: `FACTSWAY in ${input.directory}`,
      lines: found.lines,
      choices: offered,
      marked: offered[0]?.value ?? 'leave',
      back: false,
    });
    return carryOut(chosen, input, ports);
  },
};

function choices({ healthy, unfinished }: Standing): Choice[] {
  const up = {
    value: 'up',
    label: unfinished === undefined ? 'Bring it back' : `Finish the ${unfinished}`,
    explanation: 'Shows what is missing and asks before it does anything.',
  };
  return [
    ...(healthy && unfinished === undefined ? [] : [up]),
    { value: 'status', label: 'See every part of it', explanation: 'factsway-install status' },
    {
      value: 'verify',
      label: 'Check that everything works',
      explanation: 'factsway-install verify; takes up to half a minute and changes nothing.',
    },
    {
      value: 'settings',
      label: 'Change settings',
      explanation: 'The questions of the installation, with the present answers.',
    },
    { value: 'leave', label: 'Leave', explanation: 'Changes nothing.' },
  ];
}

function carryOut(
  chosen: string | undefined,
  input: CommandInput,
  ports: Ports,
): Promise<CommandResult> {
  switch (chosen) {
    case 'up':
      return install.run(input, ports);
    case 'status':
      return status.run(input, ports);
    case 'verify':
      return verify.run({ ...input, options: { ...input.options, timeout: '30' } }, ports);
    case 'settings':
      return installByWizard(input, ports);
    case undefined:
    default:
      return Promise.resolve({ result: null, text: '' });
  }
}
