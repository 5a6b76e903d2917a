import { FactswayError } from '../../model/errors.ts';
import {
  CONFIG_OPTIONS,
  configRequest,
  SKIP_CHECK_OPTION,
  skippedChecks,
  type Command,
} from '../command.ts';
import { postgresOption, refuseTogether, tellPostgresChange } from './postgres-version.ts';
import {
  NO_VERIFY_OPTION,
  STRATEGY_OPTION,
  strategyOf,
  tellReleaseChange,
} from './release-change.ts';

const NOT_WITH_POSTGRES = [
  ['to', '--to'],
  ['strategy', '--strategy'],
  ['allowContract', '--allow-contract'],
  ['set', '--set'],
  ['answers', '--answers'],
  ['skipCheck', '--skip-check'],
] as const;

export const upgrade: Command = {
  name: 'upgrade',
  summary: 'bring another release to serve, without anyone noticing',
  description:
    'Checks the server, gets the images, makes a restore point of the database, runs the migrations, starts the new services beside those that serve, proves them, and only then sends requests to them; the old ones finish what they are at and stay for a rollback. The front door is asked ten times a second meanwhile, and what that came to is printed. Whatever fails leads back to the release that serves. A run that was cut off goes on where it was: run the same command again. With --postgres it is the database that changes: a full backup is made and tried out, then users see the maintenance page while the database is copied to the other version of PostgreSQL, compared with what it was, and taken into service; the volume of before stays.',
  exitCodes: {
    0: 'the release serves and every gate is green, or it served already',
    3: 'a check failed before anything was touched, or a gate is red afterwards',
    5: 'something failed and everything was put back: the release of before serves',
  },
  files: [
    { path: 'factsway.yaml', what: 'release.version is set; your comments stay' },
    { path: 'releases/', what: 'which images made up each release that served' },
    {
      path: 'state/upgrades.jsonl',
      what: 'every upgrade and rollback, with its measured downtime',
    },
  ],
  examples: [
    {
      command: 'factsway-install upgrade --to 1.1.0',
      does: 'shows the plan, asks, carries it out',
    },
    { command: 'factsway-install upgrade --to 1.1.0 --dry-run', does: 'shows the plan alone' },
    {
      command: 'factsway-install upgrade --to 1.1.0 --strategy recreate',
      does: 'behind a maintenance page, where memory does not hold two releases',
    },
    {
      command: 'factsway-install upgrade --postgres 17',
      does: 'another major version of PostgreSQL',
    },
  ],
  options: [
    { flags: '--to <version>', description: 'the release to bring to serve' },
    postgresOption(
      'instead of a release: bring the database to this major version of PostgreSQL, in a volume of its own',
    ),
    STRATEGY_OPTION,
    {
      flags: '--allow-contract',
      description:
        'run migrations after which the release before cannot work any more: no rollback but a restore',
    },
    ...CONFIG_OPTIONS,
    SKIP_CHECK_OPTION,
    NO_VERIFY_OPTION,
  ],
  changes: true,
  async run(input, ports) {
    const { to, allowContract, postgres } = input.options;
    if (typeof postgres === 'string') {
      refuseTogether(input, NOT_WITH_POSTGRES);
      const { upgradePostgres } = await import('../../flows/postgres/upgrade-postgres.ts');
      const consent = { yes: input.yes, dryRun: input.dryRun };
      const change = await upgradePostgres(
        { directory: input.directory, text: postgres, consent },
        ports,
      );
      return tellPostgresChange(change, input, ports);
    }
    if (typeof to !== 'string')
      throw new FactswayError(
        'FW-USAGE',
        '--to is missing: which release?',
        'Example: factsway-install upgrade --to 1.1.0   See which are here: factsway-install releases',
      );
    const { upgrade: run } = await import('../../flows/upgrade.ts');
    const result = await run(
      {
        ...configRequest(input),
        ...strategyOf(input),
        to,
        allowContract: allowContract === true,
        skipChecks: skippedChecks(input),
        consent: { yes: input.yes, dryRun: input.dryRun },
      },
      ports,
    );
    return tellReleaseChange(result, input, ports);
  },
};
