import { didYouMean } from '../model/did-you-mean.ts';
import { FactswayError } from '../model/errors.ts';
import type { LogLine } from '../model/log-line.ts';
import { logMoment } from '../model/log-time.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Ports } from '../ports/ports.ts';
import { catalogInEffect, noteOfLostConfig } from './in-effect.ts';
import { askCollector } from './logs/from-collector.ts';
import { followed, keptInOrder, type LoggedContainer } from './logs/from-docker.ts';
import { lastOf, proxyLast } from './logs/merge.ts';
import { describeQuery, isFiltered, matches, type LogQuery } from './logs/query.ts';

/** As it was typed: a time or an age, for both ends. */
export type LogsRequest = LogQuery & { readonly directory: string };

export type FoundLogs = {
  readonly lines: AsyncIterable<LogLine>;
  /** Widest name of what may come, for columns. */
  readonly width: number;
  readonly timeZone: string;
  readonly source: 'docker' | 'collector';
  /** What was searched, as the rest of a sentence. */
  readonly searched: string;
};

const COLLECTOR = 'log-collector';

/**
 * Lines of one component, in whatever slot and whether it runs or not, or of all, in the order of time. They are read
 * while they are asked for; with `follow` they end with Ctrl-C. Throws FW-SERVICE-UNKNOWN and FW-USAGE.
 */
export async function findLogs(
  { directory, ...asked }: LogsRequest,
  ports: Ports,
): Promise<FoundLogs> {
  const { catalog, config } = await catalogInEffect(directory, ports.files);
  const lost = await noteOfLostConfig(directory, ports.files);
  if (lost !== undefined) ports.reporter.note(lost);
  const { timeZone } = config.host;
  const query = resolveTimes(asked, ports.clock.now(), timeZone);
  const all = await ports.docker.containers(config.project);
  const known = [
    ...new Set([...catalog.workloads.map(({ component }) => component), ...all.map(componentOf)]),
  ];
  requireKnown(query.component, [...known, ...all.map(({ service }) => service)]);

  const isWanted = (one: ObservedContainer): boolean =>
    query.component === undefined || [componentOf(one), one.service].includes(query.component);
  const find = async (): Promise<LoggedContainer[]> =>
    (await ports.docker.containers(config.project)).filter(isWanted).map(logged);
  const found = {
    width: Math.max(
      ...(query.component === undefined ? known : [query.component]).map(({ length }) => length),
    ),
    timeZone,
    searched: describeQuery(query),
  };

  const collected = await fromCollector(
    query,
    all,
    ports,
    catalog.workloads.some(({ component }) => component === COLLECTOR),
  );
  // Whoever follows wants each line at once.
  const ordered = (lines: AsyncIterable<LogLine>): AsyncIterable<LogLine> =>
    query.requestId === undefined || query.follow ? lines : proxyLast(lines);
  if (collected) return { ...found, lines: ordered(collected), source: 'collector' };
  const wanted = (lines: AsyncIterable<LogLine>): AsyncIterable<LogLine> => kept(lines, query);
  return {
    ...found,
    source: 'docker',
    lines: query.follow
      ? onlyMatching(followed(find, boundsOf(query), wanted, ports), query)
      : ordered(wanted(keptInOrder(all.filter(isWanted).map(logged), boundsOf(query), ports))),
  };
}

/** Undefined where there is none, and, with a note, where it does not answer. */
async function fromCollector(
  query: LogQuery,
  containers: readonly ObservedContainer[],
  ports: Ports,
  isExpected: boolean,
): Promise<AsyncIterable<LogLine> | undefined> {
  const collector = containers.find(({ service }) => service === COLLECTOR);
  if (!isExpected && !collector) return undefined;
  const lines =
    collector?.state === 'running' ? await askCollector(collector.id, query, ports) : undefined;
  if (!lines)
    ports.reporter.note(
      `The log collector ${collector?.state === 'running' ? 'does not answer' : 'does not run'}: these are the logs Docker itself keeps, which go less far back. See: factsway-install status`,
    );
  return lines;
}

function resolveTimes(query: LogQuery, now: Date, timeZone: string): LogQuery {
  const { since, until, ...rest } = query;
  const [from, to] = [since, until].map((text) =>
    text === undefined ? undefined : logMoment(text, now, timeZone),
  );
  if (from && to && from > to)
    throw new FactswayError(
      'FW-USAGE',
      `--until ${until ?? ''} is before --since ${since ?? ''}.`,
      'Example: factsway-install logs --since 2h --until 1h',
    );
  const nanos = (moment: Date): string => moment.toISOString().replace('Z', '000000Z');
  return {
    ...rest,
    ...(from ? { since: nanos(from) } : {}),
    ...(to ? { until: nanos(to) } : {}),
  };
}

/** Of each container the last lines are enough where every line counts. */
function boundsOf(query: LogQuery) {
  const { since, until, tail } = query;
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(tail === undefined || isFiltered(query) ? {} : { tail }),
  };
}

async function* kept(lines: AsyncIterable<LogLine>, query: LogQuery): AsyncGenerator<LogLine> {
  const matching = onlyMatching(lines, query);
  if (query.tail === undefined) yield* matching;
  else yield* await lastOf(matching, query.tail);
}

async function* onlyMatching(
  lines: AsyncIterable<LogLine>,
  query: LogQuery,
): AsyncGenerator<LogLine> {
  for await (const line of lines) if (matches(line, query)) yield line;
}

function requireKnown(component: string | undefined, known: readonly string[]): void {
  if (component === undefined || known.includes(component)) return;
  throw new FactswayError(
    'FW-SERVICE-UNKNOWN',
    `There is no component "${component}".`,
    `${didYouMean(component, known)}Known: ${[...new Set(known)].join(', ')}`,
  );
}

const logged = (one: ObservedContainer): LoggedContainer => ({
  id: one.id,
  component: componentOf(one),
  container: one.name,
  ...(one.slot === undefined ? {} : { slot: one.slot }),
  runs: one.state === 'running',
});

/** Compose's service without the slot in its name. */
function componentOf({ service, slot }: ObservedContainer): string {
  return slot !== undefined && service.endsWith(`-${slot}`)
    ? service.slice(0, -slot.length - 1)
    : service;
}
