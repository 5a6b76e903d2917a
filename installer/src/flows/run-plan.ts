import { isDeepStrictEqual } from 'node:util';
import { FactswayError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';
import { serialQueue } from './actions/action-context.ts';
import { actionRunner } from './actions/run-action.ts';
import { executePlan } from './execute-plan.ts';
import { Journal, unfinishedRun } from './journal.ts';
import { withLock } from './lock.ts';
import { secretMask } from './mask-secrets.ts';
import { instancePaths } from './paths.ts';

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
};

/** Shows a plan, has it confirmed, and carries it out under lock and journal. False when it was a dry run. */
export async function runPlan(run: PlanRun, ports: Ports): Promise<boolean> {
  const { reporter, prompter } = ports;
  const paths = instancePaths(run.directory);
  // A dry run's plan is its result and goes to stdout.
  if (run.consent.dryRun) return false;
  reporter.plan(run.plan);
  if (run.plan.steps.length === 0) return true;
  if (run.confirm && !run.consent.yes && !(await prompter.confirm('Carry out this plan?', true))) {
    throw new FactswayError(
      'FW-CANCELLED',
      'Not confirmed; nothing was changed.',
      'Run the command again when you are ready.',
    );
  }
  await withLock(paths, run.command, ports, async () => {
    const unfinished = await unfinishedRun(paths, ports.files);
    if (unfinished !== undefined)
      reporter.note(`An earlier run, ${unfinished}; continuing from what is there.`);
    const plan = await run.replan();
    // What was agreed to is what will be done; why, and how it is undone, may have moved on by itself.
    if (run.confirm && !run.consent.yes && !sameActions(plan, run.plan)) {
      throw new FactswayError(
        'FW-STATE-CHANGED',
        'The instance changed while the plan was being read; nothing was done.',
        'Run the command again and read the new plan.',
      );
    }
    const id = ports.random.id();
    const journal = new Journal(paths, id, ports.files, ports.clock);
    await journal.begin(run.command, plan);
    await executePlan(plan, {
      run: async (action, waiting) => {
        const mask = await secretMask(paths, ports.files);
        await actionRunner({
          ports,
          paths,
          project: run.project,
          ...(run.desired ? { desired: run.desired } : {}),
          mask,
          run: id,
          serially,
        })(action, waiting);
      },
      journal,
      reporter,
      clock: ports.clock,
      signal: ports.signal,
    });
  });
  return true;
}

const serially = serialQueue();

function sameActions(left: Plan, right: Plan): boolean {
  const actions = ({ steps }: Plan) => steps.map(({ action }) => action);
  return isDeepStrictEqual(actions(left), actions(right));
}
