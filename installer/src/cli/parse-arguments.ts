import { Command as Program, CommanderError, Option } from 'commander';
import { FactswayError } from '../model/errors.ts';
import {
  commandTail,
  GLOBAL_TITLE,
  GROUP_TITLES,
  groupOf,
  HELP_COLUMNS,
  programTail,
} from './help.ts';
import {
  CHANGE_OPTIONS,
  GLOBAL_OPTIONS,
  LEADING_OPTIONS,
  type Command,
  type OptionSpec,
} from './command.ts';

export type Parsed =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly argument: string | undefined;
      readonly more?: string;
      readonly options: Readonly<Record<string, unknown>>;
    }
  /** Help or version: commander has the text, which goes to stdout. */
  | { readonly kind: 'text'; readonly text: string };

/**
 * Command line → what to run. Throws FW-USAGE with commander's suggestion; never exits by itself. `start` is what
 * runs where no command is named and somebody is there to be asked; without it that is a call for help.
 */
export function parseArguments(
  given: readonly string[],
  commands: readonly Command[],
  version: string,
  columns: number,
  start?: Command,
): Parsed {
  const ordered = commandFirst(given, commands);
  const argv = start && namesNoCommand(ordered) ? [start.name, ...ordered] : ordered;
  let text = '';
  let parsed: Parsed | undefined;
  const output = {
    writeOut: (part: string) => {
      text += part;
    },
    writeErr: () => undefined,
    getOutHelpWidth: () => Math.min(columns, HELP_COLUMNS),
    getErrHelpWidth: () => Math.min(columns, HELP_COLUMNS),
  };
  const program = new Program('factsway-install')
    .description(
      'Installs, verifies and operates FACTSWAY On-Prem on one Linux server with Docker.',
    )
    .version(version, '-V, --version', 'print the version')
    .configureOutput(output)
    .exitOverride()
    .showSuggestionAfterError(true)
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ subcommandTerm: termOf })
    .commandsGroup(GROUP_TITLES.shell)
    .helpCommand('help [command]', 'show help for a command');
  program.addHelpText(
    'after',
    '\nStart with: factsway-install   (on a terminal: asks, shows a plan, then begins)',
  );
  for (const command of start ? [...commands, start] : commands) {
    const sub = program
      .command(command.name, { hidden: command === start })
      .helpGroup(GROUP_TITLES[groupOf(command)])
      .summary(command.summary)
      .description(command.description)
      .configureOutput(output)
      .exitOverride();
    const { argument, more } = command;
    for (const one of [argument, more])
      if (one) sub.argument(one.optional ? `[${one.name}]` : `<${one.name}>`, one.description);
    for (const option of [...command.options, ...(command.changes ? CHANGE_OPTIONS : [])])
      sub.addOption(toOption(option));
    for (const option of GLOBAL_OPTIONS) sub.addOption(toOption(option).helpGroup(GLOBAL_TITLE));
    sub.helpOption('-h, --help', 'show this help');
    sub.addHelpText('after', () => commandTail(command));
    sub.action((...received: unknown[]) => {
      parsed = {
        kind: 'run',
        command,
        argument: argument && typeof received[0] === 'string' ? received[0] : undefined,
        ...(more && typeof received[1] === 'string' ? { more: received[1] } : {}),
        options: sub.opts(),
      };
    });
  }
  program.addHelpText('after', programTail);
  // One command asks for a version of something else; behind every other one it is ours that is meant.
  if (hasVersionOfItsOwn(argv[0], commands)) program.enablePositionalOptions();
  try {
    program.parse(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text };
    if (leadingOption(argv[0] ?? ''))
      throw new FactswayError(
        'FW-USAGE',
        `Before ${argv[0] ?? ''} a command is missing.`,
        'Example: factsway-install status --dir /opt/factsway   All commands: factsway-install --help',
      );
    throw new FactswayError(
      'FW-USAGE',
      error.message.replace(/^error: /, '').split('\n')[0] ?? '',
      usageHint(error.message, argv, commands),
    );
  }
  return parsed ?? { kind: 'text', text: program.helpInformation() };
}

const hasVersionOfItsOwn = (name: string | undefined, commands: readonly Command[]): boolean =>
  commands
    .filter((command) => command.name === name)
    .some(({ options }) => options.some(({ flags }) => flags.startsWith('--version ')));

/**
 * Options of many commands, and the call for help, may stand before the command, as with docker or git:
 * `--yes --dir /srv/factsway up`. The first word that is none of them is meant as a command, a wrong one too.
 */
function commandFirst(argv: readonly string[], commands: readonly Command[]): readonly string[] {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (commands.some(({ name }) => name === word))
      return [word, ...argv.slice(0, at), ...argv.slice(at + 1)];
    if (HELP.includes(word)) continue;
    // What stands before it is nothing for `help`, and for a word nobody knows it is no matter.
    if (!word.startsWith('-')) return word === 'help' ? argv.slice(at) : [word];
    const option = leadingOption(word);
    if (!option) return argv;
    if (option.flags.includes('<') && !word.includes('=')) at++;
  }
  return argv;
}

const HELP = ['-h', '--help'];

function leadingOption(word: string): OptionSpec | undefined {
  return LEADING_OPTIONS.find(({ flags }) => flags.split(' ')[0] === word.split('=')[0]);
}

/** Only options, and none that asks for a text: `factsway-install --dir /srv/factsway`. */
function namesNoCommand(argv: readonly string[]): boolean {
  const texts = ['-h', '--help', '-V', '--version'];
  return (argv[0] ?? '-').startsWith('-') && !argv.some((word) => texts.includes(word));
}

/** Options are said of all commands: in the list they would only push the words aside. */
function termOf(sub: Program): string {
  const names = sub.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [sub.name(), ...names].join(' ');
}

function toOption({ flags, description, repeatable, default: preset }: OptionSpec): Option {
  const option = new Option(flags, description);
  if (preset !== undefined) option.default(preset);
  if (repeatable)
    option.argParser((value: string, previous: string[] | undefined) => [
      ...(previous ?? []),
      value,
    ]);
  return option;
}

function usageHint(message: string, argv: readonly string[], commands: readonly Command[]): string {
  const suggestion = /\(Did you mean (.+)\?\)/.exec(message)?.[1];
  const command = commands.find(({ name }) => argv.includes(name));
  const help = `See: factsway-install ${command ? `${command.name} ` : ''}--help`;
  return suggestion === undefined ? help : `Did you mean ${suggestion}? ${help}`;
}
