import { describeAction, formatStep, planLines } from '../../model/plan-text.ts';
import { formatDuration } from '../../model/units.ts';
import type { Reporter } from '../../ports/reporter.ts';

type Write = (line: string) => void;

/** One line per event, no colour, no cursor movement: for logs, pipes and screen readers. */
export function plainReporter(write: Write, verbose: boolean): Reporter {
  const lastWait = new Map<string, string>();
  const once = (key: string, message: string): void => {
    if (lastWait.get(key) === message) return;
    lastWait.set(key, message);
    write(`    ${message}`);
  };
  return {
    plan: (plan) => {
      if (plan.steps.length === 0) {
        write(`${plan.title}: nothing to do.`);
        return;
      }
      write(`${plan.title}:`);
      if (verbose) for (const step of plan.steps) write(`  ${formatStep(step)}`);
      else
        for (const { ids, what, cause } of planLines(plan))
          write(`  ${ids} ${what} because ${cause}`);
    },
    stepStarted: (step) => {
      write(`[${step.id}] ${describeAction(step.action)} …`);
    },
    stepWaiting: (step, message) => {
      once(`step ${step.id}`, message);
    },
    stepDone: (step, ms) => {
      write(`[${step.id}] done in ${formatDuration(ms)}`);
    },
    stepFailed: (step, message) => {
      write(`[${step.id}] failed: ${message}`);
    },
    undoing: (description) => {
      write(`putting back: ${description}`);
    },
    note: write,
    warning: (message) => {
      write(`warning: ${message}`);
    },
    gateWaiting: once,
    gate: () => undefined,
    settle: () => undefined,
  };
}

const nothing = (): void => undefined;

/** For --quiet: the result says everything. */
export const silentReporter: Reporter = {
  plan: nothing,
  stepStarted: nothing,
  stepWaiting: nothing,
  stepDone: nothing,
  stepFailed: nothing,
  undoing: nothing,
  note: nothing,
  warning: nothing,
  gateWaiting: nothing,
  gate: nothing,
  settle: nothing,
};
