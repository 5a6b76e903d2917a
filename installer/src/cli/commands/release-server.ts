import { resolve } from 'node:path';
import { FactswayError } from '../../model/errors.ts';
import { CHANNELS } from '../../model/updates/protocol.ts';
import { isVersion } from '../../model/version.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommandInput, CommandResult, OptionSpec } from '../command.ts';

/** Of the commands for whoever runs the update server of all customers. */
export const SERVER_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--updates <file>',
    description: 'where the update server is (default: ./updates.yaml)',
  },
  {
    flags: '--by <name>',
    description:
      'who does it, for the records; user, host, job and AWS key stand beside it (default: these)',
  },
  { flags: '--notes <file>', description: 'with publish: what is new, as text or Markdown' },
  {
    flags: '--minimum-system-version <version>',
    description: 'with publish: older systems are not offered it',
  },
  {
    flags: '--percent <percent>',
    description:
      'with promote, and with yank --roll-forward: offer it to so many of the clients at first (default: 100)',
  },
  { flags: '--reason <text>', description: 'with yank: why, for those who come after you' },
  {
    flags: '--roll-forward <version>',
    description: 'with yank: promote this version, which replaces it',
  },
  { flags: '--audit', description: 'with list: who changed what, and whether it was cut off' },
  { flags: '--deep', description: 'with promote and verify: read every file whole' },
  { flags: '--burst <requests>', description: 'with verify: ask so often that the limit is met' },
];

const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function versionOf(given: unknown, example: string): string {
  if (typeof given === 'string' && isVersion(given)) return given;
  throw new FactswayError(
    'FW-USAGE',
    given === undefined ? 'Which version?' : `"${text(given) ?? ''}" is no version such as 1.2.0.`,
    `Example: factsway-install release ${example}`,
  );
}

function percentOf(given: unknown, smallest: number): number {
  const percent = Number(given);
  if (Number.isInteger(percent) && percent >= smallest && percent <= 100 && given !== '')
    return percent;
  throw new FactswayError(
    'FW-USAGE',
    `"${text(given) ?? ''}" is no percentage from ${smallest} to 100.`,
    'Example: factsway-install release ramp 25',
  );
}

async function opened({ options }: CommandInput, ports: Ports) {
  const { openServer } = await import('../../flows/release/server.ts');
  return openServer(
    resolve(text(options['updates']) ?? 'updates.yaml'),
    text(options['by']),
    ports,
  );
}

export async function publish(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const { options, more, yes, dryRun } = input;
  const example = 'publish ./dist --version 1.2.0';
  if (more === undefined)
    throw new FactswayError(
      'FW-USAGE',
      'Which directory?',
      `Example: factsway-install release ${example}`,
    );
  const version = versionOf(options['version'], example);
  const [given = 'latest', ...others] = listOf(options['channel']);
  const channel = others.length > 0 ? undefined : CHANNELS.find((one) => one === given);
  if (!channel)
    throw new FactswayError(
      'FW-USAGE',
      `${[given, ...others].join(', ')} is not the name of one channel.`,
      `Use: ${CHANNELS.join(', ')}`,
    );
  const notesFile = text(options['notes']);
  const notes =
    notesFile === undefined ? undefined : await ports.files.readText(resolve(notesFile));
  if (notesFile !== undefined && notes === undefined)
    throw new FactswayError(
      'FW-CONFIG-NOT-FOUND',
      `${notesFile} is not there.`,
      `Example: factsway-install release ${example} --notes CHANGES.md`,
    );
  const server = await opened(input, ports);
  const { publishRelease } = await import('../../flows/release/publish.ts');
  const minimumSystemVersion = text(options['minimumSystemVersion']);
  const request = {
    directory: resolve(more),
    version,
    channel,
    notes,
    minimumSystemVersion,
    consent: { yes, dryRun },
  };
  const result = await publishRelease(request, server, ports);
  const names = result.record.files.map(({ name }) => name).join(', ');
  return {
    result,
    text: result.unchanged
      ? `${version} is published already, exactly so.`
      : result.executed
        ? `${version} is published: ${names}. Nobody is offered it yet: factsway-install release promote ${version}`
        : `Would publish: ${names}. Nothing was sent.`,
  };
}

export async function promote(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const { options, more, yes, dryRun } = input;
  const version = versionOf(more, 'promote 1.2.0');
  const percent = percentOf(options['percent'] ?? 100, 0);
  const server = await opened(input, ports);
  const { promoteRelease } = await import('../../flows/release/promote.ts');
  const deep = options['deep'] === true;
  const { executed, writes } = await promoteRelease(
    { version, percent, deep, consent: { yes, dryRun } },
    server,
    ports,
  );
  return changed(`${version} is live`, executed, writes);
}

type Writes = readonly {
  readonly name: string;
  readonly before: unknown;
  readonly after: { readonly version: string; readonly percent: number };
}[];

