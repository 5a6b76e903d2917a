import { join } from 'node:path';
import { FactswayError, toFactswayError } from '../model/errors.ts';
import { EXIT, type ExitCode } from '../model/exit-codes.ts';
import type { Ports } from '../ports/ports.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { Command, CommandInput, CommandResult } from './command.ts';
import { completeCommands } from './complete-commands.ts';
import { completingPrompter } from './completing-prompter.ts';
import type { Parsed } from './parse-arguments.ts';
import { tellOutcome, type Output, type Telling } from './tell-outcome.ts';

type Run = Extract<Parsed, { kind: 'run' }>;

/** How a run shows itself. */
export type Mode = {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly plain: boolean;
  readonly verbose: boolean;
};

/** What the process we are gives; main.ts has the real one. */
export type World = {
  readonly version: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether stdout takes colours. */
  readonly color: boolean;
  /** Whether somebody can be asked. */
  readonly answerable: boolean;
  /** Where an instance is when nobody names a directory. */
  readonly defaultDirectory: string;
  /** A directory as it was typed: absolute, and without symbolic links. */
  readonly resolveDirectory: (typed: string) => string;
  readonly createPorts: (mode: Mode) => Promise<Ports>;
};

/**
 * One command line from its words to its exit code. Everything beyond parsing is imported when it is needed, so
 * that `--help` and `--version` stay instant. Every error ends here.
 */
export async function runCli(argv: readonly string[], world: World): Promise<ExitCode> {
  const { stdout, stderr } = world;
  const json = argv.includes('--json');
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    stdout.write(`${world.version}\n`);
    return EXIT.ok;
  }
  try {
    const [{ parseArguments }, { COMMANDS }, { start }] = await Promise.all([
      import('./parse-arguments.ts'),
      import('./registry.ts'),
      import('./commands/start.ts'),
    ]);
    const isSilent = json || argv.includes('--quiet');
    const parsed = parseArguments(
      argv,
      COMMANDS,
      world.version,
      stdout.columns ?? 80,
      world.answerable && !isSilent ? start : undefined,
    );
    if (parsed.kind === 'run') return await runCommand(parsed, COMMANDS, world);
    return tellText(parsed.text.trimEnd(), json, world);
  } catch (thrown) {
    // Nothing was parsed, so what was meant is taken from the words themselves.
    const verbose = argv.includes('--verbose');
    const { COMMANDS } = await import('./registry.ts');
    const first = argv[0]?.startsWith('-') === false ? argv[0] : '';
    const command = argv.find((word) => COMMANDS.some(({ name }) => name === word)) ?? first;
    const error = toFactswayError(thrown);
    const complete = (text: string): string => text;
    return tellOutcome(
      { command, result: null, text: '', warnings: [], error },
      { json, quiet: false, verbose, complete, stdout, stderr },
    );
  }
}

/** Help and version: for people as they are, for a script as one document like everything else. */
function tellText(text: string, json: boolean, { version, stdout, stderr }: World): ExitCode {
  const isVersion = text === version;
  return tellOutcome(
    {
      command: isVersion ? 'version' : 'help',
      result: isVersion ? { version } : { text },
      text,
      warnings: [],
    },
    { json, quiet: false, verbose: false, complete: (hint) => hint, stdout, stderr },
  );
}

async function runCommand(
  { command, argument, more, options }: Run,
  commands: readonly Command[],
  world: World,
): Promise<ExitCode> {
  const on = (name: string): boolean => options[name] === true;
  const mode = { json: on('json'), quiet: on('quiet'), plain: on('plain'), verbose: on('verbose') };
  const { directory, isDefault } = instanceDirectory(options['dir'], world);
  const complete = completeCommands(
    commands.map(({ name }) => name),
    isDefault ? undefined : directory,
  );
  const input: CommandInput = {
    directory,
    argument,
    ...(more === undefined ? {} : { more }),
    options,
    yes: on('yes'),
    dryRun: on('dryRun'),
    quiet: mode.quiet || mode.json,
    surface: { color: world.color && !mode.plain, columns: world.stdout.columns ?? Infinity },
    print: (text) => {
      const { send, write } = world.stdout;
      if (send) return send(text);
      write(text);
      return Promise.resolve(true);
    },
  };
  const ports = await world.createPorts(mode);
  const { reporter, warnings } = listening(ports.reporter, complete);
  const prompter = completingPrompter(ports.prompter, complete);
  const found = await attempt(() => command.run(input, { ...ports, reporter, prompter }));
  reporter.settle();
  // Afterwards, so that a command that brought the file to the present form does not speak of the old one.
  await noteOlderForm(directory, ports.files, reporter);
  const { result, text, verbatim = '', error } = found;
  // A failed run said its warnings too; a command may have some that were not said on the way.
  const all = new Set([...warnings, ...(found.warnings ?? []).map(complete)]);
  const telling: Telling = { ...mode, complete, stdout: world.stdout, stderr: world.stderr };
  return tellOutcome(
    {
      command: command.name,
      result,
      text: [verbatim, complete(text)].filter((part) => part !== '').join('\n\n'),
      warnings: [...all],
      ...(error ? { error } : {}),
      told: found.told,
    },
    telling,
  );
}

/** Every command reads a factsway.yaml of an older form; one line says that it does. */
async function noteOlderForm(
  directory: string,
  files: Ports['files'],
  reporter: Reporter,
): Promise<void> {
  // One that cannot be looked at, such as a link that leads nowhere, is the matter of the command itself.
  if (!(await files.exists(join(directory, 'factsway.yaml')).catch(() => false))) return;
  const [{ findMigration }, { migrationNote }] = await Promise.all([
    import('../flows/resolve-config.ts'),
    import('../model/config-migration.ts'),
  ]);
  const migration = await findMigration(directory, files);
  if (migration) reporter.note(migrationNote(migration));
}

/** An error a command throws has no result and nothing that tells it; one it returns has both. */
async function attempt(
  run: () => Promise<CommandResult>,
): Promise<CommandResult & { readonly told: boolean }> {
  try {
    return { ...(await run()), told: true };
  } catch (thrown) {
    return { result: null, text: '', error: toFactswayError(thrown), told: false };
  }
}

/** Passes everything on, and keeps the warnings: the result tells them again, also when the command fails. */
function listening(
  reporter: Reporter,
  complete: (text: string) => string,
): { readonly reporter: Reporter; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  return {
    warnings,
    reporter: {
      ...reporter,
      note: (message) => {
        reporter.note(complete(message));
      },
      warning: (message) => {
        warnings.push(complete(message));
        reporter.warning(complete(message));
      },
    },
  };
}

function instanceDirectory(option: unknown, world: World) {
  if (option === '')
    throw new FactswayError('FW-USAGE', '--dir is empty.', 'Name a directory: --dir /opt/factsway');
  const fallback = world.resolveDirectory(world.defaultDirectory);
  const directory = typeof option === 'string' ? world.resolveDirectory(option) : fallback;
  return { directory, isDefault: directory === fallback };
}
