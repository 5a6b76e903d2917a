import type { CheckResult } from '../model/check-result.ts';
import type { Plan, Step } from '../model/plan.ts';

/** Progress as events: what to make of them is each reporter's own business. All of it goes to stderr. */
export type Reporter = {
  plan(plan: Plan): void;
  stepStarted(step: Step): void;
  /** What a step is waiting for right now; replaces the previous message of the same step. */
  stepWaiting(step: Step, message: string): void;
  stepDone(step: Step, durationMs: number): void;
  stepFailed(step: Step, message: string): void;
  undoing(description: string): void;
  note(message: string): void;
  warning(message: string): void;
  gateWaiting(name: string, message: string): void;
  /** A gate has its verdict; the table of all of them is the result and is printed by the command. */
  gate(result: CheckResult): void;
  /** Ends any live display so that other output can follow. */
  settle(): void;
};
