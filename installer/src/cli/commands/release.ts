import { FactswayError } from '../../model/errors.ts';
import { didYouMean } from '../../model/did-you-mean.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Command, CommandInput, CommandResult, OptionSpec } from '../command.ts';
import { CHANNELS } from '../../model/updates/protocol.ts';
import { MIRROR_EXAMPLES, MIRROR_OPTIONS, releaseMirror } from './release-mirror.ts';
import {
  list,
  pause,
  promote,
  publish,
  ramp,
  SERVER_OPTIONS,
  verify,
  yank,
} from './release-server.ts';

const RUNS: Readonly<
  Record<string, (input: CommandInput, ports: Ports) => Promise<CommandResult>>
> = {
  ...{ publish, promote, ramp, pause, yank, list, verify, mirror: releaseMirror },
};
const WHAT = Object.keys(RUNS);

/** Of publish and of mirror: one name for both, and what it means for each. */
const SHARED_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--version <version>',
    description:
      'with publish: of the files; with ramp and pause: another one than that of latest; with mirror: only where it is offered',
  },
  {
    flags: '--channel <name>',
    description:
      'latest, beta or alpha; with publish: latest unless said; with mirror: all unless said',
    repeatable: true,
    values: CHANNELS,
  },
  {
    flags: '--from <source>',
    description:
      'with mirror: s3://BUCKET, https://SERVER, a directory, or a file .tar or .tar.gz (unless said: the bucket of updates.yaml); with --roll-forward: the good version it was built from',
  },
];

export const release: Command = {
  name: 'release',
  summary: 'updates of the desktop app: publish, promote, stop, mirror, look',
  description:
    'For whoever runs the update server. publish DIR: uploads installers of a version, which nobody is offered yet. promote VERSION: looks at every file in every region, then offers the version. ramp PERCENT, pause: offers what is live to more clients, or to no further ones. yank VERSION: stops a bad version for good. list: what is published and what is live; with --audit who changed it. verify URL: asks a live server for all that the desktop app may, and says row by row what is not as it needs it. mirror: copies what a server offers into the mirror of this server (updates.mirror), or into a file to carry to one without internet; every file is compared with its SHA-512 before any of it is offered. Each can be cut off anywhere: clients are always offered a whole version, and the same command finishes.',
  examples: [
    {
      command: 'factsway-install release publish ./dist --version 1.2.0',
      does: 'uploads; nobody is offered it',
    },
    {
      command: 'factsway-install release promote 1.2.0 --percent 10',
      does: 'offers it to one in ten',
    },
    { command: 'factsway-install release ramp 50', does: 'offers what is live to half of them' },
    {
      command: 'factsway-install release yank 1.2.0 --roll-forward 1.2.1 --from 1.1.0',
      does: 'stops it, and offers what was built from the last good one',
    },
    {
      command: 'factsway-install release verify https://updates.example.com',
      does: 'proves a server',
    },
    ...MIRROR_EXAMPLES,
  ],
  argument: { name: 'what', description: WHAT.join(', '), optional: false, values: WHAT },
  more: {
    name: 'which',
    description: 'a directory, version, percentage or address',
    optional: true,
  },
  options: [...SHARED_OPTIONS, ...SERVER_OPTIONS, ...MIRROR_OPTIONS],
  changes: true,
  exitCodes: { 3: 'refused, or verify found something wrong; the message says what was changed' },
  async run(input, ports) {
    const run = Object.hasOwn(RUNS, input.argument ?? '') ? RUNS[input.argument ?? ''] : undefined;
    if (run) return run(input, ports);
    throw new FactswayError(
      'FW-USAGE',
      `There is no "release ${input.argument ?? ''}".`,
      `${didYouMean(input.argument ?? '', WHAT)}Use: factsway-install release ${WHAT.join(', ')}`,
    );
  },
};
