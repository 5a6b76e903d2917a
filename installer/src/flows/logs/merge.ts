/** What can be put in an order: see `before`. */
export type Ordered = {
  readonly time: string;
  readonly component: string;
  readonly container: string;
};

/** The proxy is done with a request after whoever answered it, and is read after them. */
const LAST = 'edge';
/** Of `2026-01-31T10:00:00.123456789Z`, what comes before the microseconds. */
const MILLISECOND = 23;

/**
 * Order of lines of several containers. Docker takes over the lines of each container by itself, so that what happens
 * within one millisecond may come in any order: there the proxy is last, because it is. Zero for lines of one container,
 * whose own order counts.
 */
export function before(a: Ordered, b: Ordered): number {
  const [coarseA, coarseB] = [a.time.slice(0, MILLISECOND), b.time.slice(0, MILLISECOND)];
  if (coarseA !== coarseB) return coarseA < coarseB ? -1 : 1;
  if (a.container === b.container) return 0;
  if ((a.component === LAST) !== (b.component === LAST)) return a.component === LAST ? 1 : -1;
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.container < b.container ? -1 : 1;
}

/** Lines of many containers as one stream in order, holding one line of each. Whoever stops early ends all of them. */
export async function* merged<T extends Ordered>(
  sources: readonly AsyncIterable<T>[],
): AsyncGenerator<T> {
  const readers = sources.map((source) => source[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()));
    for (;;) {
      let first: number | undefined;
      let best: T | undefined;
      for (const [index, head] of heads.entries()) {
        if (head.done === true) continue;
        if (best === undefined || before(head.value, best) < 0) [first, best] = [index, head.value];
      }
      const reader = first === undefined ? undefined : readers[first];
      if (first === undefined || best === undefined || !reader) return;
      yield best;
      heads[first] = await reader.next();
    }
  } finally {
    await Promise.allSettled(readers.map(async (reader) => reader.return?.(undefined)));
  }
}

/** A service says that it is done when it has answered: by then the proxy may have said so already. In milliseconds. */
const AFTERWARDS_MS = 100;

/** Lines of one request in the order in which it was worked on: the proxy was done with it after everybody else. */
export async function* proxyLast<T extends Ordered>(lines: AsyncIterable<T>): AsyncGenerator<T> {
  let held: readonly T[] = [];
  for await (const line of lines) {
    const now = Date.parse(line.time);
    const due = held.filter(({ time }) => now - Date.parse(time) > AFTERWARDS_MS);
    yield* due;
    held = held.slice(due.length);
    if (line.component === LAST) held = [...held, line];
    else yield line;
  }
  yield* held;
}

/** The last so many of a stream, in order, holding no more than that. */
export async function lastOf<T>(lines: AsyncIterable<T>, count: number): Promise<T[]> {
  const ring: T[] = [];
  let next = 0;
  for await (const line of lines) {
    if (count === 0) continue;
    if (ring.length < count) ring.push(line);
    else {
      ring[next] = line;
      next = (next + 1) % count;
    }
  }
  return [...ring.slice(next), ...ring.slice(0, next)];
}
