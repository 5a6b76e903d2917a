import { FactswayError } from '../../model/errors.ts';
import { isLogTime } from '../../model/log-time.ts';
import type { Command } from '../command.ts';

export const logs: Command = {
  name: 'logs',
  summary: 'show the logs of one component or of all',
  description:
    'Shows the logs of a component in whatever slot it runs. Needs no knowledge of container names.',
  exitCodes: { 3: 'no Docker Engine answers' },
  examples: [
    { command: 'factsway-install logs records-service --follow', does: 'follows one service' },
    { command: 'factsway-install logs --since 10m', does: 'everything of the last ten minutes' },
  ],
  argument: {
    name: 'component',
    description: 'e.g. records-service, postgres, edge',
    optional: true,
    values: async () => (await import('../../flows/names.ts')).componentNames(),
  },
  options: [
    { flags: '--follow', description: 'go on showing new lines until Ctrl-C' },
    { flags: '--tail <lines>', description: 'how many lines to begin with', default: '100' },
    { flags: '--since <time>', description: 'only lines after this time or age, e.g. 10m' },
  ],
  changes: false,
  async run({ directory, argument, options, quiet }, ports) {
    const { logs: show } = await import('../../flows/logs.ts');
    const { tail, since, follow } = options;
    if (typeof tail !== 'string' || !/^(\d+|all)$/.test(tail))
      throw new FactswayError(
        'FW-USAGE',
        `--tail takes a number of lines or "all".`,
        'Example: factsway-install logs edge --tail 200',
      );
    if (typeof since === 'string' && !isLogTime(since))
      throw new FactswayError(
        'FW-USAGE',
        `--since takes an age or a time; "${since}" is neither.`,
        'Examples: --since 10m   --since 2h   --since 2026-01-31T10:00',
      );
    const request = {
      directory,
      follow: follow === true && !quiet,
      tail,
      ...(argument === undefined ? {} : { component: argument }),
      ...(typeof since === 'string' ? { since } : {}),
    };
    const lines = await show(request, ports);
    return { result: { lines }, text: '', verbatim: lines.join('\n') };
  },
};
