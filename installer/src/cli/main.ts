#!/usr/bin/env node
/**
 * The composition root: what the process gives and the adapters, handed to `runCli`; and the only place that
 * ends the process.
 */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../model/exit-codes.ts';
import type { Ports } from '../ports/ports.ts';
import { interruption } from './interruption.ts';
import { runCli, type Mode } from './run-cli.ts';

/** Put in by the build; a run from source has none. */
declare const FACTSWAY_VERSION: string | undefined;
const VERSION = typeof FACTSWAY_VERSION === 'undefined' ? '0.0.0-source' : FACTSWAY_VERSION;

const COLOR = (process.env['NO_COLOR'] ?? '') === '';

/** The first Ctrl-C; what is under way is ended in order. Another one ends us where we are. */
const interrupted = interruption(
  process,
  () => performance.now(),
  () => {
    process.stderr.write(
      '\nFW-CANCELLED: Interrupted twice: ended at once, in the middle of what was under way.\n  → Run the same command again: it continues from what is there.\n',
    );
    process.exit(EXIT.cancelled);
  },
);

/** Without symbolic links: Docker remembers where a project came from, and one directory must have one name. */
const resolveDirectory = (typed: string): string => withoutLinks(resolve(typed));

/** Of a path that is still to be made, the part that exists. */
function withoutLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  return dirname(path) === path ? path : join(withoutLinks(dirname(path)), basename(path));
}

async function createPorts({ json, quiet, plain: still, verbose }: Mode): Promise<Ports> {
  const isLive =
    process.stderr.isTTY && !still && !json && !quiet && process.env['TERM'] !== 'dumb';
  const [lazy, updates, mirror, files, host, templates, prompters, plain, tty] = await Promise.all([
    import('../adapters/lazy-adapters.ts'),
    import('../adapters/updates/lazy-updates.ts'),
    import('../adapters/updates/lazy-update-mirror.ts'),
    import('../adapters/node-files.ts'),
    import('../adapters/node-host.ts'),
    import('../adapters/package-templates.ts'),
    import('../adapters/choose-prompter.ts'),
    import('../adapters/reporters/plain-reporter.ts'),
    isLive ? import('../adapters/reporters/tty-reporter.ts') : undefined,
  ]);
  const signal = interrupted;
  const reporter = quiet
    ? plain.silentReporter
    : (tty?.ttyReporter(process.stderr, COLOR, verbose) ??
      plain.plainReporter((line) => process.stderr.write(`${line}\n`), verbose));
  return {
    docker: lazy.lazyDocker(signal),
    compose: lazy.lazyCompose(process.env),
    kustomize: lazy.lazyKustomize(),
    database: lazy.lazyDatabase(),
    belongings: lazy.lazyBelongings(),
    files: new files.NodeFiles(),
    host: new host.NodeHost(),
    machine: lazy.lazyMachine(),
    engineProbes: lazy.lazyEngineProbes(),
    clock: host.nodeClock,
    random: host.nodeRandom,
    http: lazy.lazyHttp(),
    objects: updates.lazyObjectStore(),
    cdn: updates.lazyCdn(),
    callers: updates.lazyCallers(),
    releaseFiles: updates.lazyReleaseFiles(),
    templates: templates.packageTemplates(packageRoot()),
    updateMirror: mirror.lazyUpdateMirror(),
    prompter: prompters.choosePrompter({
      // With --quiet the plan is not shown, so nobody could agree to it.
      visible: !json && !quiet,
      plain: still,
      environment: process.env,
      signal,
    }),
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

/**
 * Who reads us may go (`| head`), and what was begun is finished all the same: a run that is cut off between two
 * steps because nobody listens leaves more to mend than output that nobody saw.
 */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

const output = (stream: NodeJS.WriteStream) => ({
  write: (text: string): void => {
    stream.write(text);
  },
  // Done when it is on its way, so that whoever writes much waits for whoever reads; false when nobody reads any more.
  send: (text: string): Promise<boolean> =>
    new Promise((resolve) => {
      stream.write(text, (error) => {
        resolve(error === null || error === undefined);
      });
    }),
  columns: stream.isTTY ? stream.columns : undefined,
});

process.exitCode = await runCli(process.argv.slice(2), {
  version: VERSION,
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  color: COLOR && process.stdout.isTTY,
  answerable: process.stdin.isTTY && process.stderr.isTTY,
  defaultDirectory: process.getuid?.() === 0 ? '/opt/factsway' : './factsway',
  resolveDirectory,
  createPorts,
});
// What was abandoned (a check that still waits for an answer) must not hold whoever pressed Ctrl-C.
if (interrupted.aborted) process.exit();
