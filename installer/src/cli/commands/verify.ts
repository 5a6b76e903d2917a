import { didYouMean } from '../../model/did-you-mean.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';
import { drillError, gatesError } from '../verdict.ts';

const DRILLS = ['alert'];

export const verify: Command = {
  name: 'verify',
  summary: 'prove that the platform works, gate by gate',
  description:
    'Asks the running system itself: containers, versions, migrations, the contract of each service, database, edge, metrics, alerting, exposure and secrets. Changes nothing. With --drill alert it sends a test alert to every receiver of alerts instead, each by itself, and says who took it.',
  exitCodes: {
    0: 'every gate is green, or every receiver took the test',
    3: 'a gate is red, a receiver did not take the test, or no Docker Engine answers',
  },
  examples: [
    { command: 'factsway-install verify', does: 'all gates, as a table' },
    { command: 'factsway-install verify --gate edge --gate metrics', does: 'two of them' },
    {
      command: 'factsway-install verify --drill alert',
      does: 'a test alert to everybody who is told when something breaks',
    },
  ],
  options: [
    {
      flags: '--gate <name>',
      description: 'run only this gate',
      repeatable: true,
      values: async () => (await import('../../flows/names.ts')).gateNames(),
    },
    {
      flags: '--timeout <seconds>',
      description: 'how long a gate may take to turn green, or a test alert to arrive',
      default: '30',
    },
    {
      flags: '--drill <name>',
      description: 'alert: send a test alert to every receiver, in place of the gates',
      values: DRILLS,
    },
    { flags: '--dry-run', description: 'with --drill: say whom it would reach, and send nothing' },
  ],
  changes: false,
  async run(input, ports) {
    const { directory, options, surface } = input;
    const [{ verify: prove }, { formatChecks }] = await Promise.all([
      import('../../flows/verify.ts'),
      import('../format.ts'),
    ]);
    refuseStrayOptions(input);
    const seconds = Number(options['timeout']);
    if (!(seconds >= 0 && seconds <= 3600))
      throw new FactswayError(
        'FW-USAGE',
        '--timeout takes seconds between 0 and 3600.',
        'Example: factsway-install verify --timeout 60',
      );
    if (options['drill'] !== undefined) return drill(input, seconds * 1000, ports);
    const names = Array.isArray(options['gate']) ? options['gate'].map(String) : [];
    const gates = await prove({ directory, gates: names, timeoutMs: seconds * 1000 }, ports);
    const error = gatesError(gates);
    const verdict = error
      ? error.message
      : gates.length === 1
        ? 'The gate is green.'
        : `All ${gates.length} gates are green.`;
    return {
      result: { gates },
      text: `${formatChecks(gates, surface)}\n\n${verdict}`,
      ...(error ? { error } : {}),
    };
  },
};

function refuseStrayOptions({ options, dryRun }: CommandInput): void {
  const { drill: given, gate } = options;
  const name = typeof given === 'string' ? given : undefined;
  if (name !== undefined && !DRILLS.includes(name))
    throw new FactswayError(
      'FW-USAGE',
      `There is no drill "${name}".`,
      `${didYouMean(name, DRILLS)}Known: ${DRILLS.join(', ')}`,
    );
  if (name !== undefined && gate !== undefined)
    throw new FactswayError(
      'FW-USAGE',
      '--drill asks no gates, so --gate cannot be beside it.',
      'First the one, then the other: factsway-install verify --drill alert',
    );
  if (name === undefined && dryRun)
    throw new FactswayError(
      'FW-USAGE',
      '--dry-run is for --drill: the gates change nothing.',
      'Use: factsway-install verify',
    );
}

async function drill(
  { directory, dryRun, surface }: CommandInput,
  timeoutMs: number,
  ports: Ports,
): Promise<CommandResult> {
  const [{ drillAlert }, { formatChecks }] = await Promise.all([
    import('../../flows/drill-alert.ts'),
    import('../format.ts'),
  ]);
  const { receivers, results } = await drillAlert({ directory, timeoutMs, dryRun }, ports);
  if (dryRun)
    return {
      result: { receivers, results, executed: false },
      text: `A test alert would go to: ${receivers.join(', ')}. Nothing was sent.`,
    };
  const error = drillError(results);
  const verdict =
    error?.message ?? 'Every receiver took the test. Look whether it shows where people read.';
  return {
    result: { receivers, results, executed: true },
    text: `${formatChecks(results, surface)}\n\n${verdict}`,
    ...(error ? { error } : {}),
  };
}
