import { FactswayError } from '../../model/errors.ts';
import { formatPlan } from '../../model/plan-text.ts';
import type { Ports } from '../../ports/ports.ts';
import { CONFIG_OPTIONS, configRequest } from '../command.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

export const database: Command = {
  name: 'database',
  summary: 'restore points of the database; the SQL for a PostgreSQL of your own',
  description:
    'points: lists the restore points; before migrations one is made. save: makes one now, while the platform serves. remove: gives back the room that one takes, or a database that was set aside. restore: puts the database back to one; the services stop meanwhile, and what was written after the point is lost to them, so it has to be confirmed by typing the host name, or with --yes and --confirm. The database that was there is set aside as a database of its own until the next upgrade. A run that was killed leaves the old or the new one in place, and the same command finishes the job. sql: for postgres.mode external, prints statements for psql: the database, its three roles and their rights, with the names of factsway.yaml and no password. The installer never needs an administrator of your server; whoever is one runs them.',
  examples: [
    { command: 'factsway-install database points', does: 'one line per restore point' },
    { command: 'factsway-install database save --reason import', does: 'makes one now' },
    {
      command: 'factsway-install database restore --point 20260722-101500-123',
      does: 'goes back to one, once the host name is typed',
    },
    {
      command:
        'factsway-install database restore --point 20260722-101500-123 --yes --confirm factsway.example.com',
      does: 'the same where nobody can be asked',
    },
    {
      command: 'factsway-install database remove --point 20260722-101500-123',
      does: 'when nobody will go back to it',
    },
    { command: 'factsway-install database sql', does: 'with the names of this instance' },
    {
      command:
        'factsway-install database sql --set postgres.mode=external --set postgres.external.host=db.example.com --set postgres.external.users.app=fw_app',
      does: 'before there is an instance, with a name of your own',
    },
  ],
  argument: {
    name: 'what',
    description: 'points, save, restore, remove or sql',
    optional: true,
    values: ['points', 'save', 'restore', 'remove', 'sql'],
  },
  options: [
    { flags: '--reason <text>', description: 'with save: what it is made for' },
    { flags: '--point <id>', description: 'with restore and remove: which restore point' },
    {
      flags: '--confirm <hostname>',
      description: 'with restore: the host name of the instance that may lose what is newer',
    },
    ...CONFIG_OPTIONS.filter(({ flags }) => flags !== '--overwrite-edited'),
  ],
  changes: true,
  async run(input, ports) {
    if (input.argument === 'points') return points(input, ports);
    if (input.argument === 'save') return save(input, ports);
    if (input.argument === 'restore') return restore(input, ports);
    if (input.argument === 'remove') return remove(input, ports);
    if (input.argument === 'sql') return sql(input, ports);
    throw new FactswayError(
      'FW-USAGE',
      `There is no "database ${input.argument ?? ''}".`,
      'Use: factsway-install database points, save, restore, remove or sql',
    );
  },
};

async function points({ directory }: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ listPoints }, { formatPoints }] = await Promise.all([
    import('../../flows/restore-points/go-back.ts'),
    import('../format-points.ts'),
  ]);
  const found = await listPoints(directory, ports);
  return { result: found, text: formatPoints(found) };
}

async function save(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ makePoint }, { planAsJson }] = await Promise.all([
    import('../../flows/restore-points/make-point.ts'),
    import('../format.ts'),
  ]);
  const { directory, options, yes, dryRun } = input;
  const { reason: given } = options;
  const reason = typeof given === 'string' && given.trim() !== '' ? given.trim() : 'asked for';
  const { plan, executed, point } = await makePoint(
    { directory, reason, consent: { yes, dryRun } },
    ports,
  );
  return {
    result: { plan: planAsJson(plan), executed, point: point ?? null },
    text: point
      ? `Restore point ${point.id} is made. Go back to it: factsway-install database restore --point ${point.id}`
      : formatPlan(plan),
  };
}

async function restore(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ goBack }, { planAsJson }] = await Promise.all([
    import('../../flows/restore-points/go-back.ts'),
    import('../format.ts'),
  ]);
  const { directory, options, yes, dryRun } = input;
  const { point: id, confirm } = options;
  if (typeof id !== 'string') throw whichPoint('restore');
  const confirmed = typeof confirm === 'string' ? confirm : undefined;
  const request = { directory, point: id, confirmed, consent: { yes, dryRun } };
  const { plan, executed, point } = await goBack(request, ports);
  return {
    result: { plan: planAsJson(plan), executed, point },
    text: executed
      ? `The database is as of ${point.createdAt}. What was there before is set aside: factsway-install database points`
      : formatPlan(plan),
  };
}

async function remove(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ removePoint }, { planAsJson }] = await Promise.all([
    import('../../flows/restore-points/remove-point.ts'),
    import('../format.ts'),
  ]);
  const { directory, options, yes, dryRun } = input;
  const { point } = options;
  if (typeof point !== 'string') throw whichPoint('remove');
  const { plan, executed } = await removePoint(
    { directory, point, consent: { yes, dryRun } },
    ports,
  );
  return {
    result: { plan: planAsJson(plan), executed },
    text: executed ? `${point} is removed.` : formatPlan(plan),
  };
}

const whichPoint = (what: string): FactswayError =>
  new FactswayError(
    'FW-USAGE',
    `database ${what} needs to be told which restore point.`,
    `See which there are: factsway-install database points   then: factsway-install database ${what} --point ID`,
  );

async function sql(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const { databaseSql } = await import('../../flows/database-sql.ts');
  const text = await databaseSql(configRequest(input), ports);
  return { result: { sql: text }, text: '', verbatim: text.trimEnd() };
}
