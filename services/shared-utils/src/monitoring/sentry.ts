import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope, Transport } from '@sentry/core';
import type { Event, NodeClient, NodeOptions } from '@sentry/node';
import { currentContext } from '../request-context.ts';
import { Delivery, type IngestAnswer } from './delivery.ts';
import { DiskQueue } from './disk-queue.ts';
import { fingerprintOf, Flood } from './flood.ts';
import { errorEvent, onlyKnown, transactionOf, type FinishedRequest } from './report-event.ts';
import { isSampled, readSampleRate } from './sampling.ts';
import { categoryOf, loadSdk, transportTo, type Sdk } from './sdk.ts';

/** A whole envelope; a Sentry server refuses an event above 1 MB, and ours say what they have to in far less. */
const LARGEST_BYTES = 200_000;
const QUEUE = { files: 500, bytes: 20 * 1024 * 1024 };
/** What a process that ended had taken out of the queue comes back after a while. */
const LOOK_EVERY_MS = 60_000;
const START_MS = 1000;

export interface ReportingOptions {
  readonly service: string;
  readonly version: string;
  /** SENTRY_DSN, SENTRY_ENVIRONMENT, SENTRY_TRACES_SAMPLE_RATE, SENTRY_QUEUE_DIR, DEPLOYMENT_ENV. */
  readonly env: NodeJS.ProcessEnv;
  /** Where the reporter says what is wrong with it. */
  readonly tell: (level: 'info' | 'warn', message: string, fields: object) => void;
}

/** What became of reports since the process started. */
export interface ReportCounts {
  readonly delivered: number;
  /** Refused by the other end for what they are, or too large. */
  readonly refused: number;
  /** Forgotten: more of the same than is of use, no room, or a disk that cannot be written. */
  readonly dropped: number;
  /** On disk, as far as is known: those of other processes that share the directory count too. */
  readonly waiting: number;
}

/** Takes errors to Sentry, or to GlitchTip, which speaks the same. No method ever throws or waits for the network. */
export interface ErrorReporter {
  report(error: unknown, level: 'error' | 'fatal'): void;
  /** A request that has been answered; one in ten becomes a transaction. */
  finished(request: FinishedRequest): void;
  /** The process is about to end: what is still in memory goes to disk. Never rejects. */
  save(): Promise<void>;
  readonly counts: () => ReportCounts;
  /** Delivers what waits, for at most so long; the rest stays on disk for the next process. */
  close(milliseconds: number): Promise<void>;
}

/** Where there is no DSN, or one that is none. */
export const NO_REPORTER: ErrorReporter = {
  report: () => undefined,
  finished: () => undefined,
  save: () => Promise.resolve(),
  counts: () => ({ delivered: 0, refused: 0, dropped: 0, waiting: 0 }),
  close: () => Promise.resolve(),
};

/**
 * Reports errors to the address in SENTRY_DSN. What leaves is put together from what is known to be harmless: type and
 * code of an error, places in the program, service, release, request id, route template. No body, header, cookie, query,
 * address, user or message that quotes any of them is ever read for it. Source: spec 03, "Errors: Sentry".
 */
export function startErrorReporting(options: ReportingOptions): ErrorReporter {
  const dsn = options.env['SENTRY_DSN'] ?? '';
  if (dsn === '') return NO_REPORTER;
  if (!isDsn(dsn)) {
    // Not what it is: an older kind of it has a secret in it.
    options.tell('warn', 'SENTRY_DSN is no address of a project; errors are not reported', {});
    return NO_REPORTER;
  }
  return new Reporter(dsn, options);
}

/** `https://key@host/path/42`. Source: Sentry's developer documentation, "Parsing the DSN". */
export function isDsn(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, hostname, pathname } = new URL(text);
  return (
    /^https?:$/.test(protocol) &&
    /^\w+$/.test(username) &&
    hostname !== '' &&
    /\/\d+$/.test(pathname)
  );
}

type Sent = { readonly category: string; readonly text: string };

class Reporter implements ErrorReporter {
  readonly #options: ReportingOptions;
  readonly #queue: DiskQueue;
  readonly #delivery: Delivery;
  readonly #flood = new Flood();
  readonly #sampleRate: number;
  readonly #look: NodeJS.Timeout;
  /** Serialised and not yet on disk. */
  readonly #unwritten = new Set<Sent>();
  /** Until the SDK is loaded: a service starts no later for it. */
  #early: (() => void)[] | undefined = [];
  #ready: Promise<void>;
  #sdk: Sdk | undefined;
  #client: NodeClient | undefined;
  #inner: Transport | undefined;
  #dropped = 0;
  #tooLarge = 0;
  #writing = Promise.resolve();
  #diskTold = false;

  /** Handed to the metrics without its object. */
  readonly counts = (): ReportCounts => {
    const { delivered, refused } = this.#delivery.counts;
    return {
      delivered,
      refused: refused + this.#tooLarge,
      dropped: this.#dropped + this.#queue.dropped,
      waiting: this.#queue.waiting,
    };
  };

