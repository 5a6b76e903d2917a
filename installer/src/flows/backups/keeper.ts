import * as z from 'zod';
import { hasBackups } from '../../catalog/backup-rules.ts';
import type { InstanceConfig } from '../../model/config.ts';
import { ERROR_CATALOG, FactswayError, type ErrorCode } from '../../model/errors.ts';
import type { Docker, ExecResult } from '../../ports/docker.ts';

const PROGRAM = 'factsway-backup';

const lineSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('progress'),
    message: z.string(),
    done: z.number().optional(),
    total: z.number().optional(),
  }),
  z.object({ event: z.literal('result'), result: z.unknown() }),
  z.object({
    event: z.literal('error'),
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    details: z.array(z.string()).default([]),
  }),
]);
type Line = z.output<typeof lineSchema>;

export type Ask = {
  readonly argv: readonly string[];
  readonly waiting?: (message: string) => void;
  readonly input?: string;
};

/**
 * The program in the container that keeps the backups. What it does goes on when the installer is killed, and whoever
 * comes next waits for it. Throws what it says, FW-BACKUP-OFF and FW-NOT-RUNNING.
 */
export class Keeper {
  readonly #docker: Pick<Docker, 'containers' | 'exec'>;
  readonly project: string;

  constructor(config: InstanceConfig, docker: Pick<Docker, 'containers' | 'exec'>) {
    if (!hasBackups({ config })) throw off(config);
    this.#docker = docker;
    this.project = config.project;
  }

  async ask<T>(schema: z.ZodType<T>, { argv, waiting, input }: Ask): Promise<T> {
    const containers = await this.#docker.containers(this.project);
    const keeper = containers.find(({ service }) => service === 'backup');
    if (keeper?.state !== 'running')
      throw new FactswayError(
        'FW-NOT-RUNNING',
        `The container that keeps the backups is ${keeper?.state ?? 'missing'}.`,
        'Start the platform: factsway-install up',
      );
    const watch = waiting && progressOf(waiting);
    const run = await this.#docker.exec(keeper.id, [PROGRAM, ...argv], input, watch);
    return answerOf(schema, run, { asked: argv[0] ?? '', otherwise: 'FW-BACKUP-FAILED' });
  }
}

/** The last line of what the program said; throws what it threw, and `otherwise` where it said nothing to the end. */
export function answerOf<T>(
  schema: z.ZodType<T>,
  run: ExecResult,
  { asked, otherwise }: { readonly asked: string; readonly otherwise: ErrorCode },
): T {
  const last = linesOf(run.stdout).at(-1);
  if (last?.event === 'error') throw told(last);
  const answer = last?.event === 'result' ? schema.safeParse(last.result) : undefined;
  if (answer?.success) return answer.data;
  const reason = answer?.error ? [z.prettifyError(answer.error)] : [];
  throw new FactswayError(
    otherwise,
    `The keeper of backups ended without an answer to "${asked}" (exit code ${run.exitCode}).`,
    'See its log: factsway-install logs backup',
    [...reason, ...run.stderr.trim().split('\n').slice(-8)].filter((line) => line !== ''),
  );
}

/** Whole lines as they come, and of those what is told while one waits. */
export function progressOf(waiting: (message: string) => void): (piece: string) => void {
  let rest = '';
  return (piece) => {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of linesOf(lines.join('\n'))) {
      if (line.event !== 'progress') continue;
      const { message, done, total } = line;
      const share =
        done === undefined || total === undefined || total === 0
          ? ''
          : ` (${Math.min(100, Math.floor((100 * done) / total))} %)`;
      waiting(`${message}${share}`);
    }
  };
}

function linesOf(text: string): Line[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const parsed = lineSchema.safeParse(parseOrNothing(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function told({ code, message, hint, details }: Extract<Line, { event: 'error' }>): FactswayError {
  const known = Object.hasOwn(ERROR_CATALOG, code) ? (code as ErrorCode) : 'FW-BACKUP-FAILED';
  return new FactswayError(known, message, hint, details);
}

function off(config: InstanceConfig): FactswayError {
  return config.backup.mode === 'on'
    ? new FactswayError(
        'FW-BACKUP-OFF',
        'The database is on a PostgreSQL of your own, and this platform keeps no backups of it.',
        'Whoever runs that PostgreSQL backs it up and restores it.',
      )
    : new FactswayError(
        'FW-BACKUP-OFF',
        'This instance keeps no backups yet (backup.mode is off).',
        'Switch them on: factsway-install up --set backup.mode=on',
      );
}
