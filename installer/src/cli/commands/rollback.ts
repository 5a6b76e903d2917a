import { FactswayError } from '../../model/errors.ts';
import {
  configRequest,
  skippedChecks,
  SKIP_CHECK_OPTION,
  type Command,
  type CommandInput,
} from '../command.ts';
import { FORCE_LOSE_OPTION, secondsOf } from './force-lose.ts';
import { postgresOption, refuseTogether, tellPostgresChange } from './postgres-version.ts';
import {
  NO_VERIFY_OPTION,
  STRATEGY_OPTION,
  strategyOf,
  tellReleaseChange,
} from './release-change.ts';

const NOT_WITH_POSTGRES = [
  ['point', '--point'],
  ['strategy', '--strategy'],
  ['overwriteEdited', '--overwrite-edited'],
  ['skipCheck', '--skip-check'],
] as const;

/** A release that goes back loses nothing, so nobody has to agree to a loss. Throws FW-USAGE. */
function refuseAlone({ options }: CommandInput): void {
  if (options['forceLose'] === undefined && options['confirm'] === undefined) return;
  throw new FactswayError(
    'FW-USAGE',
    '--force-lose and --confirm are for rollback --postgres.',
    'Back to the release of before: factsway-install rollback',
  );
}

export const rollback: Command = {
  name: 'rollback',
  summary: 'back to the release that served before',
  description:
    'Finds by itself which release that is, looks for its images before anything is touched, and has the services it left in the other slot take over again: seconds, and nobody notices. The database stays as it is; where its schema no longer allows that, nothing is touched, and the way back is with --point, to a restore point of before: what was written since is set aside then, and the services stop meanwhile. After an upgrade that was cut off it leads back to the release that still serves. With --postgres it leads back to the database that upgrade --postgres left: what was written since is lost to the services, so how many seconds of it may be lost is said with --force-lose, and the host name is typed, or given with --yes and --confirm.',
  exitCodes: {
    3: 'there is nothing to go back to, or an image or the schema does not allow it: nothing was touched',
    5: 'something failed and everything was put back',
  },
  files: [{ path: 'releases/', what: 'which release served before which' }],
  examples: [
    { command: 'factsway-install rollback', does: 'shows the plan, asks, carries it out' },
    {
      command: 'factsway-install rollback --point 20260722-101500-123',
      does: 'with the database of a restore point as well',
    },
    {
      command: 'factsway-install rollback --postgres 15 --force-lose 3600',
      does: 'back to the PostgreSQL, and the database, of before an upgrade an hour ago',
    },
  ],
  options: [
    STRATEGY_OPTION,
    {
      flags: '--point <id>',
      description: 'put the database back to this restore point, behind a maintenance page',
    },
    postgresOption(
      'instead of a release: back to the database that upgrade --postgres left; what was written since is lost',
    ),
    FORCE_LOSE_OPTION,
    {
      flags: '--confirm <hostname>',
      description: 'with --postgres: the host name of the instance whose database goes back',
    },
    {
      flags: '--overwrite-edited',
      description:
        'replace rendered files that were edited by hand; a copy is kept in state/edited',
    },
    SKIP_CHECK_OPTION,
    NO_VERIFY_OPTION,
  ],
  changes: true,
  async run(input, ports) {
    const { point, postgres, confirm, forceLose } = input.options;
    const consent = { yes: input.yes, dryRun: input.dryRun };
    if (typeof postgres === 'string') {
      refuseTogether(input, NOT_WITH_POSTGRES);
      const { returnPostgres } = await import('../../flows/postgres/return-postgres.ts');
      const change = await returnPostgres(
        {
          directory: input.directory,
          text: postgres,
          forceLose: secondsOf(forceLose),
          confirmed: typeof confirm === 'string' ? confirm : undefined,
          consent,
        },
        ports,
      );
      return tellPostgresChange(change, input, ports);
    }
    refuseAlone(input);
    const { rollback: run } = await import('../../flows/rollback.ts');
    const result = await run(
      {
        ...configRequest(input),
        ...strategyOf(input),
        ...(typeof point === 'string' ? { point } : {}),
        skipChecks: skippedChecks(input),
        consent,
      },
      ports,
    );
    return tellReleaseChange(result, input, ports);
  },
};
