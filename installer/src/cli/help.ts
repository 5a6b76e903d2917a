import { EXIT, type ExitCode } from '../model/exit-codes.ts';
import type { Command, CommandGroup } from './command.ts';

/** Help is read like a manual page: no wider, however wide the terminal. */
export const HELP_COLUMNS = 80;

export const GROUP_TITLES: Readonly<Record<CommandGroup, string>> = {
  change: 'Install and change:',
  look: 'Look and prove:',
  shell: 'Help and shell:',
};
export const GLOBAL_TITLE = 'Options of every command:';

const DOCUMENTS = [
  ['docs/operations/deployment.md', 'from the first installation to the last'],
  ['docs/reference/commands.md', 'every command; configuration.md every key,'],
  ['', 'errors.md every error code'],
] as const;

/** Of every command. */
const ALWAYS = {
  [EXIT.ok]: 'done',
  [EXIT.bug]: 'a bug of ours (FW-BUG)',
  [EXIT.usage]: 'wrong command line or configuration; nothing was changed',
} as const;

/** Of every command that changes something. */
const OF_CHANGES = {
  [EXIT.usage]: 'wrong command line or configuration, or not confirmed; nothing was changed',
  [EXIT.check]: 'refused by a check; nothing was changed',
  [EXIT.warnings]: 'done, with warnings',
  [EXIT.restored]: 'failed, and everything was put back',
  [EXIT.operator]: 'failed, and a person has to act: the message says how',
  [EXIT.cancelled]: 'interrupted; the same command continues from what is there',
} as const;

export const groupOf = ({ group, changes }: Command): CommandGroup =>
  group ?? (changes ? 'change' : 'look');

/** What each exit code means for a command, in order. An empty text takes a code away. */
export function exitCodesOf(command: Command): [ExitCode, string][] {
  const all: Partial<Record<ExitCode, string>> = {
    ...ALWAYS,
    ...(command.changes ? OF_CHANGES : {}),
    ...command.exitCodes,
  };
  return Object.values(EXIT).flatMap((code): [ExitCode, string][] => {
    const meaning = all[code] ?? '';
    return meaning === '' ? [] : [[code, meaning]];
  });
}

/** Exit codes, files and examples, which come after usage and options. */
export function commandTail(command: Command): string {
  const files = command.files ?? [];
  const width = Math.max(0, ...files.map(({ path }) => path.length));
  return [
    '',
    'Exit codes:',
    ...exitCodesOf(command).map(([code, meaning]) => item(String(code), 3, meaning)),
    ...(files.length === 0
      ? []
      : ['', 'Files:', ...files.map(({ path, what }) => item(path, width, what))]),
    '',
    'Examples:',
    ...command.examples.map(({ command: line, does }) => `  ${line}\n      ${does}`),
  ].join('\n');
}

/** What comes after the list of commands. */
export function programTail(): string {
  const width = Math.max(...DOCUMENTS.map(([path]) => path.length));
  return [
    '',
    'Help for one command: factsway-install help COMMAND',
    '',
    'Documentation:',
    ...DOCUMENTS.map(([path, what]) => item(path, width, what)),
  ].join('\n');
}

function item(term: string, width: number, text: string): string {
  return `  ${term.padEnd(width)}  ${wrap(text, HELP_COLUMNS - width - 4).join(`\n${' '.repeat(width + 4)}`)}`;
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < columns)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
