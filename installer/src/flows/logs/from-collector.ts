import type { LogLine } from '../../model/log-line.ts';
import type { Ports } from '../../ports/ports.ts';
import type { LogQuery } from './query.ts';
import { lineReader } from './read-line.ts';

/** How long the collector may search before its first line. */
const PATIENCE_MS = 30_000;

type Found = {
  readonly time: string;
  readonly component: string;
  readonly container: string;
  readonly line: string;
};

/**
 * What the collector found, line by line as it finds it. Undefined when it does not answer: not at all, not in time, or
 * with a failure before the first line.
 */
export async function askCollector(
  id: string,
  query: LogQuery,
  { docker, clock, signal }: Pick<Ports, 'docker' | 'clock' | 'signal'>,
): Promise<AsyncIterable<LogLine> | undefined> {
  const ended = new AbortController();
  try {
    const program = await docker.execLines(id, searchCommand(query));
    const reader = program.lines[Symbol.asyncIterator]();
    // Who follows may wait for a first line as long as nothing happens.
    const first = query.follow
      ? await reader.next()
      : await Promise.race([
          reader.next(),
          clock.sleep(PATIENCE_MS, AbortSignal.any([signal, ended.signal])).then(
            () => undefined,
            () => undefined,
          ),
        ]);
    if (first === undefined) {
      void reader.return?.(undefined);
      return undefined;
    }
    if (first.done === true)
      return signal.aborted || (await program.ended()).exitCode === 0 ? none() : undefined;
    return understood(first.value, reader);
  } catch (error) {
    if (signal.aborted) return none();
    // A container that went away between two looks is one that does not answer.
    if ((error as { code?: unknown }).code === 'FW-DOCKER-COMMAND') return undefined;
    throw error;
  } finally {
    ended.abort();
  }
}

/** `factsway-logs search …`: images/log-collector. */
export function searchCommand(query: LogQuery): string[] {
  const { component, level, since, until, requestId, traceId, tail, follow } = query;
  const options = { component, level, since, until, 'request-id': requestId, 'trace-id': traceId };
  return [
    'factsway-logs',
    'search',
    ...Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, value],
    ),
    ...(tail === undefined ? [] : ['--tail', String(tail)]),
    ...(follow ? ['--follow'] : []),
  ];
}

async function* understood(first: string, rest: AsyncIterator<string>): AsyncGenerator<LogLine> {
  const readers = new Map<string, ReturnType<typeof lineReader>>();
  try {
    for (
      let next: IteratorResult<string> = { value: first };
      !next.done;
      next = await rest.next()
    ) {
      const found = parse(next.value);
      if (!found) continue;
      const { component, container, time, line } = found;
      const understand = readers.get(container) ?? lineReader({ component, container });
      readers.set(container, understand);
      yield understand({ at: time, text: line });
    }
  } finally {
    await rest.return?.(undefined);
  }
}

function parse(text: string): Found | undefined {
  try {
    const found = JSON.parse(text) as Partial<Found> | null;
    const { time, component, container, line } = found ?? {};
    return time !== undefined && component !== undefined && line !== undefined
      ? { time, component, container: container ?? component, line }
      : undefined;
  } catch {
    return undefined;
  }
}

async function* none(): AsyncGenerator<LogLine> {
  // It looked, and there is nothing.
}
