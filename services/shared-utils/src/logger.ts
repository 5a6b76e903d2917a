import { format } from 'node:util';
import { pino, stdTimeFunctions, type DestinationStream, type Level } from 'pino';
import { wordsOf } from './error-words.ts';
import { describeError, redact, redactText } from './redact.ts';
import { currentContext } from './request-context.ts';

type Fields = Record<string, unknown>;

/** One log call: fields then message, or a message alone. printf placeholders as in node:util. */
export type LogMethod = (first: unknown, message?: string, ...args: unknown[]) => void;

/**
 * Writes the lines of the platform contract and nothing else. It has the shape Fastify asks of a
 * `loggerInstance`, so a service hands it over as it is.
 */
export interface Logger {
  level: string;
  readonly trace: LogMethod;
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  readonly fatal: LogMethod;
  readonly silent: LogMethod;
  /** A logger whose lines carry these fields too. */
  child(bindings: Fields, options?: unknown): Logger;
}

/** What LOG_LEVEL may be. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export interface LoggerOptions {
  readonly service: string;
  readonly version: string;
  /** One of LOG_LEVELS; info when absent or empty. */
  readonly level?: string;
  /** Exact values that must never be written, wherever they appear. */
  readonly secrets?: readonly string[];
  /** Told of every error that is logged as `error` or `fatal`: whoever reports them needs no wiring of their own. */
  readonly onError?: (error: Error, level: 'error' | 'fatal') => void;
  /** Where lines go; stdout, synchronously, unless a test says otherwise. */
  readonly destination?: DestinationStream;
}

/** These leave `context` and become fields of the line itself. */
const LIFTED = ['request_id', 'trace_id', 'client_id'] as const;

/**
 * JSON lines with `timestamp` (ISO 8601, milliseconds), `level`, `message`, `service`, `version`,
 * `request_id`, `trace_id`, `client_id` where known, and everything else under `context`.
 * Source: docs/platform-contract.md, "Logs".
 */
export function createLogger(options: LoggerOptions): Logger {
  const root = pino(
    {
      level: options.level === undefined || options.level === '' ? 'info' : options.level,
      messageKey: 'message',
      base: { service: options.service, version: options.version },
      timestamp: isoTimestamp,
      formatters: { level: (label) => ({ level: label }) },
    },
    ...(options.destination === undefined ? [] : [options.destination]),
  );
  const secrets = (options.secrets ?? []).filter((secret) => secret !== '');

  const derive = (bindings: Fields): Logger => {
    const method =
      (level: Level): LogMethod =>
      (first, message, ...args) => {
        if (!root.isLevelEnabled(level)) return;
        const [fields, text] = splitCall(first, message, args);
        const error = [fields['err'], fields['error']].find((field) => field instanceof Error);
        const said = error === undefined ? text : withoutMessage(text, error);
        root[level](shape({ ...bindings, ...fields }, secrets), redactText(said, secrets));
        if (error !== undefined && (level === 'error' || level === 'fatal')) {
          options.onError?.(error, level);
        }
      };
    return {
      get level() {
        return root.level;
      },
      set level(value: string) {
        root.level = value;
      },
      trace: method('trace'),
      debug: method('debug'),
      info: method('info'),
      warn: method('warn'),
      error: method('error'),
      fatal: method('fatal'),
      silent: () => undefined,
      child: (more) => derive({ ...bindings, ...more }),
    };
  };
  return derive({});
}

/** pino's own `isoTime`, named here because the contract fixes the field's name. */
function isoTimestamp(): string {
  return stdTimeFunctions.isoTime().replace('"time"', '"timestamp"');
}

function splitCall(first: unknown, message: string | undefined, args: unknown[]): [Fields, string] {
  if (typeof first === 'string') {
    return [{}, format(first, ...(message === undefined ? args : [message, ...args]))];
  }
  if (first instanceof Error) {
    return [{ error: first }, message === undefined ? wordsOf(first) : format(message, ...args)];
  }
  const fields: Fields = typeof first === 'object' && first !== null ? { ...first } : {};
  return [fields, message === undefined ? '' : format(message, ...args)];
}

/** Frameworks repeat the message of an error as that of the line. */
function withoutMessage(text: string, error: Error): string {
  return error.message === '' ? text : text.replaceAll(error.message, () => wordsOf(error));
}

/** What frameworks log of their own accord: whole requests, with all that was asked. */
const WHOLE_REQUESTS = new Set(['req', 'res', 'request', 'reply', 'response']);

function shape(fields: Fields, secrets: readonly string[]): Fields {
  const request = currentContext();
  const line: Fields = {
    request_id: request?.requestId,
    trace_id: request?.traceId,
    client_id: request?.clientId,
  };
  const context: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    if (WHOLE_REQUESTS.has(name) && typeof value === 'object') continue;
    if (LIFTED.some((lifted) => lifted === name)) line[name] = value;
    else if (name === 'context' && typeof value === 'object') Object.assign(context, value);
    else if (name === 'err' && value instanceof Error) {
      context['error'] = describeError(value, secrets);
    } else context[name] = value;
  }
  if (Object.keys(context).length > 0) line['context'] = redact(context, secrets);
  return line;
}
