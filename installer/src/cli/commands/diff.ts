import { FactswayError } from '../../model/errors.ts';
import type { Command } from '../command.ts';

export const diff: Command = {
  name: 'diff',
  summary: 'show what differs from factsway.yaml',
  description:
    'Compares three ways, file by file: what factsway.yaml says now, what was rendered last, what is on disk. Tells which files were edited by hand, which keys of factsway.yaml are not applied yet, which containers `up` would make again (an image rebuilt under its tag is a reason), and which secrets are missing or have an owner or mode that is not right. Secret values are never shown. Changes nothing and needs no Docker; without it, containers are not looked at. Exit code 3 when something differs.',
  exitCodes: { 0: 'nothing differs', 3: 'something differs (FW-DIFFERENT)' },
  files: [
    { path: 'factsway.yaml', what: 'what should be' },
    { path: 'state/manifest.json', what: 'checksums of what was rendered last' },
    { path: 'state/rendered.json', what: 'the texts, to tell an edit from a change' },
    { path: 'state/edited/', what: 'copies that up --overwrite-edited keeps' },
  ],
  examples: [
    { command: 'factsway-install diff', does: 'a table, then the differences of each file' },
    {
      command: 'factsway-install diff --json',
      does: 'for a script, e.g. once a day: exit code 3 when something differs',
    },
  ],
  options: [],
  changes: false,
  async run({ directory, surface }, ports) {
    const [{ diff: compare }, { formatDiff }, { countDifferences }] = await Promise.all([
      import('../../flows/diff.ts'),
      import('../format-diff.ts'),
      import('../../model/differences.ts'),
    ]);
    const found = await compare(directory, ports);
    const count = countDifferences(found);
    return {
      result: { differs: count > 0, ...found },
      ...formatDiff(found, surface.color),
      ...(count > 0 ? { error: different(count) } : {}),
    };
  },
};

function different(count: number): FactswayError {
  return new FactswayError(
    'FW-DIFFERENT',
    count === 1
      ? 'One thing is not as factsway.yaml says.'
      : `${count} things are not as factsway.yaml says.`,
    'See what would be done: factsway-install up --dry-run',
  );
}
