import { createColors } from 'picocolors';
import { localTime } from '../model/log-time.ts';
import type { LogLevel, LogLine } from '../model/log-line.ts';
import { visible } from './visible.ts';

type Paint = (text: string) => string;

/** Said without their names, in this order; whatever else there is follows as `name=value`. */
const SPOKEN = ['method', 'endpoint', 'status', 'duration'] as const;
const LEVEL_WIDTH = 5;

/**
 * A line for people: time in the zone of the server, component, level, message, and what happened in a few words; an
 * error with its places below. Nothing in it moves the cursor.
 */
export function logLineFormatter({
  color,
  width,
  timeZone,
}: {
  color: boolean;
  width: number;
  timeZone: string;
}): (line: LogLine) => string {
  const colors = createColors(color);
  const clock = localTime(timeZone);
  const plain: Paint = (text) => text;
  const paints: Readonly<Record<LogLevel, Paint>> = {
    trace: colors.dim,
    debug: colors.dim,
    info: colors.green,
    warn: colors.yellow,
    error: colors.red,
    fatal: (text) => colors.bold(colors.red(text)),
  };
  return ({ time, component, slot, level, message, fields, requestId, details }) => {
    const paint = level === undefined ? plain : paints[level];
    const { method, endpoint, status, duration, ...others } = fields;
    const spoken = { method, endpoint, status, duration };
    const words = [
      ...SPOKEN.flatMap((name) => spoken[name] ?? []),
      ...Object.entries(others).map(([name, value]) => `${name}=${quoted(value)}`),
      ...(requestId === undefined ? [] : [`request=${requestId}`]),
    ].map(visible);
    const name = slot === undefined ? component : `${component}-${slot}`;
    const head = `${colors.dim(clock(time))}  ${name.padEnd(width)}  ${paint((level ?? '').padEnd(LEVEL_WIDTH))}`;
    const [first = '', ...further] = visible(message).split('\n');
    const told = words.length === 0 ? '' : colors.dim(words.join(' '));
    const below = [...further, ...details.map(visible)].map((line) => `    ${line}`);
    return [
      [head, first, told]
        .filter((part) => part !== '')
        .join('  ')
        .trimEnd(),
      ...below,
    ].join('\n');
  };
}

/** As it was written, behind the name of the container; for tools that read lines. */
export const rawLine = ({ container, line }: LogLine): string => `${container}  | ${visible(line)}`;

const quoted = (value: string): string => (/[\s"]/.test(value) ? JSON.stringify(value) : value);
