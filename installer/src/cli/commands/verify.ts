import { FactswayError } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { gatesError } from '../verdict.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'prove that the platform works, gate by gate',
  description:
    'Asks the running system itself: containers, versions, migrations, the contract of each service, database, edge, metrics, alerting, exposure and secrets. Changes nothing.',
  exitCodes: { 0: 'every gate is green', 3: 'a gate is red, or no Docker Engine answers' },
  examples: [
    { command: 'factsway-install verify', does: 'all gates, as a table' },
    { command: 'factsway-install verify --gate edge --gate metrics', does: 'two of them' },
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
      description: 'how long a gate may take to turn green',
      default: '30',
    },
  ],
  changes: false,
  async run({ directory, options, surface }, ports) {
    const [{ verify: prove }, { formatChecks }] = await Promise.all([
      import('../../flows/verify.ts'),
      import('../format.ts'),
    ]);
    const seconds = Number(options['timeout']);
    if (!(seconds >= 0 && seconds <= 3600))
      throw new FactswayError(
        'FW-USAGE',
        '--timeout takes seconds between 0 and 3600.',
        'Example: factsway-install verify --timeout 60',
      );
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
