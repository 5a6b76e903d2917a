#!/usr/bin/env node
/**
 * The composition root: reads the command line, builds the adapters, runs one command, prints its
 * result and exits. Everything beyond parsing is imported when a command needs it, so that `--help` and
 * `--version` stay instant.
 */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, type ExitCode } from '../model/exit-codes.ts';
import { FactswayError, toFactswayError, type ErrorReport } from '../model/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { CommandInput } from './command.ts';
import type { Parsed } from './parse-arguments.ts';

/** Put in by the build; a run from source has none. */
declare const FACTSWAY_VERSION: string | undefined;
const VERSION = typeof FACTSWAY_VERSION === 'undefined' ? '0.0.0-source' : FACTSWAY_VERSION;

type Run = Extract<Parsed, { kind: 'run' }>;
type Mode = {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly live: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
};

async function main(argv: readonly string[]): Promise<ExitCode> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${VERSION}\n`);
    return EXIT.ok;
  }
  const json = argv.includes('--json');
  try {
    const [{ parseArguments }, { COMMANDS }] = await Promise.all([
      import('./parse-arguments.ts'),
      import('./registry.ts'),
    ]);
    const parsed = parseArguments(
      argv,
      COMMANDS,
      VERSION,
      process.stdout.isTTY ? process.stdout.columns : 80,
    );
    if (parsed.kind === 'text') {
      process.stdout.write(parsed.text.endsWith('\n') ? parsed.text : `${parsed.text}\n`);
      return EXIT.ok;
    }
    return await runCommand(parsed);
  } catch (error) {
    const known = toFactswayError(error);
    printError(
      known,
      argv.find((word) => !word.startsWith('-')) ?? '',
      json,
      argv.includes('--verbose'),
    );
    return known.exitCode;
  }
}

async function runCommand({ command, argument, options }: Run): Promise<ExitCode> {
  const on = (name: string): boolean => options[name] === true;
  const noColor = (process.env['NO_COLOR'] ?? '') !== '' || on('plain');
  const mode: Mode = {
    json: on('json'),
    quiet: on('quiet'),
    verbose: on('verbose'),
    live: process.stderr.isTTY && !on('plain') && process.env['TERM'] !== 'dumb',
    color: !noColor && process.stdout.isTTY,
  };
  const input: CommandInput = {
    directory: instanceDirectory(options['dir']),
    argument,
    options,
    yes: on('yes'),
    dryRun: on('dryRun'),
    quiet: mode.quiet || mode.json,
    surface: {
      color: mode.color,
      columns: process.stdout.isTTY ? process.stdout.columns : Infinity,
    },
  };
  const abort = new AbortController();
  process.once('SIGINT', () => {
    abort.abort();
  });
  process.once('SIGTERM', () => {
    abort.abort();
  });
  const ports = await createPorts(mode, abort.signal);
  try {
    const { result, text, warnings = [], error } = await command.run(input, ports);
    ports.reporter.settle();
    const exitCode = error?.exitCode ?? (warnings.length > 0 ? EXIT.warnings : EXIT.ok);
    if (mode.json) {
      const errors = error ? [error.report()] : [];
      const document = { ok: error === undefined, command: command.name, result, warnings, errors };
      process.stdout.write(`${JSON.stringify(document)}\n`);
    } else if (text !== '') process.stdout.write(`${text}\n`);
    return exitCode;
  } finally {
    ports.reporter.settle();
  }
}

/** Without symbolic links: Docker remembers where a project came from, and one directory must have one name. */
function instanceDirectory(option: unknown): string {
  if (option === '') {
    throw new FactswayError('FW-USAGE', '--dir is empty.', 'Name a directory: --dir /opt/factsway');
  }
  const fallback = process.getuid?.() === 0 ? '/opt/factsway' : './factsway';
  return withoutLinks(resolve(typeof option === 'string' ? option : fallback));
}

/** Of a path that is still to be made, the part that exists. */
function withoutLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  return dirname(path) === path ? path : join(withoutLinks(dirname(path)), basename(path));
}

async function createPorts(
  { json, quiet, live, verbose }: Mode,
  signal: AbortSignal,
): Promise<Ports> {
  const [lazy, files, host, templates, prompters, plain, tty] = await Promise.all([
    import('../adapters/lazy-adapters.ts'),
    import('../adapters/node-files.ts'),
    import('../adapters/node-host.ts'),
    import('../adapters/package-templates.ts'),
    import('../adapters/inquirer-prompter.ts'),
    import('../adapters/reporters/plain-reporter.ts'),
    live && !json && !quiet ? import('../adapters/reporters/tty-reporter.ts') : undefined,
  ]);
  const color = (process.env['NO_COLOR'] ?? '') === '';
  const reporter =
    json || quiet
      ? plain.silentReporter
      : (tty?.ttyReporter(process.stderr, color, verbose) ??
        plain.plainReporter((line) => process.stderr.write(`${line}\n`), verbose));
  return {
    docker: lazy.lazyDocker(),
    compose: lazy.lazyCompose(process.env),
    files: new files.NodeFiles(),
    host: new host.NodeHost(),
    clock: host.nodeClock,
    random: host.nodeRandom,
    http: lazy.lazyHttp(),
    templates: templates.packageTemplates(packageRoot()),
    prompter:
      // With --quiet the plan is not shown, so nobody could agree to it.
      process.stdin.isTTY && process.stderr.isTTY && !json && !quiet
        ? prompters.terminalPrompter
        : prompters.silentPrompter,
    reporter,
    signal,
  };
}

/** The directory that holds compose/ and config-templates/: above dist/ when built, further up from source. */
function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'config-templates'))) {
    const parent = dirname(directory);
    if (parent === directory)
      throw new Error('the package is incomplete: config-templates/ is missing');
    directory = parent;
  }
  return directory;
}

function printError(error: FactswayError, command: string, json: boolean, verbose: boolean): void {
  if (json) {
    const errors: ErrorReport[] = [error.report()];
    process.stdout.write(
      `${JSON.stringify({ ok: false, command, result: null, warnings: [], errors })}\n`,
    );
    return;
  }
  const details = error.details.map((line) => `    ${line}\n`).join('');
  process.stderr.write(`\n${error.code}: ${error.message}\n${details}  → ${error.hint}\n`);
  if (verbose && error.code === 'FW-BUG') process.stderr.write(`${error.stack ?? ''}\n`);
}

process.exitCode = await main(process.argv.slice(2));
