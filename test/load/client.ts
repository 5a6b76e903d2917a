import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LoadRequest } from './requests.ts';

/** The platform cannot be put under this load at all, or not be read back. */
export class LoadError extends Error {}

/** What came back: a whole answer, or the code of what cut it off. */
export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly crossed: string | undefined;
      /** The bytes as latin1, so that documents can be looked into as well. */
      readonly body: string;
    }
  | {
      readonly kind: 'failed';
      readonly code: string;
      /** On a connection that had served a request before: it may have been closed under this one. */
      readonly reused: boolean;
      /** Of an answer that began and was cut. */
      readonly crossed: string | undefined;
    };

/** An idle connection of ours is closed by us, well before the edge would (2 min), in milliseconds. */
const IDLE_MS = 60_000;
/** No answer of the load is larger; what is, is a fault, in bytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Sends requests on keep-alive connections; repeats none, follows nothing, and hides no error. A
 * request that finds every connection taken waits for one, as the next of a desktop's does.
 */
export class Client {
  readonly #base: URL;
  readonly #agent: HttpAgent;
  readonly #send: typeof httpRequest;

  /**
   * @param connections at most; without a bound a slow platform would be given ever more handshakes
   * @param ca PEM of the only authority to trust
   */
  constructor(base: string, connections: number, ca?: string) {
    this.#base = new URL(base);
    const secure = this.#base.protocol === 'https:';
    const options = { keepAlive: true, timeout: IDLE_MS, maxSockets: connections };
    this.#agent = secure
      ? new HttpsAgent({ ...options, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent(options);
    this.#send = secure ? httpsRequest : httpRequest;
  }

  /** Never rejects. @param timeoutMs the whole answer must be there by then */
  send(asked: LoadRequest, timeoutMs: number): Promise<Answer> {
    const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
    return new Promise((resolve) => {
      let crossed: string | undefined;
      const message = this.#send(new URL(asked.path, this.#base), {
        method: asked.method,
        agent: this.#agent,
        headers: {
          ...asked.headers,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      });
      const timer = setTimeout(() => message.destroy(new Cut('NO_ANSWER_IN_TIME')), timeoutMs);
      const done = (answer: Answer): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      const failed = (error: NodeJS.ErrnoException): void => {
        const code = error.code ?? error.message;
        done({ kind: 'failed', code, reused: message.reusedSocket, crossed });
      };
      message.on('error', failed);
      message.on('response', (response) => {
        crossed = crossedOf(response);
        readBody(response, message.destroy.bind(message)).then((text) => {
          done({ kind: 'answer', status: response.statusCode ?? 0, crossed, body: text });
        }, failed);
      });
      message.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A connection that we gave up ourselves. */
class Cut extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

function crossedOf({ headers }: IncomingMessage): string | undefined {
  const value = headers['x-factsway-crossed'];
  return Array.isArray(value) ? value.join(', ') : value;
}

function readBody(response: IncomingMessage, giveUp: (error: Error) => unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_BYTES) giveUp(new Cut('TOO_LARGE'));
    });
    response.on('error', reject);
    // A body that ends because its connection did is not whole.
    response.on('close', () => {
      if (response.complete) resolve(Buffer.concat(chunks).toString('latin1'));
      else reject(new Cut('CUT_SHORT'));
    });
  });
}
