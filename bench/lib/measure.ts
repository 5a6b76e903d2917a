import { execa } from 'execa';

export type Sample = {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
};

export function summarise(values: readonly number[]): Sample {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const median =
    sorted.length % 2 === 1
      ? (sorted[middle] ?? 0)
      : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return { median, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0, runs: sorted.length };
}

/** Wall-clock milliseconds of one run of a program; throws when it fails. */
export async function time(program: string, argv: readonly string[]): Promise<number> {
  const begun = performance.now();
  await execa(program, argv, { stdin: 'ignore' });
  return performance.now() - begun;
}

/** Milliseconds of work in this process. */
export function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

export type Paired = { readonly ours: Sample; readonly theirs: Sample; readonly ratio: Sample };

/**
 * Two measurements in turn, A B B A A B …, after one uncounted run of each. The ratio is taken pair by pair,
 * so that a machine whose speed drifts moves both sides of it, and what one leaves behind for the next meets both.
 */
export async function paired(
  runs: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
  warmup = true,
): Promise<Paired> {
  if (warmup) {
    await ours();
    await theirs();
  }
  const pairs: [number, number][] = [];
  for (let run = 0; run < runs; run += 1) {
    if (run % 2 === 0) {
      const first = await ours();
      pairs.push([first, await theirs()]);
    } else {
      const first = await theirs();
      pairs.push([await ours(), first]);
    }
  }
  return {
    ours: summarise(pairs.map(([a]) => a)),
    theirs: summarise(pairs.map(([, b]) => b)),
    ratio: summarise(pairs.map(([a, b]) => a / b)),
  };
}
