import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { UpdateSource } from '../../ports/update-mirror.ts';
import { resumed, type Answer } from './resumed-source.ts';
import { messageOf, unreadable } from './source-errors.ts';
import { textOf } from './source-text.ts';

/** Without a byte for so long a server is gone. */
const IDLE_MS = 60_000;
/** Seconds before each further try: as the protocol asks of the apps. */
const BACKOFF_SECONDS = [1, 2, 4, 8];

/**
 * An update server by its address; its certificate is checked as that of any other (NODE_EXTRA_CA_CERTS adds to it).
 * `second` in milliseconds: how long one of the waits between tries is.
 */
export function httpsSource(address: string, second = 1000): UpdateSource {
  const base = address.endsWith('/') ? address : `${address}/`;
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const ask = (name: string, method: string, headers: Headers): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const url = new URL(name, base);
      const asked = request(url, { method, headers, agent, timeout: IDLE_MS }, resolve);
      asked.on('timeout', () => asked.destroy(new Error('no answer for a minute')));
      asked.on('error', reject);
      asked.end();
    });
  /** The answer with the file; undefined for 404. */
  const get = async (
    name: string,
    method = 'GET',
    headers: Headers = {},
  ): Promise<IncomingMessage | undefined> => {
    for (let tried = 0; ; tried += 1) {
      const outcome = await ask(name, method, headers).catch((error: unknown) => error);
      const status = isAnswer(outcome) ? (outcome.statusCode ?? 0) : 0;
      if (isAnswer(outcome) && (status === 200 || isRest(outcome, headers))) return outcome;
      if (isAnswer(outcome)) outcome.resume();
      if (status === 404) return undefined;
      const seconds = BACKOFF_SECONDS[tried];
      const mayPass = status === 0 || status === 429 || status >= 500;
      if (!mayPass || seconds === undefined)
        throw unreadable(
          `${base}${name}`,
          status === 0 ? messageOf(outcome) : `answers ${status}, and not with the file`,
        );
      await new Promise((resolve) => setTimeout(resolve, seconds * second));
    }
  };
  return {
    async readText(name) {
      const answer = await get(name);
      return answer && textOf(bytesOf(answer, `${base}${name}`), `${base}${name}`);
    },
    async size(name) {
      const answer = await get(name, 'HEAD');
      answer?.resume();
      const length = answer?.headers['content-length'];
      return length === undefined ? undefined : Number(length);
    },
    async read(name) {
      const whole = await get(name);
      return (
        whole &&
        resumed(
          `${base}${name}`,
          answerOf(whole, 0),
          async (from, etag) => {
            // Without a strong ETag nobody knows whether a piece would fit.
            const isSure = etag?.startsWith('"') === true && from > 0;
            const headers = isSure ? { Range: `bytes=${from}-`, 'If-Range': etag } : {};
            const again = await get(name, 'GET', headers);
            return again && answerOf(again, from);
          },
          second,
        )
      );
    },
  };
}

type Headers = Readonly<Record<string, string>>;

/** What was asked for of a file, and from that byte on. */
const isRest = ({ statusCode, headers }: IncomingMessage, { Range }: Headers): boolean =>
  statusCode === 206 &&
  Range !== undefined &&
  headers['content-range']?.startsWith(Range.replace('=', ' ')) === true;

const answerOf = (answer: IncomingMessage, from: number): Answer => ({
  body: answer as AsyncIterable<Buffer>,
  etag: answer.headers.etag,
  from: answer.statusCode === 206 ? from : 0,
});

const isAnswer = (outcome: unknown): outcome is IncomingMessage =>
  typeof outcome === 'object' && outcome !== null && 'statusCode' in outcome;

async function* bytesOf(answer: IncomingMessage, address: string): AsyncGenerator<Uint8Array> {
  try {
    yield* answer as AsyncIterable<Buffer>;
  } catch (error) {
    throw unreadable(address, `broke off: ${messageOf(error)}`);
  }
}
