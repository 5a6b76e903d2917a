import { formatPlan } from '../../model/plan-text.ts';
import type { Command } from '../command.ts';

export const down: Command = {
  name: 'down',
  summary: 'stop the platform; its data stays',
  description:
    'Stops and removes the containers and networks of this instance. Volumes, secrets and configuration stay; `up` brings everything back.',
  exitCodes: { 5: '', 6: 'failed half way; run it again' },
  examples: [{ command: 'factsway-install down --yes', does: 'stops without asking' }],
  options: [],
  changes: true,
  async run(input, ports) {
    const [{ down: stop }, { planAsJson }] = await Promise.all([
      import('../../flows/down.ts'),
      import('../format.ts'),
    ]);
    const { plan, executed } = await stop(
      input.directory,
      { yes: input.yes, dryRun: input.dryRun },
      ports,
    );
    return {
      result: { plan: planAsJson(plan), executed },
      text:
        plan.steps.length === 0
          ? 'Nothing of this instance is running.'
          : executed
            ? 'Stopped. The data is still there; start again with: factsway-install up'
            : formatPlan(plan),
    };
  },
};
