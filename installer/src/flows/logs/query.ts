import { isAtLeast, type LogLevel, type LogLine } from '../../model/log-line.ts';

/** What is looked for; times are RFC 3339 in UTC. */
export type LogQuery = {
  readonly component?: string;
  /** This and graver. */
  readonly level?: LogLevel;
  readonly since?: string;
  readonly until?: string;
  readonly requestId?: string;
  readonly traceId?: string;
  /** The last so many of all that match; without it all. */
  readonly tail?: number;
  readonly follow: boolean;
};

/** Whether lines are looked for by what is in them. */
export const isFiltered = ({ level, requestId, traceId }: LogQuery): boolean =>
  level !== undefined || requestId !== undefined || traceId !== undefined;

export const matches = (line: LogLine, { level, requestId, traceId }: LogQuery): boolean =>
  (level === undefined || isAtLeast(line.level, level)) &&
  (requestId === undefined || line.requestId === requestId) &&
  (traceId === undefined || line.traceId === traceId);

/** What was searched, as the rest of a sentence. */
export function describeQuery(query: LogQuery): string {
  const { component, level, since, until, requestId, traceId } = query;
  return [
    component ?? 'every container, stopped ones and the other slot included',
    ...(level === undefined ? [] : [`level ${level} and above`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ...(traceId === undefined ? [] : [`trace ${traceId}`]),
    ...(since === undefined ? [] : [`since ${since.slice(0, 19)}Z`]),
    ...(until === undefined ? [] : [`until ${until.slice(0, 19)}Z`]),
  ].join(', ');
}
