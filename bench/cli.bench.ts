import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paired, time, type Paired } from './lib/measure.ts';
import { milliseconds, times, type Row } from './lib/rows.ts';

const RUNS = 21;
const CLI = join(import.meta.dirname, '../dist/factsway-install.js');
const emptyNode = () => time(process.execPath, ['-e', '0']);

function row(what: string, { ours, theirs, ratio }: Paired, limit: number): Row {
  return {
    what,
    measured: `${milliseconds(ours.median)}, ${times(ratio.median)}`,
    against: `node -e 0: ${milliseconds(theirs.median)}`,
    target: `≤ ${limit}×`,
    met: ratio.median <= limit,
    details: { ours, theirs, ratio },
  };
}

/** Cold starts of the command line, and a cold rendering of the full bundle into a new directory. */
export async function cliRows(): Promise<Row[]> {
  const work = await mkdtemp(join(tmpdir(), 'factsway-bench-'));
  let directory = 0;
  try {
    return [
      row(
        'CLI cold start, --version',
        await paired(RUNS, () => time(process.execPath, [CLI, '--version']), emptyNode),
        1.5,
      ),
      row(
        'CLI cold start, --help',
        await paired(RUNS, () => time(process.execPath, [CLI, '--help']), emptyNode),
        1.5,
      ),
      row(
        'render of the full bundle, cold',
        await paired(
          RUNS,
          () =>
            time(process.execPath, [
              CLI,
              'render',
              '--quiet',
              '--dir',
              join(work, String((directory += 1))),
            ]),
          emptyNode,
        ),
        4,
      ),
    ];
  } finally {
    await rm(work, { recursive: true });
  }
}