  constructor(dsn: string, options: ReportingOptions) {
    const { env } = options;
    this.#options = options;
    const directory = env['SENTRY_QUEUE_DIR'] ?? '';
    const fallback = join(tmpdir(), 'factsway-error-reports');
    this.#queue = new DiskQueue(directory === '' ? fallback : directory, QUEUE);
    this.#delivery = new Delivery({
      queue: this.#queue,
      send: (envelope) => this.#send(envelope),
      tell: options.tell,
    });
    this.#sampleRate = readSampleRate(env['SENTRY_TRACES_SAMPLE_RATE']);
    this.#ready = this.#load(dsn).catch((error: unknown) => {
      this.#early = [];
      options.tell('warn', 'error reporting could not be started', { err: error });
    });
    this.#look = setInterval(() => {
      this.#delivery.wake();
    }, LOOK_EVERY_MS).unref();
  }

  report(thrown: unknown, level: 'error' | 'fatal'): void {
    const error =
      thrown instanceof Error ? thrown : new Error('something else than an error was thrown');
    if (!this.#flood.admits(fingerprintOf(error))) {
      this.#dropped++;
      return;
    }
    const context = currentContext();
    this.#whenReady(() => {
      this.#capture(errorEvent(error, level, context, this.#sdk?.defaultStackParser), error);
    });
  }

  finished(request: FinishedRequest): void {
    if (!isSampled(request.context.traceId, this.#sampleRate)) return;
    this.#whenReady(() => {
      this.#capture(transactionOf(request));
    });
  }

  async save(): Promise<void> {
    // An error while the service starts meets an SDK that is still being loaded.
    await Promise.race([this.#ready, sleep(START_MS)]);
    // The SDK hands an event over in a few turns of the microtask queue.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      for (const { category, text } of this.#unwritten) this.#queue.putNow(category, text);
      this.#unwritten.clear();
    } catch {
      // The disk cannot be written; the log has the error as well.
    }
  }

  async close(milliseconds: number): Promise<void> {
    clearInterval(this.#look);
    await this.#ready;
    await this.#writing;
    this.#delivery.wake();
    await this.#delivery.stop(milliseconds);
    await this.#client?.close(0);
  }

  #whenReady(work: () => void): void {
    const safely = () => {
      try {
        work();
      } catch {
        this.#dropped++;
      }
    };
    if (this.#early === undefined) safely();
    else if (this.#early.length < QUEUE.files) this.#early.push(safely);
  }

  async #load(dsn: string): Promise<void> {
    const sdk = await loadSdk();
    this.#sdk = sdk;
    this.#client = sdk.initWithoutDefaultIntegrations(this.#clientOptions(dsn, sdk));
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const work of early) work();
    this.#delivery.wake();
  }

  #clientOptions(dsn: string, sdk: Sdk): NodeOptions {
    const { service, version, env } = this.#options;
    const cut = <T extends Event>(event: T, thrown?: unknown): T =>
      onlyKnown(event, thrown, sdk.defaultStackParser);
    return {
      dsn,
      release: `${service}@${version}`,
      environment: env['SENTRY_ENVIRONMENT'] ?? env['DEPLOYMENT_ENV'] ?? 'enterprise',
      initialScope: { tags: { service } },
      // Nothing watches console, requests or modules on its own: what is collected is what is said here. And whatever a
      // service says to the SDK itself is cut down to the same.
      integrations: [
        {
          name: 'FactswayOnlyKnown',
          processEvent: (event, hint) => cut(event, hint.originalException),
        },
      ],
      maxBreadcrumbs: 0,
      // A transaction is made of an answered request here; no span is ever started.
      traceLifecycle: 'static',
      sendClientReports: false,
      includeServerName: false,
      enableRuntimeChannelInjection: false,
      // Again at the very end, with the error itself: scopes have processors of their own.
      beforeSend: (event, { originalException }) => cut(event, originalException),
      transport: (transport) => {
        this.#inner = transportTo(sdk, transport);
        return {
          send: (envelope) => this.#enqueue(envelope),
          flush: () => this.#writing.then(() => true),
        };
      },
    };
  }

  #capture(event: Event, originalException?: Error): void {
    this.#client?.captureEvent(event, { originalException });
  }

  async #enqueue(envelope: Envelope): Promise<object> {
    const category = categoryOf(envelope);
    const text = this.#textOf(envelope);
    if (category === undefined || text === undefined) return {};
    const sent = { category, text };
    this.#unwritten.add(sent);
    this.#writing = this.#writing.then(() => this.#write(sent));
    await this.#writing;
    this.#delivery.wake();
    return {};
  }

  async #write(sent: Sent): Promise<void> {
    if (!this.#unwritten.has(sent)) return;
    try {
      await this.#queue.put(sent.category, sent.text);
      this.#diskTold = false;
    } catch (error) {
      this.#dropped++;
      if (!this.#diskTold) {
        this.#options.tell('warn', 'an error report could not be written to disk', { err: error });
      }
      this.#diskTold = true;
    } finally {
      this.#unwritten.delete(sent);
    }
  }

  #textOf(envelope: Envelope): string | undefined {
    const text = this.#sdk?.serializeEnvelope(envelope);
    if (typeof text === 'string' && Buffer.byteLength(text) <= LARGEST_BYTES) return text;
    this.#tooLarge++;
    return undefined;
  }

  async #send(text: string): Promise<IngestAnswer> {
    await this.#ready;
    if (this.#inner === undefined || this.#sdk === undefined) throw new Error('not started');
    const { statusCode, headers } = await this.#inner.send(this.#sdk.parseEnvelope(text));
    if (statusCode === undefined) throw new Error('not sent');
    return {
      status: statusCode,
      rateLimits: headers?.['x-sentry-rate-limits'] ?? null,
      retryAfter: headers?.['retry-after'] ?? null,
    };
  }
}
