import { statfsSync } from 'node:fs';
import { restoreProblemCode } from './classify.ts';
import { NEXT } from './paths.ts';
import { tail } from './place.ts';
import type { Tell } from './ndjson.ts';
import { Problem } from './problem.ts';
import { emptyDirectory, type RestorePlan } from './restore-plan.ts';

const PERCENT = /\(([\d.]+[KMGT]?B), ([\d.]+)%\)/;

/** Share of the copy that is done, from a line of `pgbackrest restore` at level detail; null for others. */
export function copiedShare(line: string): number | null {
  const percent = PERCENT.exec(line)?.[2];
  return percent === undefined ? null : Number(percent) / 100;
}

/**
 * Copies a backup into an empty directory and notes in it where recovery shall end.
 *
 * @throws Problem FW-RESTORE-…
 */
export async function copyBackup(
  plan: RestorePlan,
  directory: string,
  args: readonly string[],
  tell: Tell,
): Promise<void> {
  const { backup } = plan.chosen;
  emptyDirectory(directory);
  tell(`copying backup ${backup.label} from ${plan.place.name}`, 0, backup.databaseBytes);
  let told = Date.now();
  const ran = await plan.place.run(
    'restore',
    [`--pg1-path=${directory}`, `--set=${backup.label}`, '--log-level-stderr=detail', ...args],
    {
      onErrorLine: (line) => {
        const share = copiedShare(line);
        if (share === null || Date.now() - told < 1000) return;
        told = Date.now();
        const done = Math.round(share * backup.databaseBytes);
        tell(`copying backup ${backup.label}`, done, backup.databaseBytes);
      },
    },
  );
  if (ran.code === 0) return;
  throw new Problem(
    restoreProblemCode(ran.code, isFull()),
    `backup ${backup.label} cannot be restored from ${plan.place.name}`,
    tail(ran, 20).filter((line) => !/^(P\d+ +)?(INFO|DETAIL):/.test(line)),
  );
}

function isFull(): boolean {
  const { bavail, bsize } = statfsSync(NEXT);
  return bavail * bsize < 32 * 1024 ** 2;
}
