import { FactswayError } from '../../model/errors.ts';
import { formatMinutes } from '../../model/maintenance.ts';
import { formatPlan } from '../../model/plan-text.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

export const maintenance: Command = {
  name: 'maintenance',
  summary: 'silence alerts while you work on the server',
  description:
    'start: nobody is told of anything for a while; the silence ends by itself, so that it cannot be forgotten. Started again it lasts longer, never shorter. end: ends it at once; what still fires is told then. status: whether one is open. The sign of life of the dead man’s switch goes on, and drills arrive. Alerts are still shown where they are always shown.',
  examples: [
    {
      command: 'factsway-install maintenance start --for 2h --comment disk',
      does: 'two hours of quiet',
    },
    { command: 'factsway-install maintenance end --yes', does: 'done earlier' },
    { command: 'factsway-install maintenance', does: 'is one open, and until when' },
  ],
  argument: {
    name: 'action',
    description: 'status (the default), start or end',
    optional: true,
    values: ['start', 'end', 'status'],
  },
  options: [
    {
      flags: '--for <duration>',
      description: 'with start: how long, such as 30m, 2h or 1h30m, at most 24h',
      default: '2h',
    },
    { flags: '--comment <text>', description: 'with start: what is done' },
    { flags: '--author <name>', description: 'with start: who does it' },
  ],
  changes: true,
  async run(input, ports) {
    const action = input.argument ?? 'status';
    if (action === 'status') return status(input, ports);
    if (action === 'start') return start(input, ports);
    if (action === 'end') return end(input, ports);
    throw new FactswayError(
      'FW-USAGE',
      `There is no "maintenance ${action}".`,
      'Use: factsway-install maintenance start, end or status',
    );
  },
};

const consentOf = ({ yes, dryRun }: CommandInput) => ({ yes, dryRun });
const textOf = (option: unknown): string | undefined =>
  typeof option === 'string' && option.trim() !== '' ? option.trim() : undefined;

async function status({ directory }: CommandInput, ports: Ports): Promise<CommandResult> {
  const { maintenanceWindow } = await import('../../flows/maintenance-window.ts');
  const open = await maintenanceWindow(directory, ports);
  if (!open) return { result: { open: false }, text: 'No maintenance is open: alerts are told.' };
  const { endsAt, createdBy, comment } = open;
  const left = Math.max(0, Math.ceil((Date.parse(endsAt) - ports.clock.now().getTime()) / 60_000));
  return {
    result: { open: true, until: endsAt, by: createdBy, comment },
    text: `Alerts are silenced until ${endsAt}, for another ${formatMinutes(left)}: ${comment} (${createdBy}).\nEnd it: factsway-install maintenance end`,
  };
}

async function start(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ readMinutes, startMaintenanceWindow, maintenanceWindow }, { planAsJson }] =
    await Promise.all([import('../../flows/maintenance-window.ts'), import('../format.ts')]);
  const author = textOf(input.options['author']);
  const { plan, executed } = await startMaintenanceWindow(
    {
      directory: input.directory,
      consent: consentOf(input),
      minutes: readMinutes(String(input.options['for'])),
      comment: textOf(input.options['comment']) ?? 'maintenance',
      ...(author === undefined ? {} : { author }),
    },
    ports,
  );
  if (!executed) return { result: { plan: planAsJson(plan), executed }, text: formatPlan(plan) };
  const until = (await maintenanceWindow(input.directory, ports))?.endsAt;
  const lasts = plan.steps.length === 0 ? 'A window is open that lasts longer than that' : 'Silent';
  return {
    result: { plan: planAsJson(plan), executed, until },
    text: `${lasts}: nobody is told of anything until ${until ?? 'now'}. Done earlier: factsway-install maintenance end`,
  };
}

async function end(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ endMaintenanceWindow }, { planAsJson }] = await Promise.all([
    import('../../flows/maintenance-window.ts'),
    import('../format.ts'),
  ]);
  const { plan, executed } = await endMaintenanceWindow(
    { directory: input.directory, consent: consentOf(input) },
    ports,
  );
  return {
    result: { plan: planAsJson(plan), executed },
    text: !executed
      ? formatPlan(plan)
      : plan.steps.length === 0
        ? 'No maintenance is open.'
        : 'Ended. What fires from now on is told.',
  };
}
