import type { LogLine, LogSource } from '../../model/log-line.ts';
import type { Ports } from '../../ports/ports.ts';
import { before, merged } from './merge.ts';
import { lineReader } from './read-line.ts';

/** A container to read, by the id the engine knows it by. */
export type LoggedContainer = LogSource & { readonly id: string; readonly runs: boolean };

export type Bounds = {
  readonly since?: string;
  readonly until?: string;
  /** Of each container, as many at the most. */
  readonly tail?: number;
};

type World = Pick<Ports, 'docker' | 'clock' | 'signal' | 'reporter'>;

/** How long a line waits for an earlier one of another container, and how often new containers are looked for. */
const SETTLE_MS = 250;
const LOOK_AGAIN_MS = 2000;
/** More lines than this are not waited with: then their containers wait. */
const MOST_WAITING = 5000;

/** What there is, in order, holding one line of each container. */
export function keptInOrder(
  containers: readonly LoggedContainer[],
  bounds: Bounds,
  world: World,
  seen: (container: LoggedContainer, at: string) => void = () => undefined,
): AsyncIterable<LogLine> {
  return merged(
    containers.map((container) => readOne(container, { ...bounds, follow: false }, world, seen)),
  );
}

async function* readOne(
  container: LoggedContainer,
  window: Bounds & { readonly follow: boolean },
  { docker, reporter }: World,
  seen: (container: LoggedContainer, at: string) => void,
): AsyncGenerator<LogLine> {
  const { component, container: name, slot } = container;
  const understand = lineReader({ component, container: name, ...(slot ? { slot } : {}) });
  try {
    for await (const kept of await docker.keptLines(container.id, window)) {
      seen(container, kept.at);
      yield understand(kept);
    }
  } catch (error) {
    // Its log may be kept by a driver that nobody can read back: the others are there all the same.
    if ((error as { code?: unknown }).code !== 'FW-DOCKER-COMMAND') throw error;
    reporter.warning(`The log of ${name} cannot be read: ${(error as Error).message}`);
  }
}

/**
 * What there is and then what comes, until Ctrl-C: also of containers that are started or made meanwhile. `find` is
 * asked for them now and then.
 */
export async function* followed(
  find: () => Promise<readonly LoggedContainer[]>,
  bounds: Bounds,
  keep: (lines: AsyncIterable<LogLine>) => AsyncIterable<LogLine>,
  world: World,
): AsyncGenerator<LogLine> {
  const { clock, signal } = world;
  const stopped = (): boolean => signal.aborted;
  const reached = new Map<string, string>();
  const seen = ({ id }: LoggedContainer, at: string): void => void reached.set(id, at);
  yield* keep(keptInOrder(await find(), bounds, world, seen));

  const waiting: LogLine[] = [];
  const pumps = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  const pump = async (container: LoggedContainer): Promise<void> => {
    const last = reached.get(container.id);
    const since = last === undefined ? bounds.since : justAfter(last);
    const window = { follow: true, ...(since === undefined ? {} : { since }) };
    for await (const line of readOne(container, window, world, seen)) {
      waiting.push(line);
      while (waiting.length >= MOST_WAITING && !stopped())
        await clock.sleep(SETTLE_MS, signal).catch(() => undefined);
    }
  };
  for (let looked = -Infinity, ripe = 0; !stopped();) {
    if (failures.length > 0) throw failures[0] as Error;
    if (clock.monotonicMs() - looked >= LOOK_AGAIN_MS) {
      looked = clock.monotonicMs();
      for (const container of await find()) {
        if (!container.runs || pumps.has(container.id)) continue;
        const work = pump(container)
          .catch((error: unknown) => failures.push(error))
          .finally(() => pumps.delete(container.id));
        pumps.set(container.id, work as Promise<void>);
      }
    }
    await clock.sleep(SETTLE_MS, signal).catch(() => undefined);
    // What came before the last nap has had its time; what came during it may still be overtaken.
    const now = waiting.splice(0, stopped() ? waiting.length : ripe).sort(before);
    ripe = waiting.length;
    yield* now;
  }
}

/** Both ends of a window belong to it; one nanosecond later is the next line. */
function justAfter(at: string): string {
  const digits = String(Number(at.slice(20, 29)) + 1).padStart(9, '0');
  return digits.length > 9
    ? `${new Date(Date.parse(`${at.slice(0, 19)}Z`) + 1000).toISOString().slice(0, 19)}.000000000Z`
    : `${at.slice(0, 20)}${digits}Z`;
}
