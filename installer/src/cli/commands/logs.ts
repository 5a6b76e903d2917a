import { FactswayError } from '../../model/errors.ts';
import { LOG_LEVELS, REQUEST_ID, type LogLevel, type LogLine } from '../../model/log-line.ts';
import { isLogTime } from '../../model/log-time.ts';
import type { FoundLogs, LogsRequest } from '../../flows/logs.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

/** Where nothing says how many are meant. */
const LAST = 100;
/** A JSON document is made whole, in memory. */
const MOST_IN_DOCUMENT = 50_000;
/** So many characters are written at a time. */
const PIECE = 64 * 1024;

const components = async (): Promise<readonly string[]> =>
  (await import('../../flows/names.ts')).componentNames();

export const logs: Command = {
  name: 'logs',
  summary: 'show the logs of one component or of all',
  description:
    'Shows the logs of a component in whatever slot it runs, or of all of them in the order of time, stopped containers included. Needs no knowledge of container names.',
  exitCodes: { 3: 'no Docker Engine answers' },
  examples: [
    { command: 'factsway-install logs records-service --follow', does: 'follows one service' },
    { command: 'factsway-install logs --since 10m', does: 'everything of the last ten minutes' },
    {
      command: 'factsway-install logs --level error --since 2h',
      does: 'what went wrong, wherever it did',
    },
    {
      command: 'factsway-install logs --request-id 0d94c5a2-6b1e-4a7c-9f3e-2b8d7e1a4c55',
      does: 'one request on its way through the services and the proxy',
    },
  ],
  argument: {
    name: 'component',
    description: 'e.g. records-service, postgres, edge',
    optional: true,
    values: components,
  },
  options: [
    {
      flags: '--service <component>',
      description: 'the same as naming it without an option',
      values: components,
    },
    {
      flags: '--level <level>',
      description: 'only lines of this level and above: trace, debug, info, warn, error, fatal',
      values: LOG_LEVELS,
    },
    {
      flags: '--since <time>',
      description: 'only lines from this time or age on, e.g. 10m, 2026-01-31T10:00',
    },
    { flags: '--until <time>', description: 'only lines up to this time or age' },
    { flags: '--request-id <id>', description: 'only lines of this request' },
    { flags: '--trace-id <id>', description: 'only lines of this trace' },
    {
      flags: '--tail <lines>',
      description:
        'the last so many lines, or "all" (default: 100; all where --since, --until, --request-id or --trace-id says which)',
    },
    { flags: '--follow', description: 'go on showing new lines until Ctrl-C' },
    { flags: '--raw', description: 'lines as the programs wrote them, for other tools' },
  ],
  changes: false,
  async run(input, ports) {
    const request = readRequest(input);
    const { findLogs } = await import('../../flows/logs.ts');
    const found = await findLogs(request, ports);
    return input.options['json'] === true ? asDocument(found) : asText(found, request, input);
  },
};

async function asDocument({ lines, source }: FoundLogs): Promise<CommandResult> {
  const { lastOf } = await import('../../flows/logs/merge.ts');
  const last = await lastOf(lines, MOST_IN_DOCUMENT + 1);
  const isCut = last.length > MOST_IN_DOCUMENT;
  return {
    result: { source, lines: isCut ? last.slice(1) : last },
    text: '',
    warnings: isCut
      ? [
          `There are more lines than one document holds: these are the last ${MOST_IN_DOCUMENT}. Narrow it down with --since and --until, or take --raw.`,
        ]
      : [],
  };
}

async function asText(
  { lines, width, timeZone, searched }: FoundLogs,
  { follow }: LogsRequest,
  { options, surface, print = () => Promise.resolve(true) }: CommandInput,
): Promise<CommandResult> {
  const { logLineFormatter, rawLine } = await import('../format-log-line.ts');
  const { color } = surface;
  const format: (line: LogLine) => string =
    options['raw'] === true ? rawLine : logLineFormatter({ color, width: width + 2, timeZone });
  let [held, count] = ['', 0];
  for await (const line of lines) {
    count++;
    held += `${format(line)}\n`;
    if (!follow && held.length < PIECE) continue;
    if (!(await print(held))) return { result: null, text: '' };
    held = '';
  }
  if (held !== '') await print(held);
  const nothing = `Nothing found: ${searched}.\nLook further: factsway-install logs --since 24h   what runs: factsway-install status`;
  return { result: { count }, text: count === 0 && !follow ? nothing : '' };
}

function readRequest({ directory, argument, options }: CommandInput): LogsRequest {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  const [service, level, since, until] = ['service', 'level', 'since', 'until'].map(text);
  const [requestId, traceId, tail] = ['requestId', 'traceId', 'tail'].map(text);
  const follow = options['follow'] === true;
  if (service !== undefined && argument !== undefined && service !== argument)
    throw usage(
      `Two components are named, "${argument}" and "${service}".`,
      'factsway-install logs --service edge',
    );
  if (level !== undefined && !LOG_LEVELS.some((known) => known === level))
    throw usage(
      `--level takes one of ${LOG_LEVELS.join(', ')}; "${level}" is none.`,
      'factsway-install logs --level error',
    );
  for (const [option, value] of [
    ['--since', since],
    ['--until', until],
  ] as const)
    if (value !== undefined && !isLogTime(value))
      throw new FactswayError(
        'FW-USAGE',
        `${option} takes an age or a time; "${value}" is neither.`,
        `Examples: ${option} 10m   ${option} 2h   ${option} 2026-01-31T10:00`,
      );
  if (requestId !== undefined && !REQUEST_ID.test(requestId))
    throw usage(
      '--request-id takes up to 128 letters, digits and _ . : -, as an error shows it to users.',
      'factsway-install logs --request-id 0d94c5a2-6b1e-4a7c-9f3e-2b8d7e1a4c55',
    );
  if (traceId !== undefined && !/^[0-9a-f]{32}$/.test(traceId))
    throw usage(
      '--trace-id takes 32 hexadecimal digits.',
      'factsway-install logs --trace-id 4bf92f3577b34da6a3ce929d0e0e4736',
    );
  if (tail !== undefined && !/^(\d{1,9}|all)$/.test(tail))
    throw usage(
      `--tail takes a number of lines or "all".`,
      'factsway-install logs edge --tail 200',
    );
  if (follow && until !== undefined)
    throw usage(
      '--follow has no end, and --until is one.',
      'factsway-install logs --since 10m --follow',
    );
  if (follow && options['json'] === true)
    throw usage(
      '--json prints one document when everything is there, and with --follow that never happens.',
      'factsway-install logs --follow --raw',
    );
  const isBounded = [since, until, requestId, traceId].some((value) => value !== undefined);
  const component = service ?? argument;
  return {
    directory,
    follow,
    ...(component === undefined ? {} : { component }),
    ...(level === undefined ? {} : { level: level as LogLevel }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(traceId === undefined ? {} : { traceId }),
    ...lastLines(tail ?? (isBounded ? 'all' : String(LAST))),
  };
}

const lastLines = (tail: string): { readonly tail?: number } =>
  tail === 'all' ? {} : { tail: Number(tail) };

const usage = (message: string, example: string): FactswayError =>
  new FactswayError('FW-USAGE', message, `Example: ${example}`);
