import { BACKUP_TYPES, type BackupType } from '../../model/backup.ts';
import { FactswayError } from '../../model/errors.ts';
import { formatPlan } from '../../model/plan-text.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

const WHAT = ['create', 'list', 'check', 'drill'] as const;

export const backup: Command = {
  name: 'backup',
  summary: 'backups of the database: make, list, check, try out',
  description:
    'For an instance with backup.mode on. create: makes a backup in every place now, while the platform serves; every night one is made by itself. list: every backup by place, how old it is, and whether a drill has proven it. check: reads every byte of every backup and of the database that serves, and ends with 3 where something is not as it was written. drill: restores the newest backup beside the database that serves, looks it through, counts every row, and says how much work a disaster now would cost and how long the way back would take; the report is signed and kept. Once a month a drill is made by itself.',
  examples: [
    { command: 'factsway-install backup list', does: 'what there is, and what is proven' },
    { command: 'factsway-install backup create --type full', does: 'a full one, now' },
    { command: 'factsway-install backup check', does: 'looks for damage in all of them' },
    { command: 'factsway-install backup drill', does: 'proves the newest one' },
    {
      command: 'factsway-install backup drill --place s3',
      does: 'that of another place',
    },
    {
      command: 'factsway-install backup drill --key /media/usb/backup-key',
      does: 'tries the copy of the key that you keep elsewhere as well',
    },
  ],
  argument: {
    name: 'what',
    description: 'create, list, check or drill',
    optional: false,
    values: WHAT,
  },
  options: [
    {
      flags: '--type <type>',
      description:
        'with create: full, diff (what changed since the last full one), incr (since the last one), auto (whichever is due)',
      default: 'auto',
      values: BACKUP_TYPES,
    },
    { flags: '--reason <text>', description: 'with create: what it is made for' },
    {
      flags: '--place <name>',
      description: 'with drill: local or s3',
      values: ['local', 's3'],
    },
    {
      flags: '--key <file>',
      description: 'with drill: your own copy of the key, which is tried on the backups first',
    },
  ],
  changes: true,
  exitCodes: {
    3: 'check found damage, or a drill failed',
    5: 'create: a place has no fresh backup; those that are there stay',
  },
  async run(input, ports) {
    if (input.argument === 'create') return create(input, ports);
    if (input.argument === 'list') return list(input, ports);
    if (input.argument === 'check') return check(input, ports);
    if (input.argument === 'drill') return drill(input, ports);
    throw new FactswayError(
      'FW-USAGE',
      `There is no "backup ${input.argument ?? ''}".`,
      `Use: factsway-install backup ${WHAT.join(', ')}`,
    );
  },
};

async function create(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ createBackup }, { formatMade }, { planAsJson }] = await Promise.all([
    import('../../flows/backups/create-backup.ts'),
    import('../format-backups.ts'),
    import('../format.ts'),
  ]);
  const { directory, options, yes, dryRun } = input;
  const { reason: given } = options;
  const reason = typeof given === 'string' && given.trim() !== '' ? given.trim() : 'asked for';
  const type = typeOf(options['type']);
  const request = { directory, type, reason, consent: { yes, dryRun } };
  const { plan, executed, made } = await createBackup(request, ports);
  return {
    result: { plan: planAsJson(plan), executed, backups: made },
    text: executed ? formatMade(made) : formatPlan(plan),
  };
}

function typeOf(given: unknown): BackupType {
  const type = BACKUP_TYPES.find((one) => one === (given ?? 'auto'));
  if (type) return type;
  throw new FactswayError(
    'FW-USAGE',
    `There is no backup of type "${String(given)}".`,
    `Use: factsway-install backup create --type ${BACKUP_TYPES.join('|')}`,
  );
}

async function list({ directory }: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ listBackups }, { formatBackups }] = await Promise.all([
    import('../../flows/backups/look-at-backups.ts'),
    import('../format-backups.ts'),
  ]);
  const found = await listBackups(directory, ports);
  return { result: found, text: formatBackups(found, ports.clock.now()) };
}

async function check({ directory }: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ checkBackups }, { formatChecked }] = await Promise.all([
    import('../../flows/backups/look-at-backups.ts'),
    import('../format-backups.ts'),
  ]);
  const { checked, error } = await checkBackups(directory, ports);
  return { result: checked, text: formatChecked(checked, error), ...(error ? { error } : {}) };
}

async function drill({ directory, options }: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ drillBackup }, { formatDrill }] = await Promise.all([
    import('../../flows/backups/look-at-backups.ts'),
    import('../format-backups.ts'),
  ]);
  const place = typeof options['place'] === 'string' ? options['place'] : undefined;
  const { key } = options;
  const shown = typeof key === 'string' ? { keyFile: key } : {};
  const { report, error } = await drillBackup({ directory, place, ...shown }, ports);
  return { result: report, text: formatDrill(report, error), ...(error ? { error } : {}) };
}
