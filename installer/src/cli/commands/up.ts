import { formatPlan } from '../../model/plan-text.ts';
import {
  CONFIG_OPTIONS,
  configRequest,
  SKIP_CHECK_OPTION,
  skippedChecks,
  type Command,
} from '../command.ts';

export const up: Command = {
  name: 'up',
  summary: 'bring the running system to what factsway.yaml says',
  description:
    'Compares what should be with what is and does the difference: only what changed is recreated, configuration is reloaded where a component can. Containers are made only if the server has the memory and the cores they are given (the checks memory and cores of preflight).',
  files: [
    { path: 'factsway.yaml', what: 'what should be; --set changes it and keeps your comments' },
    {
      path: 'compose.override.yaml',
      what: 'yours; what it changes is made again, what it adds is started',
    },
    { path: 'state/edited/', what: 'copies of what --overwrite-edited replaced' },
    { path: 'state/failures/', what: 'logs of what did not start' },
  ],
  examples: [
    { command: 'factsway-install up', does: 'after editing factsway.yaml' },
    { command: 'factsway-install up --dry-run --verbose', does: 'shows every step with its undo' },
  ],
  options: [...CONFIG_OPTIONS, SKIP_CHECK_OPTION],
  changes: true,
  async run(input, ports) {
    const { overwrite, ...request } = configRequest(input);
    const [
      { apply },
      { requireCheckNames },
      { requireDatabase },
      { requireReceivers },
      { requireInstance },
      { planAsJson },
    ] = await Promise.all([
      import('../../flows/apply.ts'),
      import('../../flows/preflight.ts'),
      import('../../flows/require-database.ts'),
      import('../../flows/require-receivers.ts'),
      import('../../flows/resolve-config.ts'),
      import('../format.ts'),
    ]);
    const skipChecks = skippedChecks(input);
    requireCheckNames(skipChecks);
    await requireInstance(input.directory, ports.files);
    const options = {
      title: 'Bring the platform to its configuration',
      overwrite,
      renderOnly: false,
    };
    const { plan, executed, warnings } = await apply(
      {
        ...request,
        command: 'up',
        skipChecks,
        options,
        consent: { yes: input.yes, dryRun: input.dryRun },
        inspect: async (desired) => {
          await requireDatabase(desired, ports);
          await requireReceivers(desired, ports, skipChecks);
        },
      },
      ports,
    );
    const text = executed
      ? 'The platform is as configured. Prove it: factsway-install verify'
      : formatPlan(plan);
    return { result: { plan: planAsJson(plan), executed }, text, warnings };
  },
};
