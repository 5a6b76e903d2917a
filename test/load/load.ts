import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, LoadError, type Answer } from './client.ts';
import { countKeys } from './read-back.ts';
import { reportOf, type LoadReport } from './report.ts';
import { draftsFor, requestAt, type Ground, type LoadRequest } from './requests.ts';
import { dueAt, dueBy, requestsOf } from './schedule.ts';
import { compareApplied, type Applied, type Sent } from './settle.ts';
import { isOk, type LoadRecord, type Outcome } from './statistics.ts';

export interface LoadOptions {
  /** Address of the edge, such as `https://localhost:18081`. */
  readonly url: string;
  /** PEM of the authority to trust, `state/root-ca.crt` of an installation. */
  readonly ca?: string;
  readonly ratePerSecond: number;
  /** When it stops by itself. */
  readonly seconds: number;
  /** Pages of the document that is always being written; at 10 ms each, 2000 are 20 seconds. */
  readonly documentPages?: number;
  /** Keep-alive connections at most, by default 64; the document has one of its own. */
  readonly connections?: number;
  /** More than this is not kept in flight; further requests fail as `shed`. */
  readonly mostInFlight?: number;
}

/** A short request without an answer by then has failed, in milliseconds. */
const SHORT_MS = 30_000;
/** The same for a document, besides what writing it takes. */
const LONG_MS = 60_000;
/** Source: EXPORT_MS_PER_PAGE in docs/platform-contract.md. */
const MS_PER_PAGE = 10;
/** After a document that failed; a platform that is away is not asked in a tight loop. */
const PAUSE_MS = 250;
/** The signature of a zip's last record: a document that holds it was written to its end. */
const END_OF_ZIP = 'PK\u0005\u0006';

/**
 * An open loop of requests against a running platform, and one long request after another beside it.
 *
 *   const load = await Load.begin({ url, ca, ratePerSecond: 200, seconds: 600 });
 *   … the upgrade …
 *   await load.stop();
 *   problemsOf(load.report(), await load.settle());
 *   load.close();
 */
export class Load {
  readonly #options: LoadOptions;
  readonly #client: Client;
  readonly #writer: Client;
  readonly #ground: Ground;
  readonly #document: LoadRequest;
  readonly #total: number;
  readonly #records: LoadRecord[] = [];
  readonly #sent: Sent[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  readonly #begin = performance.now();
  readonly #work: Promise<void>;
  readonly #end = new AbortController();
  #endedMs: number | undefined;

  /**
   * Makes what the requests refer to (a few drafts, an export) and begins.
   *
   * @throws RangeError for limits out of bounds, LoadError when the platform does not take these
   */
  static async begin(options: LoadOptions): Promise<Load> {
    const requests = requestsOf(options);
    const client = new Client(options.url, options.connections ?? 64, options.ca);
    try {
      const run = `load-${randomBytes(5).toString('hex')}`;
      const drafts: { id: string; title: string }[] = [];
      for (let index = 0; index < draftsFor(requests); index += 1) {
        const title = `${run}-ground-${index}`;
        const draft = { title, body: 'load', status: 'draft' };
        drafts.push({ id: await create(client, 'drafts', draft), title });
      }
      const pages = options.documentPages ?? 2000;
      const document = { title: `${run}-document`, format: 'docx', pages };
      return new Load(options, client, { run, drafts }, await create(client, 'exports', document));
    } catch (error) {
      client.close();
      throw error;
    }
  }

