import { EXIT } from '../model/exit-codes.ts';
import { FactswayError, toFactswayError } from '../model/errors.ts';
import type { Action, Plan, Step } from '../model/plan.ts';
import { describeAction } from '../model/plan-text.ts';
import type { Clock } from '../ports/host.ts';
import type { Reporter } from '../ports/reporter.ts';
import { NothingDone } from './nothing-done.ts';
import type { Journal } from './journal.ts';

/** Carries out one action; `waiting` tells the person what it is waiting for. */
export type RunAction = (action: Action, waiting: (message: string) => void) => Promise<void>;

type Executor = {
  readonly run: RunAction;
  readonly journal: Journal;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Looks, after everything was undone: what is not as it was before, in words. */
  readonly findLost?: () => Promise<readonly string[]>;
};

/**
 * Carries out a plan: steps whose dependencies are done run side by side. It decides nothing: when a
 * step fails it starts no more, waits for those under way and runs the undo of every step that began, the
 * failed one included, in reverse. What needs an operator is left as it is. Throws the step's error, or
 * FW-UNDO-FAILED when putting back failed, or FW-CANCELLED.
 */
export async function executePlan(plan: Plan, executor: Executor): Promise<void> {
  const begun: Step[] = [];
  const untouched = new Set<Step>();
  const failure = await tellingOfCtrlC(executor, () => runSteps(plan, executor, begun, untouched));
  if (!failure) {
    await executor.journal.end('done');
    return;
  }
  const end = (outcome: string) => whereItCan(executor.journal.end(outcome));
  if (failure.code === 'FW-CANCELLED') {
    await end('cancelled');
    throw failure;
  }
  if (failure.exitCode === EXIT.operator) {
    await end('stuck');
    throw failure;
  }
  const undoErrors = await undoSteps(begun, executor);
  await end(undoErrors.length > 0 ? 'stuck' : 'undone');
  if (undoErrors.length > 0) throw undoFailed(failure, undoErrors);
  const remaining = begun.find(
    (step) => step.irreversible !== undefined && !untouched.has(step),
  )?.irreversible;
  if (remaining !== undefined) throw leftBehind(failure, remaining);
  const lost = await findLost(executor);
  if (lost.length > 0) throw undoFailed(failure, lost);
  const stays = begun.find((step) => step.stays !== undefined)?.stays;
  throw asPutBack(failure, stays);
}

/** That everything is back is said of what was looked at only. */
async function findLost({ findLost: look }: Executor): Promise<readonly string[]> {
  try {
    return (await look?.()) ?? [];
  } catch (error) {
    return [`Whether everything is back could not be seen: ${toFactswayError(error).message}`];
  }
}

/** A step that has to come to its end may take a while after Ctrl-C: silence would look like a program that hangs. */
async function tellingOfCtrlC<T>(
  { signal, reporter }: Executor,
  work: () => Promise<T>,
): Promise<T> {
  const tell = (): void => {
    reporter.note('Interrupted: what is under way is ended first (Ctrl-C again: at once).');
  };
  signal.addEventListener('abort', tell);
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', tell);
  }
}

async function runSteps(
  plan: Plan,
  executor: Executor,
  begun: Step[],
  untouched: Set<Step>,
): Promise<FactswayError | undefined> {
  const waiting = new Set(plan.steps);
  const running = new Map<number, Promise<void>>();
  const finished = new Set<number>();
  let failure: FactswayError | undefined;

  for (;;) {
    if (executor.signal.aborted && waiting.size > 0) failure ??= cancelled();
    if (!failure) {
      for (const step of waiting) {
        if (!step.dependsOn.every((id) => finished.has(id))) continue;
        waiting.delete(step);
        begun.push(step);
        const work = runStep(step, executor).then(
          () => {
            finished.add(step.id);
          },
          (thrown: unknown) => {
            if (thrown instanceof NothingDone) untouched.add(step);
            const error = reasonOf(thrown);
            if (step.optional && !executor.signal.aborted) {
              const { message, hint } = toFactswayError(error);
              executor.reporter.warning(`${describeAction(step.action)}: ${message} ${hint}`);
              finished.add(step.id);
              return;
            }
            // The first failure is the cause; what falls over after it is a consequence.
            failure ??= executor.signal.aborted ? cancelled() : toFactswayError(error);
          },
        );
        running.set(
          step.id,
          work.finally(() => running.delete(step.id)),
        );
      }
    }
    if (running.size === 0) return failure;
    await Promise.race(running.values());
  }
}

const reasonOf = (thrown: unknown): unknown =>
  thrown instanceof NothingDone ? thrown.reason : thrown;

async function runStep(step: Step, { run, journal, reporter, clock }: Executor): Promise<void> {
  const begun = clock.monotonicMs();
  await journal.stepStarted(step);
  reporter.stepStarted(step);
  try {
    await run(step.action, (message) => {
      reporter.stepWaiting(step, message);
    });
  } catch (error) {
    const { code, message } = toFactswayError(reasonOf(error));
    reporter.stepFailed(step, message);
    await whereItCan(journal.stepFailed(step, code, message));
    throw error;
  }
  await journal.stepDone(step);
  reporter.stepDone(step, clock.monotonicMs() - begun);
}

/**
 * A line of the journal after something failed. A disk that is full, maybe the very cause, must neither hide
 * that cause nor keep things from being put back.
 */
async function whereItCan(line: Promise<void>): Promise<void> {
  try {
    await line;
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
  }
}

async function undoSteps(
  begun: readonly Step[],
  { run, journal, reporter }: Executor,
): Promise<string[]> {
  const errors: string[] = [];
  for (const step of begun.toReversed()) {
    if (!step.undo) continue;
    reporter.undoing(describeAction(step.undo));
    await whereItCan(journal.undo('undo-started', step));
    try {
      await run(step.undo, () => undefined);
      await whereItCan(journal.undo('undo-done', step));
    } catch (error) {
      const { message, hint } = toFactswayError(reasonOf(error));
      errors.push(`${describeAction(step.undo)}: ${message} ${hint}`);
      await whereItCan(journal.undo('undo-failed', step, message));
    }
  }
  return errors;
}

function cancelled(): FactswayError {
  return new FactswayError(
    'FW-CANCELLED',
    'Interrupted.',
    'Nothing is lost: run the same command again and it continues from what is there.',
  );
}

/** Whatever the failing step was, by now everything is back: the exit code says so. */
function asPutBack(failure: FactswayError, stays: string | undefined): FactswayError {
  if (failure.exitCode === EXIT.operator || failure.exitCode === EXIT.bug) return failure;
  return new FactswayError(
    failure.code,
    failure.message,
    `${stays === undefined ? 'Everything was put back as it was.' : `What was started is taken away again. ${stays}`} ${failure.hint}`,
    failure.details,
    EXIT.restored,
  );
}

/** Something of the customer's own cannot be put back by us: a person has to, and is told how. */
function leftBehind(failure: FactswayError, remaining: string): FactswayError {
  return new FactswayError(
    failure.code,
    failure.message,
    `${remaining} ${failure.hint}`,
    failure.details,
    EXIT.operator,
  );
}

function undoFailed(failure: FactswayError, errors: readonly string[]): FactswayError {
  return new FactswayError(
    'FW-UNDO-FAILED',
    `${failure.message} Putting things back failed as well.`,
    `${failure.hint} Then run the command again: it works from what is there.`,
    [...errors, ...failure.details],
  );
}
