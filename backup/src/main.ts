import { parseArgs } from 'node:util';
import { pipeline } from 'node:stream/promises';
import { adopt } from './adopt.ts';
import { check } from './check.ts';
import { create } from './create.ts';
import { drill } from './drill.ts';
import { layOut } from './fetch-instance.ts';
import { flush, flushIfAlive } from './flush.ts';
import { evenCopies, getInstance, putInstance } from './instance-copies.ts';
import { list } from './list.ts';
import { describeServer, move } from './move.ts';
import { tell, tellProblem, tellResult } from './ndjson.ts';
import { SETTINGS_FILE } from './paths.ts';
import { openPlace } from './place.ts';
import { Problem, toProblem, type ProblemCode } from './problem.ts';
import { describePlan, planRestore } from './restore-plan.ts';
import { parseTarget } from './restore-target.ts';
import { restore } from './restore.ts';
import { placeNamed, readSettings, type Settings } from './settings.ts';

interface Options {
  readonly type?: string | undefined;
  readonly reason?: string | undefined;
  readonly place?: string | undefined;
  readonly target?: string | undefined;
  readonly name?: string | undefined;
  readonly upgrade?: boolean | undefined;
  readonly all?: boolean | undefined;
  readonly near?: boolean | undefined;
  /** On stdin: arguments are seen by everybody. */
  readonly 'shown-key'?: boolean | undefined;
}

/** A place that is there takes a segment within a second or two. */
const LOOK_AHEAD_SECONDS = 20;

type Command = (settings: Settings, options: Options) => Promise<unknown>;

/** What is not foreseen gets the code of what was going on. */
const COMMANDS: Record<string, { run: Command; otherwise: ProblemCode }> = {
  create: {
    run: (settings, { type = 'auto', reason = 'by hand', place = null }) =>
      create(settings, { type: typeOf(type), reason, place }, tell),
    otherwise: 'FW-BACKUP-FAILED',
  },
  list: { run: (settings) => list(settings), otherwise: 'FW-BACKUP-FAILED' },
  check: {
    run: (settings, { near = false }) => check(settings, tell, near),
    otherwise: 'FW-BACKUP-FAILED',
  },
  drill: {
    run: async (settings, { place = null, 'shown-key': isShown = false }) => {
      if (place !== null) placeNamed(settings, place);
      const shown = isShown ? (await readInput()).toString('utf8').trim() : null;
      return drill(settings, place, shown, tell);
    },
    otherwise: 'FW-RESTORE-FAILED',
  },
  restore: {
    run: (settings, { target, place = null }) =>
      restore(settings, parseTarget(required(target, '--target')), place, tell),
    otherwise: 'FW-RESTORE-FAILED',
  },
  'restore-plan': {
    run: async (settings, { target: text, place = null }) => {
      const target = parseTarget(required(text, '--target'));
      // While everybody is still served: what does not get there now would be lost, and somebody has to agree to that.
      const flushed =
        target.kind === 'label'
          ? null
          : await flushIfAlive(settings, place, tell, LOOK_AHEAD_SECONDS);
      return describePlan(await planRestore(settings, target, place), target, flushed);
    },
    otherwise: 'FW-RESTORE-FAILED',
  },
  flush: {
    run: (settings, { all = false, place }) => {
      const named = place === undefined ? 'any' : { place: placeNamed(settings, place).name };
      return flush(settings, tell, 120, all ? 'all' : named);
    },
    otherwise: 'FW-BACKUP-FLUSH',
  },
  server: { run: () => describeServer(), otherwise: 'FW-BACKUP-DATABASE' },
  'instance-put': {
    run: async (settings) => putInstance(settings, await readInput(), tell),
    otherwise: 'FW-BACKUP-FAILED',
  },
  'instance-even': {
    run: (settings) => evenCopies(settings, tell),
    otherwise: 'FW-BACKUP-FAILED',
  },
  adopt: {
    run: (settings, { upgrade = false }) => adopt(settings, upgrade, tell),
    otherwise: 'FW-BACKUP-FAILED',
  },
};

