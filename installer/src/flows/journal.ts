import { stoppedBy, type Action, type Plan, type Step } from '../model/plan.ts';
import { describeAction } from '../model/plan-text.ts';
import type { Files } from '../ports/files.ts';
import type { Clock } from '../ports/host.ts';
import type { InstancePaths } from './paths.ts';

const ROTATE_AT_BYTES = 4 * 1024 * 1024;

type Entry = { readonly run: string; readonly at: string; readonly event: string } & Record<
  string,
  unknown
>;

/** state/journal.jsonl: one durable line before and after every step, so that a killed run can be told. */
export class Journal {
  readonly #path: string;
  readonly #run: string;
  readonly #files: Files;
  readonly #clock: Clock;

  constructor(paths: InstancePaths, run: string, files: Files, clock: Clock) {
    this.#path = paths.journal;
    this.#run = run;
    this.#files = files;
    this.#clock = clock;
  }

  async begin(command: string, plan: Plan): Promise<void> {
    const size = (await this.#files.stat(this.#path))?.size ?? 0;
    if (size > ROTATE_AT_BYTES) await this.#files.rename(this.#path, `${this.#path}.1`);
    // A line of our own: the last run may have been killed in the middle of one.
    await this.#files.append(this.#path, '\n');
    await this.#write('run-started', { command, steps: plan.steps.length });
  }

  stepStarted(step: Step): Promise<void> {
    return this.#write('step-started', {
      step: step.id,
      action: describeAction(step.action),
      cause: step.cause,
      ...stops(step.action),
      ...records(step.action),
    });
  }

  stepDone(step: Step): Promise<void> {
    return this.#write('step-done', { step: step.id });
  }

  stepFailed(step: Step, code: string, message: string): Promise<void> {
    return this.#write('step-failed', { step: step.id, code, message });
  }

  undo(
    event: 'undo-started' | 'undo-done' | 'undo-failed',
    step: Step,
    message?: string,
  ): Promise<void> {
    return this.#write(event, {
      step: step.id,
      ...(step.undo ? { action: describeAction(step.undo) } : {}),
      ...(step.undo && event === 'undo-started' ? stops(step.undo) : {}),
      ...(message === undefined ? {} : { message }),
    });
  }

  end(outcome: string): Promise<void> {
    return this.#write('run-ended', { outcome });
  }

  #write(event: string, fields: Record<string, unknown>): Promise<void> {
    const entry: Entry = { run: this.#run, at: this.#clock.now().toISOString(), event, ...fields };
    return this.#files.append(this.#path, `${JSON.stringify(entry)}\n`);
  }
}

/** For the next run, should this one be cut off. */
const records = (action: Action): { records?: string } =>
  action.kind === 'RecordRelease' ? { records: action.version } : {};

/** For the next run, should this one be cut off. */
const stops = (action: Action): { stops?: readonly string[] } => {
  const services = stoppedBy(action);
  return services.length > 0 ? { stops: services } : {};
};

/** They work from what is there, whatever was cut off. */
const GO_ON: readonly unknown[] = ['install', 'up', 'upgrade', 'uninstall'];

/**
 * The last run on record that began and never ended, in words, for a command that goes on where it stopped; undefined
 * when the last one ended, and for a command that has nothing to do with it.
 */
export async function unfinishedRun(
  goesOn: string,
  paths: InstancePaths,
  files: Files,
): Promise<string | undefined> {
  const { entries, begun, ended } = await lastRun(paths, files);
  if (!begun || ended) return undefined;
  if (!GO_ON.includes(goesOn) && begun['command'] !== goesOn) return undefined;
  const last = entries.findLast(({ event, run }) => event === 'step-started' && run === begun.run);
  const command = typeof begun['command'] === 'string' ? begun['command'] : 'a command';
  const action = typeof last?.['action'] === 'string' ? ` at "${last['action']}"` : '';
  return `"${command}" of ${begun.at} stopped${action} without finishing`;
}

/**
 * The release that the last run of this command was about to record as the one that serves, where somebody or something
 * cut it off; of several in a row, those that went on with it among them, the last that had come that far.
 */
export async function cutOffAtRecord(
  command: string,
  paths: InstancePaths,
  files: Files,
): Promise<string | undefined> {
  const entries = await readEntries(paths, files);
  for (const { run } of entries.filter(isRunOfItsOwn).toReversed()) {
    const of = entries.filter((entry) => entry.run === run);
    const isOver = of.some(({ event, outcome }) => event === 'run-ended' && outcome === 'done');
    if (isOver || of[0]?.['command'] !== command) return undefined;
    const found = of.findLast((entry) => typeof entry['records'] === 'string')?.['records'];
    if (typeof found === 'string') return found;
  }
  return undefined;
}

/** What brings an instance to where its configuration wants it. */
const BUILDS: readonly unknown[] = ['install', 'up', 'upgrade', 'rollback'];

/** When the last run began, where it was an installation or a change and somebody or something cut it off. */
export async function interruptedChange(
  paths: InstancePaths,
  files: Files,
): Promise<string | undefined> {
  const { entries, begun, ended } = await lastRun(paths, files);
  if (!begun || !BUILDS.includes(begun['command'])) return undefined;
  // One that was cut off before its first step left nothing behind, not even what was meant.
  if (!entries.some(({ event, run }) => event === 'step-started' && run === begun.run))
    return undefined;
  return ended === undefined || ended['outcome'] === 'cancelled' ? begun.at : undefined;
}

/** Services some run began to stop without getting to the end of it, with the last time one began (ISO 8601). */
export async function interruptedStops(
  paths: InstancePaths,
  files: Files,
): Promise<ReadonlyMap<string, string>> {
  const entries = await readEntries(paths, files);
  const found = new Map<string, string>();
  for (const { run, at, event, step, stops: services } of entries) {
    if (!Array.isArray(services)) continue;
    const ends = [event.replace('started', 'done'), event.replace('started', 'failed')];
    const hasEnded = entries.some(
      (other) => other.run === run && other['step'] === step && ends.includes(other.event),
    );
    if (!hasEnded) for (const service of services) found.set(String(service), at);
  }
  return found;
}

async function readEntries(paths: InstancePaths, files: Files): Promise<Entry[]> {
  const text = (await files.readText(paths.journal)) ?? '';
  return text.split('\n').flatMap((line): Entry[] => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Entry];
    } catch {
      // The last line of a run killed in the middle of a write.
      return [];
    }
  });
}

/** What changes no container says nothing about how a run before it ended. */
const ASIDE = /^(maintenance|images) /;

const isRunOfItsOwn = ({ event, command }: Entry): boolean =>
  event === 'run-started' && !ASIDE.test(String(command));

async function lastRun(paths: InstancePaths, files: Files) {
  const entries = await readEntries(paths, files);
  const begun = entries.findLast(isRunOfItsOwn);
  const ended = entries.find(({ event, run }) => event === 'run-ended' && run === begun?.run);
  return { entries, begun, ended };
}
