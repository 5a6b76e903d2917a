import { FactswayError } from '../../model/errors.ts';
import { formatPlan } from '../../model/plan-text.ts';
import type { Command } from '../command.ts';
import { FORCE_LOSE_OPTION, secondsOf } from './force-lose.ts';

export const restore: Command = {
  name: 'restore',
  summary: 'put the database back from a backup, to any moment',
  description:
    'Restores the database to its newest state, to a moment, or to a backup by its label (factsway-install backup list). The services stop and users see the maintenance page; the database of then is made in a volume of its own and looked through, and only then PostgreSQL moves there. The volume of before is left as it is. What was written after the moment is lost to the services: how many seconds of it may be lost has to be said with --force-lose, and the host name is typed, or given with --yes and --confirm. A run that was killed left the database of before or the restored one in place, and the same command finishes the job. After a restore nothing is upgraded before there is a new full backup.',
  examples: [
    { command: 'factsway-install restore --to latest', does: 'when the database is damaged' },
    {
      command: 'factsway-install restore --to 2026-11-20T10:00:00Z --force-lose 3600',
      does: 'the second before a table was dropped',
    },
    {
      command: 'factsway-install restore --to latest --place s3',
      does: 'when the backups on this server are damaged as well',
    },
    {
      command: 'factsway-install restore --to 2026-11-20T10:00:00Z --dry-run --force-lose 3600',
      does: 'what would be done, and lost',
    },
  ],
  options: [
    {
      flags: '--to <target>',
      description: 'latest, a moment such as 2026-11-20T10:00:00Z, or the label of a backup',
    },
    {
      flags: '--place <name>',
      description: 'local or s3; the nearest one that has it, unless said',
      values: ['local', 's3'],
    },
    FORCE_LOSE_OPTION,
    {
      flags: '--confirm <hostname>',
      description: 'the host name of the instance whose database goes back',
    },
  ],
  changes: true,
  async run({ directory, options, yes, dryRun }, ports) {
    const [{ restoreBackup }, { formatRestored }, { planAsJson }] = await Promise.all([
      import('../../flows/backups/restore-backup.ts'),
      import('../format-backups.ts'),
      import('../format.ts'),
    ]);
    const { to, place, confirm } = options;
    if (typeof to !== 'string')
      throw new FactswayError(
        'FW-USAGE',
        'restore needs to be told to which state.',
        'Newest: factsway-install restore --to latest   Which there are: factsway-install backup list',
      );
    const { plan, executed, outlook, record } = await restoreBackup(
      {
        directory,
        target: to,
        place: typeof place === 'string' ? place : undefined,
        forceLose: secondsOf(options['forceLose']),
        confirmed: typeof confirm === 'string' ? confirm : undefined,
        consent: { yes, dryRun },
      },
      ports,
    );
    return {
      result: {
        plan: planAsJson(plan),
        executed,
        outlook: outlook ?? null,
        restored: record ?? null,
      },
      text: executed && record ? formatRestored(record) : formatPlan(plan),
    };
  },
};
