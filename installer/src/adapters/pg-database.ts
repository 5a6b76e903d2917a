import { connect, type Socket } from 'node:net';
import pg from 'pg';
import type {
  Database,
  DatabaseAnswer,
  DatabaseRefusal,
  DatabaseTarget,
} from '../ports/database.ts';

const CONNECT_MS = 5000;
const STATEMENT_MS = 4000;

/** SQLSTATE (PostgreSQL, appendix A) → what it is a refusal of. */
const STATES: Readonly<Record<string, DatabaseRefusal>> = {
  '28000': 'login',
  '28P01': 'login',
  '3D000': 'database',
  '42501': 'login',
};
/** Codes of Node.js for a peer that is not there. */
const AWAY = /^(ECONN|EHOST|ENET|EAI_|ETIMEDOUT|ENOTFOUND|EPIPE|EADDR|EACCES)/;
/** SQLSTATE: five characters with a digit among the first two, as opposed to the words of Node.js and OpenSSL. */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** SSLRequest: length 8, code 80877103 (PostgreSQL, "Message Formats"). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

export class PgDatabase implements Database {
  async ask(
    target: DatabaseTarget,
    statement: string,
    values: readonly string[],
  ): Promise<DatabaseAnswer> {
    const client = new pg.Client({
      host: target.host,
      port: target.port,
      database: target.database,
      user: target.user,
      password: target.password,
      ssl: tlsOf(target),
      application_name: 'factsway-install',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS,
    });
    // One that breaks between two answers reports here; the next call fails and says so.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const askedMs = Date.now();
      const { rows } = await client.query<Record<string, unknown>>(statement, [...values]);
      return { row: rows[0] ?? {}, askedMs, answeredMs: Date.now() };
    } catch (error) {
      return { refusal: await refusalOf(error, target), reason: reasonOf(error) };
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function tlsOf({ tls, authority }: DatabaseTarget): pg.ClientConfig['ssl'] {
  if (tls === 'off') return false;
  if (tls === 'require') return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ...(authority === undefined ? {} : { ca: authority }) };
}

async function refusalOf(error: unknown, target: DatabaseTarget): Promise<DatabaseRefusal> {
  const code = codeOf(error);
  if (code === undefined)
    // pg gives no code for "no encryption here" and for silence: the server is asked which it was.
    return target.tls !== 'off' && (await offersTls(target)) === false ? 'tls' : 'unreachable';
  if (AWAY.test(code)) return 'unreachable';
  // What is left of the words is OpenSSL's and Node's about certificates.
  return SQLSTATE.test(code) ? (STATES[code] ?? 'refused') : 'tls';
}

/** Whether the server would encrypt; undefined where nobody answers in the words of PostgreSQL. */
function offersTls({ host, port }: DatabaseTarget): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (answer: boolean | undefined): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write(SSL_REQUEST));
    socket.once('data', (data) => {
      const letter = data.toString('latin1', 0, 1);
      end(letter === 'S' ? true : letter === 'N' ? false : undefined);
    });
    for (const event of ['error', 'timeout', 'end'] as const)
      socket.once(event, () => {
        end(undefined);
      });
  });
}

/** `code` of an error, or of the first of several (a name with several addresses). */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && code !== '' ? code : undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