function typeOf(text: string): 'full' | 'diff' | 'incr' | 'auto' {
  if (text === 'full' || text === 'diff' || text === 'incr' || text === 'auto') return text;
  throw new Problem('FW-BACKUP-USAGE', `--type is full, diff, incr or auto, and not "${text}"`);
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined) return value;
  throw new Problem('FW-BACKUP-USAGE', `${name} is missing`);
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function readOptions(args: string[]): Options {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const options = { type: text, reason: text, place: text, target: text, name: text };
    return parseArgs({
      args,
      options: { ...options, upgrade: flag, all: flag, near: flag, 'shown-key': flag },
    }).values;
  } catch (error) {
    throw new Problem('FW-BACKUP-USAGE', toProblem(error, 'FW-BACKUP-USAGE').message);
  }
}

/** Its stdout is the copy, so what goes wrong is said on stderr. */
async function sendInstance(args: string[], isNewServer: boolean): Promise<number> {
  try {
    if (isNewServer) layOut((await readInput()).toString('utf8'));
    const { place, name = 'latest' } = readOptions(args);
    const settings = readSettings(SETTINGS_FILE);
    const from = openPlace(settings, placeNamed(settings, required(place, '--place')));
    await pipeline(await getInstance(from, name), process.stdout);
    return 0;
  } catch (error) {
    tellProblem(toProblem(error, 'FW-RESTORE-FAILED'), 'stderr');
    return 1;
  }
}

/** In a pod of its own, which has none of the settings: it asks, and hands on what it is told. */
async function askKeeper([what, url]: string[]): Promise<number> {
  try {
    const { ask, dueNamed } = await import('./ask.ts');
    const print = (line: string): boolean => process.stdout.write(`${line}\n`);
    return (await ask(dueNamed(what), required(url, 'the address of the keeper'), print)) ? 0 : 1;
  } catch (error) {
    tellProblem(toProblem(error, 'FW-BACKUP-KEEPER'));
    return 1;
  }
}

/** What can be begun again, and is ended by a restore (images/backup/factsway-backup). */
const REPEATABLE = new Set(['create', 'check', 'drill', 'instance-even']);

/** What a restore ends says why it ended; what it had started ends with it (run.ts). */
function giveWay(name: string): void {
  process.once('SIGTERM', () => {
    tellProblem(new Problem('FW-BACKUP-BUSY', `${name} was ended, for a restore began`));
    // Once this is written, and whatever else is still waited for.
    process.stdout.write('', () => process.exit(1));
  });
}

async function main([name = '', ...args]: string[]): Promise<number> {
  if (name === 'instance-get' || name === 'instance-fetch')
    return sendInstance(args, name === 'instance-fetch');
  if (name === 'ask') return askKeeper(args);
  const known = COMMANDS[name];
  try {
    if (name === 'keep') {
      // Metrics and schedules are of the daemon alone; whoever waits for a restore does not wait for them.
      const { keep } = await import('./keep.ts');
      await keep(readSettings(SETTINGS_FILE));
      return 0;
    }
    // In a container of its own, beside two volumes and nothing else: it needs no settings and no secrets.
    if (name === 'move') {
      tellResult(await move(tell));
      return 0;
    }
    if (known === undefined) {
      const names = [
        'keep',
        'ask',
        'move',
        'instance-get',
        'instance-fetch',
        ...Object.keys(COMMANDS),
      ].join(', ');
      throw new Problem('FW-BACKUP-USAGE', `"${name}" is no command; there is ${names}`);
    }
    const options = readOptions(args);
    if (REPEATABLE.has(name)) giveWay(name);
    tellResult(await known.run(readSettings(SETTINGS_FILE), options));
    return 0;
  } catch (error) {
    const otherwise = name === 'move' ? 'FW-POSTGRES-COPY' : 'FW-BACKUP-FAILED';
    tellProblem(toProblem(error, known?.otherwise ?? otherwise));
    return 1;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
