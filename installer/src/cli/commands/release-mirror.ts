import { resolve } from 'node:path';
import { FactswayError } from '../../model/errors.ts';
import { CHANNELS, type Channel } from '../../model/updates/protocol.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommandInput, CommandResult, OptionSpec } from '../command.ts';

const KEEP = '2';

/** Options of `release mirror`, for the group it belongs to. */
export const MIRROR_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--to <path>',
    description: 'with mirror: fill this directory, or make this .tar, to carry it somewhere',
  },
  {
    flags: '--keep <count>',
    description: 'with mirror: versions of each channel that stay',
    default: KEEP,
  },
  { flags: '--region <name>', description: 'with mirror from S3: region of the bucket' },
  { flags: '--endpoint <url>', description: 'with mirror from S3: another S3 service' },
];

export const MIRROR_EXAMPLES = [
  {
    command: 'factsway-install release mirror --from https://updates.example.com',
    does: 'copies what is offered there into the mirror of this server',
  },
  {
    command: 'factsway-install release mirror --from s3://firm-updates --to updates.tar',
    does: 'one file to carry to a server without internet',
  },
  {
    command: 'factsway-install release mirror --updates updates.yaml --to updates.tar',
    does: 'the same, from the bucket that file is about',
  },
  {
    command: 'factsway-install release mirror --from updates.tar --dry-run',
    does: 'what it would change there',
  },
] as const;

/** `release mirror`: copies updates of the desktop app, checks them, and offers them from this server. */
export async function releaseMirror(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const { directory, options, yes, dryRun } = input;
  const [{ mirrorUpdates }, { formatMirrorPlan, formatMirrored }] = await Promise.all([
    import('../../flows/updates/mirror.ts'),
    import('../format-mirror.ts'),
  ]);
  const updates = text(options['updates']);
  const { plan, executed, from, target } = await mirrorUpdates(
    {
      directory,
      source: {
        from: text(options['from']),
        updates: { path: resolve(updates ?? 'updates.yaml'), isNamed: updates !== undefined },
        region: text(options['region']),
        endpoint: text(options['endpoint']),
      },
      to: text(options['to']),
      channels: channelsOf(options['channel']),
      version: text(options['version']),
      keep: keepOf(options['keep']),
      consent: { yes, dryRun },
    },
    ports,
    formatMirrorPlan,
  );
  const { copies, manifests, removes, notes } = plan;
  return {
    result: {
      from,
      target,
      executed,
      copies,
      manifests: manifests.map(({ name, version, before }) => ({ name, version, before })),
      removes,
      notes,
    },
    text: executed ? formatMirrored(plan, target) : formatMirrorPlan(plan, target),
  };
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function channelsOf(given: unknown): readonly Channel[] {
  const names: unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given];
  if (names.length === 0) return CHANNELS;
  return names.map((name) => {
    const channel = CHANNELS.find((one) => one === name);
    if (channel) return channel;
    throw new FactswayError(
      'FW-USAGE',
      `There is no channel "${String(name)}".`,
      `Use: ${CHANNELS.join(', ')}`,
    );
  });
}

function keepOf(given: unknown): number {
  const keep = Number(given ?? KEEP);
  if (Number.isSafeInteger(keep) && keep >= 1) return keep;
  throw new FactswayError(
    'FW-USAGE',
    `--keep ${String(given)} is no number of versions.`,
    'Use 1 or more: what is offered always stays.',
  );
}
