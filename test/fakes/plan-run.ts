import { executePlan, type RunAction } from '../../installer/src/flows/execute-plan.ts';
import { Journal } from '../../installer/src/flows/journal.ts';
import { instancePaths } from '../../installer/src/flows/paths.ts';
import { FactswayError, type ErrorCode } from '../../installer/src/model/errors.ts';
import type { Action, Plan, Step } from '../../installer/src/model/plan.ts';
import { DIRECTORY } from './builders.ts';
import { VirtualClock } from './host.ts';
import { MemoryFiles } from './memory-files.ts';
import { recordingReporter } from './reporter.ts';

const pull = (reference: string): Action => ({ kind: 'PullImage', reference });
export const named = (action: Action): string =>
  action.kind === 'PullImage' ? action.reference : '?';

/** `b after a, undo x` as a step; the names are references of images, which no executor looks at. */
export function planOf(
  ...steps: readonly {
    name: string;
    after?: readonly number[];
    undo?: string;
    optional?: true;
  }[]
): Plan {
  return {
    title: 'Test',
    steps: steps.map(({ name, after = [], undo, optional }, index): Step => ({
      id: index + 1,
      action: pull(name),
      cause: 'of the test',
      dependsOn: after,
      ...(undo === undefined ? {} : { undo: pull(undo) }),
      ...(optional ? { optional } : {}),
    })),
  };
}

type Gate = { readonly open: () => void; readonly fail: (error: Error) => void };

/** Runs a plan whose actions end only when the test says so. */
export function startPlan(
  plan: Plan,
  outcomes: Readonly<Record<string, Error>> = {},
  manual = false,
) {
  const files = new MemoryFiles();
  const clock = new VirtualClock();
  const reporter = recordingReporter();
  const abort = new AbortController();
  const order: string[] = [];
  const gates = new Map<string, Gate>();
  const run: RunAction = (action) => {
    const name = named(action);
    order.push(`+${name}`);
    const work = manual
      ? new Promise<void>((resolve, reject) => {
          gates.set(name, { open: resolve, fail: reject });
        })
      : Promise.resolve();
    return work.then(() => {
      const error = outcomes[name];
      if (error) throw error;
      clock.elapsedMs += 10;
      order.push(`-${name}`);
    });
  };
  const journal = new Journal(instancePaths(DIRECTORY), 'run-1', files, clock);
  const ended = executePlan(plan, { run, journal, reporter, clock, signal: abort.signal });
  ended.catch(() => undefined);
  /** Lets everything that can happen happen. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const events = (): string[] =>
    (files.text(`${DIRECTORY}/state/journal.jsonl`) ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string | number | undefined>)
      .map((entry) =>
        [entry['event'], entry['step'], entry['code'], entry['outcome']]
          .filter((part) => part !== undefined)
          .join(' '),
      );
  return { ended, order, gates, settle, events, reporter, abort, files };
}

export const broken = (code: ErrorCode = 'FW-NOT-HEALTHY'): FactswayError =>
  new FactswayError(code, 'It broke.', 'Mend it.', ['last line']);
