import type { KeptLine, LogLevel, LogLine, LogSource } from '../../model/log-line.ts';
import { readLogfmt } from './logfmt.ts';

type Said = Omit<LogLine, keyof LogSource | 'time' | 'line'>;
type Json = Readonly<Record<string, unknown>>;

/** By what the programs of the platform write. */
const LEVELS: Readonly<Record<string, LogLevel>> = {
  trace: 'trace',
  debug: 'debug',
  debug1: 'debug',
  debug2: 'debug',
  debug3: 'debug',
  debug4: 'debug',
  debug5: 'debug',
  info: 'info',
  notice: 'info',
  log: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  eror: 'error',
  err: 'error',
  crit: 'fatal',
  critical: 'fatal',
  fatal: 'fatal',
  panic: 'fatal',
};
/** Of a text that tells nothing of itself, the beginning of what a program says when it dies. */
const LAST_WORDS = /^(panic:|fatal error:|fatal:|uncaught |unhandled |[A-Z]\w*Error\b)/i;
/** `%m [%p] %q%u@%d `, see config-templates/postgres/postgresql.conf.hbs. */
const POSTGRES =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \S+ \[\d+\] (?:(\S*@\S*) )?([A-Z]+\d?): {2}(.*)$/;
/** What PostgreSQL says below a message, and what belongs to the line before it anywhere. */
const BELOW = /^(DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION)$/;
/** A field longer than this is cut: it is the line of a person, and the whole is in `--raw`. */
const LONGEST_FIELD = 300;
const MOST_PLACES = 40;

/**
 * Reads the lines of one container one after the other: a line that says nothing of itself and is indented, or is what
 * PostgreSQL adds to a message, is of the level and the request of the one before it.
 */
export function lineReader(source: LogSource): (kept: KeptLine) => LogLine {
  let before: Pick<Said, 'level' | 'requestId' | 'traceId'> = {};
  return ({ at, text }) => {
    const said = read(text);
    const below = said.below === true || (said.level === undefined && /^\s/.test(text));
    if (!below) before = pick(said);
    return {
      ...source,
      time: at,
      ...without(said, ['below']),
      ...(below ? before : {}),
      line: text,
    };
  };
}

function pick({ level, requestId, traceId }: Said): Pick<Said, 'level' | 'requestId' | 'traceId'> {
  return {
    ...(level === undefined ? {} : { level }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

function read(text: string): Said & { readonly below?: boolean } {
  if (text.startsWith('{')) {
    const json = parse(text);
    if (json) return 'ts' in json && 'request' in json ? ofProxy(json) : ofJson(json);
  }
  const postgres = POSTGRES.exec(text);
  if (postgres) {
    const [, who, word = '', message = ''] = postgres;
    const level = LEVELS[word.toLowerCase()];
    return {
      ...(level === undefined ? {} : { level }),
      message: BELOW.test(word) ? `${word}: ${message}` : message,
      fields: who === undefined || who === '@' ? {} : { by: who },
      details: [],
      below: BELOW.test(word),
    };
  }
  const pairs = readLogfmt(text);
  if (pairs) return ofLogfmt(pairs);
  return {
    ...(LAST_WORDS.test(text) ? { level: 'fatal' } : {}),
    message: text,
    fields: {},
    details: [],
  };
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An access log of Caddy: what was asked, and how it went. */
function ofProxy(json: Json): Said {
  const request = isObject(json['request']) ? json['request'] : {};
  const { duration: seconds, status } = json;
  return {
    // Caddy calls every 404 an error.
    ...(typeof status === 'number' && status > 0
      ? { level: status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info' }
      : levelOf(json['level'])),
    message: textOf(json['msg']) ?? '',
    // There is no field of its own for it in this Caddy: config-templates/edge/Caddyfile.hbs.
    ...named('requestId', json['user_id']),
    fields: shown({
      method: request['method'],
      endpoint: request['uri'],
      status,
      duration: typeof seconds === 'number' ? milliseconds(seconds * 1000) : undefined,
      error: json['error'],
    }),
    details: [],
  };
}

/** The form of the services (docs/platform-contract.md, "Logs"), and that of anything else that writes JSON. */
function ofJson(json: Json): Said {
  const { level, message, msg, request_id, trace_id, client_id, context, ...other } = json;
  const inside = isObject(context) ? context : {};
  const { method, endpoint, status, duration_ms, error, ...more } = {
    ...without(other, ['timestamp', 'ts', 'time', 'service', 'version', 'pid', 'hostname']),
    ...inside,
  };
  return {
    ...levelOf(level),
    message: textOf(message) ?? textOf(msg) ?? '',
    ...named('requestId', request_id),
    ...named('traceId', trace_id),
    fields: shown({
      method,
      endpoint,
      status,
      duration: typeof duration_ms === 'number' ? milliseconds(duration_ms) : duration_ms,
      client: client_id,
      ...more,
      ...(isObject(error) ? {} : { error }),
    }),
    details: isObject(error) ? errorLines(error) : [],
  };
}

/** Those that say where a line was written tell an administrator nothing. */
function ofLogfmt(pairs: Record<string, string>): Said {
  const { msg, level, err, error, ...others } = pairs;
  const rest = without(others, ['ts', 'time', 'caller', 'source']);
  const failure = err ?? error;
  return {
    ...levelOf(level),
    message: msg ?? '',
    fields: shown({ ...rest, ...(failure === undefined ? {} : { error: failure }) }),
    details: [],
  };
}

/** `TypeError ENOENT: message`, its places, and what caused it. */
function errorLines(error: Json, deep = 0): string[] {
  const [type, code, message] = [error['type'], error['code'], error['message']].map(textOf);
  const head = [type ?? 'Error', code].filter((word) => word !== undefined).join(' ');
  const stack = textOf(error['stack'])?.split('\n').slice(0, MOST_PLACES) ?? [];
  const { cause } = error;
  const below = isObject(cause) && deep < 5 ? errorLines(cause, deep + 1) : [];
  const [first, ...others] = below;
  return [
    message === undefined ? head : `${head}: ${message}`,
    ...stack.map((place) => `  ${place.trim()}`),
    ...(first === undefined ? [] : [`caused by ${first}`, ...others]),
  ];
}

/** What the columns say already, or what tells an administrator nothing. */
function without<T extends object, K extends string>(value: T, keys: readonly K[]): Omit<T, K> {
  const left = Object.entries(value).filter(([key]) => !keys.some((one) => one === key));
  return Object.fromEntries(left) as Omit<T, K>;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function levelOf(value: unknown): Pick<Said, 'level'> {
  const level = typeof value === 'string' ? LEVELS[value.toLowerCase()] : undefined;
  return level === undefined ? {} : { level };
}

function named<K extends 'requestId' | 'traceId'>(
  key: K,
  value: unknown,
): Partial<Record<K, string>> {
  return typeof value === 'string' && value !== ''
    ? ({ [key]: value } as Partial<Record<K, string>>)
    : {};
}

const milliseconds = (value: number): string =>
  `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ms`;

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What there is of them, as text. */
function shown(fields: Json): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => {
      const text = textOf(value);
      if (text === undefined) return [];
      return [[key, text.length > LONGEST_FIELD ? `${text.slice(0, LONGEST_FIELD)}…` : text]];
    }),
  );
}
