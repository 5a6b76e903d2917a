import { FactswayError } from '../model/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { isHeld } from './lock.ts';
import { instancePaths } from './paths.ts';

const POLL_MS = 250;
/** PostgreSQL alone is given two minutes to end in order, and services before it one. */
const PATIENCE_MS = 5 * 60_000;

/**
 * A run that is killed leaves Docker Compose at work, in the middle of stopping or replacing containers: what is
 * observed meanwhile is not what will be. Waits until it has ended, which leaves whole containers, where ending it
 * would leave half-made ones. Throws FW-LOCKED when it does not end.
 */
export async function awaitWorkers(directory: string, ports: Ports): Promise<void> {
  const { host, clock, reporter, signal } = ports;
  const deadline = clock.monotonicMs() + PATIENCE_MS;
  for (let said = false; ; said = true) {
    const pids = await host.workersOf(directory);
    // Those of a run that lives are its own business, and it is told by its lock.
    if (pids.length === 0 || (await isHeld(instancePaths(directory), ports))) return;
    const who = `pid ${pids.join(', ')}`;
    if (clock.monotonicMs() > deadline) throw stillAtWork(pids);
    if (!said)
      reporter.note(
        `A run that was cut off left Docker Compose at work (${who}): waiting until it has ended, ${PATIENCE_MS / 60_000} minutes at most.`,
      );
    await clock.sleep(POLL_MS, signal);
  }
}

function stillAtWork(pids: readonly number[]): FactswayError {
  return new FactswayError(
    'FW-LOCKED',
    `What a run that was cut off has started is still at work (pid ${pids.join(', ')}); nothing was done.`,
    `Look at it: ps -fp ${pids.join(',')}   and end it if it hangs: kill ${pids.join(' ')}   Then run the command again.`,
  );
}
