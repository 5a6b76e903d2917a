import { configRequest, skippedChecks, SKIP_CHECK_OPTION, type Command } from '../command.ts';
import {
  NO_VERIFY_OPTION,
  STRATEGY_OPTION,
  strategyOf,
  tellReleaseChange,
} from './release-change.ts';

export const rollback: Command = {
  name: 'rollback',
  summary: 'back to the release that served before',
  description:
    'Finds by itself which release that is, looks for its images before anything is touched, and has the services it left in the other slot take over again: seconds, and nobody notices. The database stays as it is; where its schema no longer allows that, nothing is touched, and the way back is with --point, to a restore point of before: what was written since is set aside then, and the services stop meanwhile. After an upgrade that was cut off it leads back to the release that still serves.',
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
  ],
  options: [
    STRATEGY_OPTION,
    {
      flags: '--point <id>',
      description: 'put the database back to this restore point, behind a maintenance page',
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
    const { point } = input.options;
    const { rollback: run } = await import('../../flows/rollback.ts');
    const result = await run(
      {
        ...configRequest(input),
        ...strategyOf(input),
        ...(typeof point === 'string' ? { point } : {}),
        skipChecks: skippedChecks(input),
        consent: { yes: input.yes, dryRun: input.dryRun },
      },
      ports,
    );
    return tellReleaseChange(result, input, ports);
  },
};
