import { chainOf, codeOf, framesOf, typeOf, wordsOf } from './error-words.ts';

/** What replaces a secret in a log line. */
export const SECRET = '[secret]';
/** What replaces the words of a client's document in a log line. */
export const DOCUMENT_TEXT = '[document text]';

/** Field names (compared without case, dashes and underscores) whose value is never written. */
const SECRET_NAME =
  /(password|passwd|pwd|passphrase|secret|token|authorization|cookie|credential|privatekey|dsn|sessionid)/;
/** Keys are written as a prefix: enough to tell which key it was, not enough to use it. */
const KEY_NAME = /(apikey|accesskey|signingkey|encryptionkey|licensekey)/;
const DOCUMENT_NAME =
  /^(body|text|content|contents|statement|quotation|caption|closing|document|documenttext|html|markdown|payload|snippet|excerpt)$/;

/** Secrets that hide inside ordinary strings: `Bearer x`, `password=x`, `scheme://user:x@host`. */
const INLINE: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w+/=.~-]{6,}/gi, `$1 ${SECRET}`],
  [
    /\b(password|passwd|pwd|secret|token|api[_-]?key)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&]+)/gi,
    `$1$2${SECRET}`,
  ],
  [/(\b[a-z][a-z\d+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi, `$1:${SECRET}@`],
];

const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
const MAX_STRING = 2000;

/**
 * A copy of `value` that is safe to log: secrets and document text replaced, cycles cut, getters
 * that throw survived, long strings and lists bounded.
 *
 * @param known exact secret values (the database password, say) masked wherever they occur
 */
export function redact(value: unknown, known: readonly string[] = []): unknown {
  return copy(value, known, 0, new Set());
}

/** Masks known secrets and the inline patterns in one string; bounds its length. */
export function redactText(text: string, known: readonly string[] = []): string {
  let result = text;
  for (const secret of known) if (secret !== '') result = result.replaceAll(secret, SECRET);
  for (const [pattern, replacement] of INLINE) result = result.replace(pattern, replacement);
  return result.length > MAX_STRING ? `${result.slice(0, MAX_STRING)}…` : result;
}

function copy(value: unknown, known: readonly string[], depth: number, seen: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value, known);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return describeError(value, known);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (seen.has(value)) return '[circular]';
  if (depth >= MAX_DEPTH) return '[deep]';
  seen.add(value);
  const result = Array.isArray(value)
    ? value.slice(0, MAX_ITEMS).map((item) => copy(item, known, depth + 1, seen))
    : copyFields(value, known, depth, seen);
  seen.delete(value);
  return result;
}

function copyFields(value: object, known: readonly string[], depth: number, seen: Set<object>) {
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(value).slice(0, MAX_ITEMS)) {
    const field = read(value, name);
    result[name] = replacementFor(name, field) ?? copy(field, known, depth + 1, seen);
  }
  return result;
}

function replacementFor(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  if (KEY_NAME.test(plain)) return typeof value === 'string' ? `${value.slice(0, 4)}…` : SECRET;
  if (SECRET_NAME.test(plain)) return SECRET;
  return DOCUMENT_NAME.test(plain) ? DOCUMENT_TEXT : undefined;
}

function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return '[unreadable]';
  }
}

/**
 * An error as plain data: what happened, where in the program, and what caused it. Its message only where that is known
 * to quote nobody (error-words.ts): that of a database error, or of any error at all, can hold a client's text.
 */
export function describeError(
  error: Error,
  known: readonly string[] = [],
): Record<string, unknown> {
  const [described = {}, ...causes] = chainOf(error).map((one) => ({
    type: typeOf(one),
    message: redactText(wordsOf(one), known),
    ...withCode(one),
  }));
  const stack = framesOf(error);
  return {
    ...described,
    ...(stack === '' ? {} : { stack: redactText(stack, known) }),
    ...(causes.length === 0 ? {} : { cause: causes.length === 1 ? causes[0] : causes }),
  };
}

function withCode(error: Error): { code?: string } {
  const code = codeOf(error);
  return code === undefined ? {} : { code };
}
