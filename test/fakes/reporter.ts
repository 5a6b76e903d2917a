import { describeAction } from '../../installer/src/model/plan-text.ts';
import type { Reporter } from '../../installer/src/ports/reporter.ts';

export type RecordingReporter = Reporter & { readonly events: readonly string[] };

/** Every event as a line of text, in order. */
export function recordingReporter(): RecordingReporter {
  const events: string[] = [];
  const say = (line: string): void => {
    events.push(line);
  };
  return {
    events,
    plan: ({ title, steps }) => {
      say(`plan: ${title}, ${steps.length} steps`);
    },
    stepStarted: ({ id, action }) => {
      say(`started ${id} ${describeAction(action)}`);
    },
    stepWaiting: ({ id }, message) => {
      say(`waiting ${id} ${message}`);
    },
    stepDone: ({ id }, ms) => {
      say(`done ${id} in ${ms} ms`);
    },
    stepFailed: ({ id }, message) => {
      say(`failed ${id} ${message}`);
    },
    undoing: (description) => {
      say(`undoing ${description}`);
    },
    note: (message) => {
      say(`note: ${message}`);
    },
    warning: (message) => {
      say(`warning: ${message}`);
    },
    gateWaiting: (name, message) => {
      say(`gate ${name} ${message}`);
    },
    gate: ({ name, status }) => {
      say(`gate ${name}: ${status}`);
    },
    settle: () => undefined,
  };
}