function changed(what: string, executed: boolean, writes: Writes): CommandResult {
  const lines = writes.map(
    ({ name, after }) => `${name}: ${after.version}, ${after.percent} % of the clients`,
  );
  return {
    result: {
      executed,
      writes: writes.map(({ name, before, after }) => ({ name, before: before ?? null, after })),
    },
    text: executed
      ? [writes.length === 0 ? `${what} already; nothing was changed.` : `${what}.`, ...lines].join(
          '\n',
        )
      : ['Would be written; nothing was changed:', ...lines].join('\n'),
  };
}

async function ramped(
  input: CommandInput,
  percent: number,
  what: string,
  ports: Ports,
): Promise<CommandResult> {
  const { options, yes, dryRun } = input;
  const asked = options['version'];
  const version = asked === undefined ? undefined : versionOf(asked, 'ramp 25 --version 1.2.0');
  const server = await opened(input, ports);
  const { rampRelease } = await import('../../flows/release/promote.ts');
  const result = await rampRelease(
    { version, percent, what, consent: { yes, dryRun } },
    server,
    ports,
  );
  return changed(
    `${result.version} is offered to ${percent} % of the clients`,
    result.executed,
    result.writes,
  );
}

export const ramp = (input: CommandInput, ports: Ports): Promise<CommandResult> => {
  const percent = percentOf(input.more, 1);
  return ramped(input, percent, `ramp ${percent} %:`, ports);
};

export async function pause(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const result = await ramped(input, 0, 'pause', ports);
  return {
    ...result,
    text: `${result.text}\nWho has it keeps it; nobody else gets it until: factsway-install release ramp 25`,
  };
}

export async function yank(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const { options, more, yes, dryRun } = input;
  const version = versionOf(more, 'yank 1.2.0');
  const next = options['rollForward'];
  const example = 'yank 1.2.0 --roll-forward 1.2.1 --from 1.1.0';
  const rollForward =
    next === undefined
      ? undefined
      : {
          version: versionOf(next, example),
          from: versionOf(options['from'], example),
          percent: percentOf(options['percent'] ?? 100, 1),
        };
  if (next === undefined && options['percent'] !== undefined)
    throw new FactswayError(
      'FW-USAGE',
      'A version is yanked for everybody; --percent is about the one that replaces it.',
      `Example: factsway-install release ${example} --percent 25   To offer one to fewer: factsway-install release ramp 5`,
    );
  const server = await opened(input, ports);
  const { yankRelease } = await import('../../flows/release/yank.ts');
  const reason = text(options['reason']) ?? 'no reason was given';
  const { executed, writes } = await yankRelease(
    { version, reason, rollForward, consent: { yes, dryRun } },
    server,
    ports,
  );
  return changed(`${version} is stopped for good`, executed, writes);
}

export async function list(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const server = await opened(input, ports);
  const [{ listReleases, listAudit }, { formatAudit, formatListed }] = await Promise.all([
    import('../../flows/release/list.ts'),
    import('../format-update-releases.ts'),
  ]);
  if (input.options['audit'] === true) {
    const changes = await listAudit(server, ports);
    return { result: { changes }, text: formatAudit(changes) };
  }
  const releases = await listReleases(server, ports);
  return { result: { releases }, text: formatListed(releases) };
}

export async function verify(
  { options, more, surface }: CommandInput,
  ports: Ports,
): Promise<CommandResult> {
  const burst = Number(options['burst'] ?? 0);
  if (
    more === undefined ||
    !/^https?:\/\/[^/\s]/.test(more) ||
    !Number.isInteger(burst) ||
    burst < 0 ||
    burst > 10_000
  )
    throw new FactswayError(
      'FW-USAGE',
      'release verify takes the address of an update server, and --burst a number up to 10000.',
      'Example: factsway-install release verify https://updates.example.com',
    );
  const [{ verifyServer }, { formatChecks }] = await Promise.all([
    import('../../flows/release/verify-server.ts'),
    import('../format.ts'),
  ]);
  const rows = await verifyServer({ url: more, deep: options['deep'] === true, burst }, ports);
  const failed = rows.filter(({ status }) => status === 'fail');
  const verdict =
    failed.length === 0
      ? 'The server answers as the desktop app needs it.'
      : `${failed.length} of ${rows.length} rows failed.`;
  const error =
    failed.length === 0
      ? {}
      : {
          error: new FactswayError(
            'FW-UPDATES-PROTOCOL',
            `${more} does not answer as the desktop app needs it: ${failed.map(({ name }) => name).join(', ')}.`,
            failed[0]?.remedy ?? '',
            failed.map(({ name, found }) => `${name}: ${found}`),
          ),
        };
  return { result: { rows }, text: `${formatChecks(rows, surface)}\n\n${verdict}`, ...error };
}
