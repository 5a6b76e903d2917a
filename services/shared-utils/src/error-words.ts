/** What stands where an error's message would, if it is not known to be free of a client's words. */
export const WITHHELD = '[withheld]';

/**
 * An error whose message was written by an engineer word for word, with nothing of a request or a document in it.
 * Its message is logged and reported; that of any other error is not.
 */
export class PlainError extends Error {
  readonly plain = true;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PlainError';
  }
}

/** SQLSTATE classes whose messages name servers, roles and settings. Source: PostgreSQL manual, appendix A. */
const SQL_ABOUT_SERVERS = /^(08|28|3D|40|53|55|57|58)[\dA-Z]{3}$/;
const SQLSTATE = /^[\dA-Z]{5}$/;
/** What Node.js, its fetch and pg say word for word, without anything of their own callers in it. */
const FIXED = new Set([
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'Connection terminated unexpectedly',
  'Query read timeout',
  'The operation was aborted due to timeout',
  'This operation was aborted',
  'fetch failed',
  'socket hang up',
  'terminated',
  'timeout exceeded when trying to connect',
]);
/** What V8 says of a program, as far as it says nothing of values. */
const ENGINE: readonly (readonly [RegExp, string])[] = [
  [/^Cannot (read|set) properties of (undefined|null)( |$)/, 'Cannot $1 properties of $2'],
  [/^Cannot destructure property /, 'Cannot destructure a property'],
  [/^Maximum call stack size exceeded$/, '$&'],
  [/^Invalid array length$/, '$&'],
  [/^Invalid string length$/, '$&'],
];

/**
 * What of an error's message may be written down: a message can quote what a client sent, what a document says or what
 * a row holds, and nobody can tell by looking at it. So the words are those of the program and its libraries, and
 * where they are not, the message is {@link WITHHELD}; type, code and stack say what happened.
 */
export function wordsOf(error: Error): string {
  const message = readText(error, 'message');
  if (readField(error, 'plain') === true) return message;
  const code = codeOf(error);
  const call = readText(error, 'syscall');
  if (code !== undefined && /^[a-z]{2,20}$/i.test(call)) return `${call} ${code}`;
  if (code !== undefined && SQLSTATE.test(code)) return sqlWords(error, code, message);
  if (FIXED.has(message)) return message;
  for (const [pattern, words] of ENGINE) {
    const found = pattern.exec(message);
    if (found !== null) return found[0].replace(pattern, words);
  }
  return WITHHELD;
}

/** A name of an error that is a name and nothing else. */
export function typeOf(error: Error): string {
  const name = readText(error, 'name');
  return /^[A-Za-z][\w$.]{0,60}$/.test(name) ? name : 'Error';
}

/** A code that is a code and nothing else: `ECONNREFUSED`, `23505`, `FST_ERR_CTP_BODY_TOO_LARGE`. */
export function codeOf(error: Error): string | undefined {
  const code = readField(error, 'code');
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : undefined;
}

/** The lines of a stack that name places in the program; the message above them is left out. */
export function framesOf(error: Error): string {
  const stack = readText(error, 'stack');
  const message = readText(error, 'message');
  const head = message === '' ? -1 : stack.indexOf(message);
  const lines = (head < 0 ? stack : stack.slice(head + message.length)).split('\n');
  // Only the last lines in a row: what was put before them may look like one.
  const first = lines.findLastIndex((line) => line.trim() !== '' && !/^\s+at /.test(line)) + 1;
  return lines.slice(first).join('\n').trimEnd();
}

/** The error, what caused it, what caused that, and what an AggregateError holds; each once, at most `limit`. */
export function chainOf(error: Error, limit = 5): Error[] {
  const chain: Error[] = [];
  const waiting: unknown[] = [error];
  while (waiting.length > 0 && chain.length < limit) {
    const next = waiting.shift();
    if (!(next instanceof Error) || chain.includes(next)) continue;
    chain.push(next);
    waiting.push(readField(next, 'cause'));
    const several: unknown = readField(next, 'errors');
    if (Array.isArray(several)) waiting.push(...(several as unknown[]).slice(0, limit));
  }
  return chain;
}

/** Names of the schema are the program's; `detail`, `where` and `hint` quote rows and are never read. */
function sqlWords(error: Error, code: string, message: string): string {
  if (SQL_ABOUT_SERVERS.test(code)) return message;
  const names = ['table', 'column', 'constraint'].flatMap((name) => {
    const value = readText(error, name);
    return /^[\w$.]{1,63}$/.test(value) ? [`${name} ${value}`] : [];
  });
  return [`SQLSTATE ${code}`, ...names].join(', ');
}

function readText(error: Error, name: string): string {
  const value = readField(error, name);
  return typeof value === 'string' ? value : '';
}

function readField(error: Error, name: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
