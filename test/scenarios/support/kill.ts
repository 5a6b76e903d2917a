import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cliJson, startCli } from './cli.ts';

const PRELOAD = join(import.meta.dirname, 'kill-at-step.mjs');

/**
 * Runs a command that dies by SIGKILL `afterMs` milliseconds after the journal says that a step began; 0: before the
 * step did anything. `step` is how the action begins: `StartComponents postgres`.
 * Returns whether it died, and all it printed.
 */
export async function runKilledAt(
  argv: readonly string[],
  step: string,
  afterMs: number,
): Promise<{ killed: boolean; all: string }> {
  const { signal, all } = await startCli(argv, {
    NODE_OPTIONS: `--import=${PRELOAD}`,
    FACTSWAY_TEST_KILL_AT: step,
    FACTSWAY_TEST_KILL_AFTER: String(afterMs),
  });
  return { killed: signal === 'SIGKILL', all };
}

/** Ends what a run that was killed left at work, as a machine that goes down would; returns how many there were. */
export async function killWorkers(directory: string): Promise<number> {
  let count = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`FACTSWAY_INSTANCE=${directory}`)) continue;
    process.kill(Number(pid), 'SIGKILL');
    count += 1;
  }
  return count;
}

/** The steps a command would take now, each as the beginning of its action that further runs keep as well. */
export async function plannedSteps(argv: readonly string[]): Promise<string[]> {
  const { result } = await cliJson([...argv, '--dry-run']);
  const { steps } = result?.['plan'] as { steps: { kind: string; action: string }[] };
  // Counts and lists shrink from run to run: what is done is not planned again.
  return steps.map(({ kind, action }) =>
    kind === 'StartComponents' ? (action.split(' (')[0] ?? kind) : kind,
  );
}

/**
 * Kinds of the steps that began in a run of the journal and never ended. Steps that go side by side are killed
 * together, whichever of them was meant.
 */
export async function interruptedSteps(journal: string): Promise<string[]> {
  const entries = (await readFile(journal, 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map(
      (line) => JSON.parse(line) as { run: string; event: string; step: number; action: string },
    );
  return entries
    .filter(
      (begun) =>
        begun.event === 'step-started' &&
        !entries.some(
          ({ run, event, step }) =>
            run === begun.run && step === begun.step && /^step-(done|failed)$/.test(event),
        ),
    )
    .map(({ action }) => action.split(' ')[0] ?? action);
}
