import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { TMP } from './paths.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: Readable | Buffer;
  /** Where stdout goes; a text in the result unless said otherwise. */
  readonly stdout?: Writable | 'ignore';
  readonly onErrorLine?: (line: string) => void;
  /** Beside the text in the result. */
  readonly onOutputLine?: (line: string) => void;
  /** Ended after so long, which counts as a failure. */
  readonly timeoutMs?: number;
  /** Ends it at once: what it would say from here on is of no use. */
  readonly signal?: AbortSignal;
  /** What the process gets when this one is gone, by kill -9 too. */
  readonly whenOrphaned?: 'TERM' | 'QUIT';
}

/** Instead of an exit code, of a program that somebody ended. */
export const KILLED = 128;

/** The descriptor on which the launcher holds the lock (images/backup/factsway-backup). */
const LOCK_FD = 9;

/** Nothing of ours is in the environment of a child: what it needs it gets as arguments and files. */
export const CLEAN_ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LANG: 'C.UTF-8',
  HOME: TMP,
  TZ: 'UTC',
};

/**
 * How a child is started: it dies with us, and it holds the lock as long as it lives. Node.js closes
 * inherited descriptors in its children unless they are named.
 */
export function childCommand(
  program: string,
  args: readonly string[],
  whenOrphaned: 'TERM' | 'QUIT' = 'TERM',
): { program: string; args: string[]; lock: ('ignore' | number)[] } {
  const locked = process.env['FACTSWAY_BACKUP_LOCKED'] === '1';
  return {
    program: 'setpriv',
    args: ['--pdeathsig', whenOrphaned, '--', program, ...args],
    lock: locked ? [...Array<'ignore'>(LOCK_FD - 3).fill('ignore'), LOCK_FD] : [],
  };
}

/** Runs a program to its end; never rejects for an exit code, which is the caller's to judge. */
export function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const command = childCommand(program, args, options.whenOrphaned);
  return new Promise((resolve, reject) => {
    const child = spawn(command.program, command.args, {
      env: CLEAN_ENVIRONMENT,
      stdio: [
        options.stdin === undefined ? 'ignore' : 'pipe',
        options.stdout === 'ignore' ? 'ignore' : 'pipe',
        'pipe',
        ...command.lock,
      ],
    });
    const stdout: Buffer[] = [];
    const stderr: string[] = [];
    if (typeof options.stdout === 'object') child.stdout?.pipe(options.stdout, { end: false });
    else child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    if (child.stdout !== null && options.onOutputLine !== undefined) {
      createInterface({ input: child.stdout }).on('line', options.onOutputLine);
    }
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        // Enough for every message; a log of a million files must not fill the memory.
        if (stderr.length < 5000) stderr.push(line);
        options.onErrorLine?.(line);
      });
    }
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => child.kill(), options.timeoutMs);
    options.signal?.addEventListener('abort', () => child.kill(), { once: true });
    // A program that ends early breaks our pipe; its exit code tells the reason.
    child.stdin?.on('error', () => undefined);
    if (Buffer.isBuffer(options.stdin)) child.stdin?.end(options.stdin);
    else if (child.stdin !== null) options.stdin?.pipe(child.stdin);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({
        code: code ?? KILLED,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: stderr.join('\n'),
      });
    });
  });
}
