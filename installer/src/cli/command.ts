import type { FactswayError } from '../model/errors.ts';
import type { ExitCode } from '../model/exit-codes.ts';
import type { Ports } from '../ports/ports.ts';

/** What a value can be, for completion; as a function where it is worth loading for that alone. */
export type Values = readonly string[] | (() => Promise<readonly string[]>);

export type OptionSpec = {
  /** As commander takes it: `--answers <file>`. */
  readonly flags: string;
  readonly description: string;
  readonly repeatable?: boolean;
  readonly default?: string;
  /** Of a value that is no file, directory or setting. */
  readonly values?: Values;
};

export type ArgumentSpec = {
  readonly name: string;
  readonly description: string;
  readonly optional: boolean;
  readonly values?: Values;
};

/** What a person typed, after parsing. Options are by their camel-case name. */
export type CommandInput = {
  /** Absolute. */
  readonly directory: string;
  readonly argument: string | undefined;
  /** Of a command that takes a second one. */
  readonly more?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  /** What stdout takes: colours or none, and the width to wrap at (Infinity for a pipe). */
  readonly surface: { readonly color: boolean; readonly columns: number };
  /**
   * What goes to stdout before the command is done, because it is too much for one text or has no end. False when nobody
   * reads any more. Nothing that prints a JSON document may use it.
   */
  readonly print?: (text: string) => Promise<boolean>;
};

export type CommandResult = {
  /** `result` of the JSON document. */
  readonly result: unknown;
  /** What goes to stdout for people; empty for nothing. */
  readonly text: string;
  /** What others wrote, such as logs or files: it goes before the text, and no command it mentions is completed. */
  readonly verbatim?: string;
  /** Those that were not said to the reporter on the way. */
  readonly warnings?: readonly string[];
  /** A verdict that the text already tells people: it sets the exit code and is the error of the JSON document. */
  readonly error?: FactswayError;
};

/** Under which heading help lists a command; without one, what changes something and what looks are apart. */
export type CommandGroup = 'change' | 'look' | 'shell';

/** A command is data and one function; help, completion and reference are made from the data. */
export type Command = {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly group?: CommandGroup;
  /** Where they mean something more exact than for every command, or something else. */
  readonly exitCodes?: Readonly<Partial<Record<ExitCode, string>>>;
  /** What it reads or writes, by path in the instance directory. */
  readonly files?: readonly { readonly path: string; readonly what: string }[];
  readonly examples: readonly { readonly command: string; readonly does: string }[];
  readonly argument?: ArgumentSpec;
  /** A second one, after it. */
  readonly more?: ArgumentSpec;
  readonly options: readonly OptionSpec[];
  /** Whether it changes something: then it has --yes and --dry-run. */
  readonly changes: boolean;
  readonly run: (input: CommandInput, ports: Ports) => Promise<CommandResult>;
};

/** Options of every command (spec 00, "Command line contract"). */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--dir <dir>',
    description: 'instance directory (default: /opt/factsway as root, else ./factsway)',
  },
  { flags: '--json', description: 'print one JSON document on stdout and nothing else' },
  { flags: '--plain', description: 'no colours, no moving display' },
  { flags: '--quiet', description: 'no progress, only warnings and the result' },
  { flags: '--verbose', description: 'show dependencies and undo of each step' },
];

export const CHANGE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--yes', description: 'carry out the plan without asking' },
  { flags: '--dry-run', description: 'show the plan and change nothing' },
];

/** Those that may stand before the command. */
export const LEADING_OPTIONS: readonly OptionSpec[] = [...GLOBAL_OPTIONS, ...CHANGE_OPTIONS];

/** Options of the commands that take a configuration. */
export const CONFIG_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--answers <file>',
    description: 'take settings from a file with the keys of factsway.yaml',
  },
  {
    flags: '--set <key=value>',
    description: 'set one key of factsway.yaml, e.g. edge.httpsPort=8443',
    repeatable: true,
  },
  {
    flags: '--overwrite-edited',
    description: 'replace rendered files that were edited by hand; a copy is kept in state/edited',
  },
];

/** Of the commands that run preflight. */
export const SKIP_CHECK_OPTION: OptionSpec = {
  flags: '--skip-check <name>',
  description: 'do not count this check of preflight; it still says what it found',
  repeatable: true,
  values: async () => (await import('../flows/names.ts')).checkNames(),
};

export function skippedChecks({ options }: CommandInput): string[] {
  const names = options['skipCheck'];
  return Array.isArray(names) ? names.map(String) : [];
}

/** The answers, sets and overwrite of CONFIG_OPTIONS as a flow wants them. */
export function configRequest({ directory, options }: CommandInput) {
  const answers = options['answers'];
  const sets = options['set'];
  return {
    directory,
    ...(typeof answers === 'string' ? { answersFile: answers } : {}),
    sets: Array.isArray(sets) ? sets.map(String) : [],
    overwrite: options['overwriteEdited'] === true,
  };
}
