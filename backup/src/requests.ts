import type { IncomingMessage, ServerResponse } from 'node:http';
import { pause } from './pause.ts';
import { backupStates, drillDue } from './due.ts';
import { readHistory, type History } from './history.ts';
import { Problem, toProblem } from './problem.ts';
import type { Settings } from './settings.ts';

/** What can be asked for: what the schedule says is due, and nothing else. */
export const DUE = ['backup', 'drill'] as const;
export type Due = (typeof DUE)[number];

/** Runs one of our own commands to its end. */
type Command = (args: readonly string[]) => Promise<{ readonly ok: boolean }>;
type Say = (event: object) => void;

interface Run {
  readonly end: Promise<void>;
  readonly listeners: Set<Say>;
}

interface Keeper {
  readonly settings: Settings;
  readonly command: Command;
  /** Aborted when the keeper is to stop. */
  readonly signal: AbortSignal;
  readonly history: () => History | null;
}

const LOOK_EVERY_MS = 5_000;
/** Nothing between the two ends may take a long backup for a dead connection. */
const SIGN_OF_LIFE_MS = 15_000;

/**
 * Answers `POST /due/backup` and `POST /due/drill` in lines of JSON, the last one being the result.
 *
 * A request has no parameters and can do nothing but make happen what is due anyway, so whoever may send
 * one needs neither a key nor a token. What was begun goes on when the asker is gone; one who asks
 * meanwhile joins it.
 */
export function dueRequests(
  settings: Settings,
  command: Command,
  signal: AbortSignal,
  history: () => History | null = readHistory,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const keeper: Keeper = { settings, command, signal, history };
  const running = new Map<Due, Run>();

  const begin = (what: Due): Run => {
    const listeners = new Set<Say>();
    const say: Say = (event) => {
      for (const listener of listeners) listener(event);
    };
    const work =
      what === 'backup'
        ? backups(keeper, say)
        : // Of the backup of this night, where there is to be one; of an older one where that fails.
          join('backup').end.then(() => drill(keeper, say));
    const end = work
      .then((result) => {
        say({ event: 'result', result });
      })
      .catch((error: unknown) => {
        const otherwise = what === 'backup' ? 'FW-BACKUP-FAILED' : 'FW-RESTORE-FAILED';
        say({ event: 'error', ...toProblem(error, otherwise).report() });
      })
      .finally(() => running.delete(what));
    return { end, listeners };
  };

  const join = (what: Due): Run => {
    const known = running.get(what) ?? begin(what);
    running.set(what, known);
    return known;
  };

  return (request, response) => {
    const what = DUE.find((one) => request.url === `/due/${one}`);
    if (what === undefined) return false;
    if (request.method !== 'POST') {
      response.writeHead(405, { allow: 'POST' }).end();
      return true;
    }
    request.resume();
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const known = join(what);
    const say: Say = (event) => response.write(`${JSON.stringify(event)}\n`);
    known.listeners.add(say);
    say({ event: 'progress', message: `looking whether a ${what} is due` });
    const timer = setInterval(() => {
      say({ event: 'progress', message: 'still at work' });
    }, SIGN_OF_LIFE_MS);
    const leave = (): void => {
      clearInterval(timer);
      known.listeners.delete(say);
    };
    response.on('close', leave).on('error', leave);
    void known.end.then(() => {
      leave();
      response.end();
    });
    return true;
  };
}

/** The backups that are due, one place after the other; those that fail are tried again, as on a server. */
async function backups(keeper: Keeper, say: Say): Promise<object> {
  const { settings, command, signal } = keeper;
  const made: string[] = [];
  for (;;) {
    refuseStopped(signal);
    const history = keeper.history();
    const states = history === null ? [] : backupStates(settings, history, new Date());
    const due = states.find(({ state }) => state === 'due');
    if (due !== undefined) {
      say({ event: 'progress', message: `making a backup in ${due.place}` });
      const args = ['create', '--type', 'auto', '--reason', 'schedule', '--place', due.place];
      const { ok } = await command(args);
      if (ok) {
        made.push(due.place);
        continue;
      }
      say({ event: 'progress', message: `the backup in ${due.place} failed` });
      // A failure that could not be noted would be tried again at once, for ever.
      if (isDue(keeper, due.place)) throw failed([due.place]);
      continue;
    }
    // Before the first look at the database there is no history: what is due cannot be told yet.
    if (history === null || states.some(({ state }) => state === 'waits')) {
      await pause(LOOK_EVERY_MS, signal);
      continue;
    }
    const without = states.filter(({ state }) => state !== 'made').map(({ place }) => place);
    if (without.length === 0) return { made };
    throw failed(without);
  }
}

const failed = (places: readonly string[]): Problem =>
  new Problem('FW-BACKUP-FAILED', `the backup that was due is not in ${places.join(', ')}`);

function isDue({ settings, history: look }: Keeper, wanted: string): boolean {
  const history = look();
  if (history === null) return true;
  return backupStates(settings, history, new Date()).some(
    ({ place, state }) => place === wanted && state === 'due',
  );
}

async function drill(
  { settings, command, signal, history: look }: Keeper,
  say: Say,
): Promise<object> {
  refuseStopped(signal);
  const history = look();
  if (history === null || !drillDue(settings, history, new Date())) return { drilled: false };
  say({ event: 'progress', message: 'trying out the newest backup' });
  const { ok } = await command(['drill']);
  if (ok && look()?.drill?.ok === true) return { drilled: true };
  throw new Problem('FW-RESTORE-FAILED', 'the drill did not succeed; its report says why');
}

function refuseStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new Problem('FW-BACKUP-BUSY', 'the keeper is being stopped');
}
