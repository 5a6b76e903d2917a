import { isDeepStrictEqual } from 'node:util';
import { FactswayError } from '../model/errors.ts';
import type { ActionKind, Plan } from '../model/plan.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';
import { serialQueue } from './actions/action-context.ts';
import { actionRunner } from './actions/run-action.ts';
import { executePlan, type RunAction } from './execute-plan.ts';
import { isRecorded, recordInEffect } from './configuration-record.ts';
import { interruptedChange, Journal, unfinishedRun } from './journal.ts';
import { awaitWorkers } from './await-workers.ts';
import { findLeftovers, removeLeftovers } from './leftovers.ts';
import { withLock } from './lock.ts';
import { secretMask } from './mask-secrets.ts';
import { instancePaths, type InstancePaths } from './paths.ts';

export type Consent = { readonly yes: boolean; readonly dryRun: boolean };

export type PlanRun = {
  /** As it is recorded in the journal and the lock, e.g. `install`. */
  readonly command: string;
  readonly directory: string;
  readonly project: string;
  readonly desired?: Desired;
  readonly plan: Plan;
  /** Observes and plans again, once the lock is held. */
  readonly replan: () => Promise<Plan>;
  readonly consent: Consent;
  /** Whether the plan needs a yes of its own: rendering a first bundle does not. */
  readonly confirm: boolean;
  /** After a failure, once everything is undone: what ran before and does not now, in words. */
  readonly findLost?: () => Promise<readonly string[]>;
  /** Around the steps of a plan, once it is certain which they are. */
  readonly around?: (plan: Plan, work: () => Promise<void>) => Promise<void>;
  /** Up to the first step of this kind containers stay those of the former configuration; from the beginning unless said. */
  readonly appliedFrom?: ActionKind;
  /** Asks in place of the plain question, also where --yes was given; false or a throw for no. */
  readonly agree?: () => Promise<boolean>;
};

export type PlanOutcome = {
  /** The one that was carried out: not the one that was shown, where the instance changed in between. */
  readonly plan: Plan;
  /** False when it was a dry run. */
  readonly executed: boolean;
};

/** Shows a plan, has it confirmed, and carries it out under lock and journal. */
export async function runPlan(run: PlanRun, ports: Ports): Promise<PlanOutcome> {
  const { reporter, prompter } = ports;
  const paths = instancePaths(run.directory);
  // A dry run's plan is its result and goes to stdout.
  if (run.consent.dryRun) return { plan: run.plan, executed: false };
  reporter.plan(run.plan);
  if (run.plan.steps.length === 0) {
    await tidyUp(run, paths, ports);
    return { plan: run.plan, executed: true };
  }
  const agreed = run.agree
    ? await run.agree()
    : !run.confirm || run.consent.yes || (await prompter.confirm('Carry out this plan?', true));
  if (!agreed) {
    throw new FactswayError(
      'FW-CANCELLED',
      'Not confirmed; nothing was changed.',
      'Run the command again when you are ready.',
    );
  }
  const plan = await withLock(paths, run.command, ports, () => carryOut(run, paths, ports));
  return { plan, executed: true };
}

/** Under the lock: looks again, and does what is to be done now. */
async function carryOut(run: PlanRun, paths: InstancePaths, ports: Ports): Promise<Plan> {
  const { files, reporter, clock, signal } = ports;
  await awaitWorkers(run.directory, ports);
  await removeLeftovers(paths, files);
  const unfinished = await unfinishedRun(run.command, paths, files);
  if (unfinished !== undefined)
    reporter.note(`An earlier run, ${unfinished}; continuing from what is there.`);
  const plan = await run.replan();
  if (!sameActions(plan, run.plan)) {
    // What was agreed to is what will be done; why, and how it is undone, may have moved on by itself.
    if (run.agree || (run.confirm && !run.consent.yes)) throw stateChanged();
    reporter.note('The instance changed in the meantime; this is done instead:');
    reporter.plan(plan);
  }
  const id = ports.random.id();
  const journal = new Journal(paths, id, files, clock);
  await journal.begin(run.command, plan);
  const isPlanned = plan.steps.some(({ action }) => action.kind === run.appliedFrom);
  let reached = run.appliedFrom === undefined || !isPlanned;
  const perform: RunAction = async (action, waiting) => {
    const mask = await secretMask(paths, files);
    const { project, desired } = run;
    reached ||= action.kind === run.appliedFrom;
    const before = { ports, paths, project, recordsNothing: !reached, mask, run: id };
    const context = { ...before, ...(desired ? { desired } : {}) };
    await actionRunner({ ...context, serially })(action, waiting);
  };
  const { findLost } = run;
  const looking = findLost ? { findLost } : {};
  const work = (): Promise<void> =>
    executePlan(plan, { run: perform, journal, reporter, clock, signal, ...looking });
  await (run.around ? run.around(plan, work) : work());
  const applied = appliedBy(run);
  if (applied !== undefined) await recordInEffect(applied, paths, files);
  return plan;
}

/** What is in effect when it is done; undefined for a rendering, and for what renders nothing. */
const appliedBy = ({ confirm, desired }: PlanRun): string | undefined =>
  confirm ? desired?.configText : undefined;

/** With nothing to do there is no run that would hold the lock; another one that does tidies up itself. */
async function tidyUp(run: PlanRun, paths: InstancePaths, ports: Ports): Promise<void> {
  const { files, clock, random } = ports;
  try {
    const tidy = (await findLeftovers(paths, files)).length === 0;
    // A plan that needs no yes is one of files alone, and says nothing about what runs.
    const settled = run.confirm && (await interruptedChange(paths, files)) !== undefined;
    const applied = appliedBy(run);
    const recorded = applied === undefined || (await isRecorded(applied, paths, files));
    if (tidy && !settled && recorded) return;
    await withLock(paths, run.command, ports, async () => {
      await removeLeftovers(paths, files);
      // What asks for no change is in effect as it is: a comment, or the first run of an installer that records it.
      if (applied !== undefined) await recordInEffect(applied, paths, files);
      if (!settled) return;
      // Nothing is left of it to do: from here on it counts as finished.
      const journal = new Journal(paths, random.id(), files, clock);
      await journal.begin(run.command, run.plan);
      await journal.end('done');
    });
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
  }
}

function stateChanged(): FactswayError {
  return new FactswayError(
    'FW-STATE-CHANGED',
    'The instance changed while the plan was being read; nothing was done.',
    'Run the command again and read the new plan.',
  );
}

const serially = serialQueue();

function sameActions(left: Plan, right: Plan): boolean {
  const actions = ({ steps }: Plan) => steps.map(({ action }) => action);
  return isDeepStrictEqual(actions(left), actions(right));
}
