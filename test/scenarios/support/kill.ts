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

/** Process ids of what works for an installation, which goes on when its installer is killed. */
async function workersOf(directory: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const marked = pids.map(async (pid) => {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    return environment.split('\0').includes(`FACTSWAY_INSTANCE=${directory}`) ? [Number(pid)] : [];
  });
  return (await Promise.all(marked)).flat();
}

/** Ends what a run that was killed left at work, as a machine that goes down would; returns how many there were. */
export async function killWorkers(directory: string): Promise<number> {
  const workers = await workersOf(directory);
  for (const pid of workers) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (thrown) {
      // What ended by itself since it was found needs no end: Compose asks its plugins who they are, in milliseconds.
      if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
    }
  }
  return workers.length;
}

/**
 * Runs a command that is killed as soon as something works for it in a step, however long that takes; what works goes
 * on unless `withWorkers`. Returns whether both were met.
 */
export async function runKilledAtWork(
  argv: readonly string[],
  step: string,
  { directory, withWorkers }: { directory: string; withWorkers: boolean },
): Promise<{ killed: boolean; workers: number; all: string }> {
  const journal = join(directory, 'state/journal.jsonl');
  const lines = async () => (await readFile(journal, 'utf8').catch(() => '')).split('\n');
  const before = (await lines()).length;
  const run = startCli(argv);
  const progress = { ended: false };
  void run.then(() => (progress.ended = true));
  let workers = 0;
  while (!progress.ended && workers === 0) {
    const begun = (await lines())
      .slice(before - 1)
      .some((line) => line.includes('"step-started"') && line.includes(`"action":"${step}`));
    workers = begun ? (await workersOf(directory)).length : 0;
    if (workers === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  run.kill('SIGKILL');
  // The installer first: it would see that its work failed, and begin to put things back.
  if (withWorkers) await killWorkers(directory);
  const { signal, all } = await run;
  return { killed: signal === 'SIGKILL', workers, all };
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