  private constructor(options: LoadOptions, client: Client, ground: Ground, exportId: string) {
    this.#options = options;
    this.#client = client;
    this.#writer = new Client(options.url, 1, options.ca);
    this.#ground = ground;
    this.#total = requestsOf(options);
    const path = `/api/exports/${exportId}/document`;
    this.#document = { method: 'GET', path, resource: 'documents', expect: END_OF_ZIP };
    const schedule = this.#askOnSchedule().then(() => {
      // Not when the last document is there: nobody asks for anything else by then.
      this.#endedMs ??= this.nowMs();
    });
    this.#work = Promise.all([schedule, this.#askForDocuments()]).then(() => undefined);
  }

  /** Milliseconds since the load began: the clock of its records, to mark phases with. */
  nowMs(): number {
    return performance.now() - this.#begin;
  }

  /** Requests that failed so far. */
  get failures(): number {
    return this.#records.reduce((count, record) => count + (isOk(record) ? 0 : 1), 0);
  }

  /** Resolves when the schedule is at its end and everything is answered. */
  finished(): Promise<void> {
    return this.#work.then(() => this.#drain());
  }

  /** Sends nothing further and waits for what is in flight, the document included. */
  async stop(): Promise<void> {
    this.#endedMs ??= this.nowMs();
    this.#end.abort();
    await this.finished();
  }

  /** What was due from `fromMs` up to `toMs`, by default all of it. Only what has been answered is in it. */
  report(fromMs = 0, toMs = this.#endedMs ?? this.nowMs()): LoadReport {
    return reportOf(this.#records, fromMs, toMs);
  }

  /** Reads back every POST, after `stop` or `finished`. @throws LoadError when a list cannot be read */
  async settle(): Promise<Applied> {
    return compareApplied(this.#sent, await countKeys(this.#client, SHORT_MS));
  }

  close(): void {
    this.#client.close();
    this.#writer.close();
  }

  async #askOnSchedule(): Promise<void> {
    let next = 0;
    while (next < this.#total && !this.#end.signal.aborted) {
      const due = dueBy(this.nowMs(), this.#options);
      for (; next < due; next += 1) this.#fire(next);
      if (next >= this.#total) break;
      await this.#nap(dueAt(next, this.#options) - this.nowMs());
    }
  }

  async #askForDocuments(): Promise<void> {
    const ends = this.#options.seconds * 1000;
    const pages = this.#options.documentPages ?? 2000;
    while (this.nowMs() < ends && !this.#end.signal.aborted) {
      const timeout = LONG_MS + pages * MS_PER_PAGE;
      const outcome = await this.#ask(this.#document, 'long', this.nowMs(), timeout);
      if (outcome.kind !== 'ok') await this.#nap(PAUSE_MS);
    }
  }

  #fire(n: number): void {
    const asked = requestAt(n, this.#ground);
    const dueMs = dueAt(n, this.#options);
    if (this.#inFlight.size >= (this.#options.mostInFlight ?? 2000)) {
      this.#record(asked, 'short', dueMs, this.nowMs(), { kind: 'shed' }, undefined);
      return;
    }
    const work = this.#ask(asked, 'short', dueMs, SHORT_MS).then((outcome) => {
      this.#inFlight.delete(work);
      if (asked.key === undefined) return;
      const acknowledged = outcome.kind === 'ok' || outcome.kind === 'wrong-body';
      this.#sent.push({ resource: asked.resource, key: asked.key, acknowledged });
    });
    this.#inFlight.add(work);
  }

  async #ask(
    asked: LoadRequest,
    lane: LoadRecord['lane'],
    dueMs: number,
    timeoutMs: number,
  ): Promise<Outcome> {
    const sentMs = this.nowMs();
    const answer = await (lane === 'long' ? this.#writer : this.#client).send(asked, timeoutMs);
    const outcome = outcomeOf(asked, answer);
    this.#record(asked, lane, dueMs, sentMs, outcome, answer.crossed);
    return outcome;
  }

  #record(
    { method, path, resource }: LoadRequest,
    lane: LoadRecord['lane'],
    dueMs: number,
    sentMs: number,
    outcome: Outcome,
    crossed: string | undefined,
  ): void {
    const times = { dueMs, sentMs, doneMs: this.nowMs() };
    const said = crossed === undefined ? {} : { crossed };
    this.#records.push({ lane, method, path, resource, ...times, outcome, ...said });
  }

  async #drain(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  async #nap(ms: number): Promise<void> {
    const { signal } = this.#end;
    await sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
  }
}

function outcomeOf(asked: LoadRequest, answer: Answer): Outcome {
  if (answer.kind === 'failed') {
    return { kind: 'transport', code: answer.code, reused: answer.reused };
  }
  const { status, body } = answer;
  const detail = body.slice(0, 200);
  if (status < 200 || status > 299) return { kind: 'non-2xx', status, detail };
  if (asked.expect !== undefined && !body.includes(asked.expect)) {
    return { kind: 'wrong-body', status, detail };
  }
  return { kind: 'ok', status };
}

/** @returns the id of the new entry */
async function create(client: Client, resource: string, body: Record<string, unknown>) {
  const asked = { method: 'POST', path: `/api/${resource}`, resource, body } as const;
  const answer = await client.send(asked, SHORT_MS);
  if (answer.kind === 'failed') throw new LoadError(`POST ${asked.path}: ${answer.code}`);
  if (answer.status !== 201) {
    throw new LoadError(`POST ${asked.path}: ${answer.status} ${answer.body.slice(0, 200)}`);
  }
  return (JSON.parse(answer.body) as { id: string }).id;
}
