import type { PostedAlert } from '../../installer/src/flows/alertmanager.ts';
import type { Silence, SilenceMatcher } from '../../installer/src/model/maintenance.ts';
import type { Http } from '../../installer/src/ports/http.ts';
import type { VirtualClock } from './host.ts';

type Kept = Silence & { readonly matchers: readonly SilenceMatcher[] };
/** What becomes of a message to a receiver. */
export type Fate = 'arrives' | 'given up' | 'never ends';

/** Alertmanager as far as the installer knows it: silences that expire, and counters of what became of alerts. */
export class FakeAlertmanager {
  /** Receivers it runs with, and what becomes of messages to them. */
  readonly fates = new Map<string, Fate>();
  readonly posted: PostedAlert[][] = [];
  silences: Kept[] = [];
  /** `POST /api/v2/silences`, but for what only reads. */
  readonly changes: string[] = [];
  isDown = false;
  readonly #clock: VirtualClock;
  readonly #counts = new Map<string, { requests: number; failed: number; givenUp: number }>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  readonly http: Http = {
    request: async ({ url, method = 'GET', body = '' }) => {
      const { pathname, host } = new URL(url);
      if (host !== '127.0.0.1:9093') throw new Error(`the test asks ${host}`);
      if (this.isDown) throw new Error('connect ECONNREFUSED 127.0.0.1:9093');
      if (method !== 'GET') this.changes.push(`${method} ${pathname}`);
      const [status, answer] = this.#answer(`${method} ${pathname}`, body);
      return { status, headers: {}, body: answer };
    },
  };

  #answer(what: string, body: string): [number, string] {
    if (what === 'GET /api/v2/receivers')
      return [200, JSON.stringify([...this.fates.keys()].map((name) => ({ name })))];
    if (what === 'GET /metrics') return [200, this.#metrics()];
    if (what === 'GET /api/v2/silences')
      return [200, JSON.stringify(this.silences.map(this.#told))];
    if (what === 'POST /api/v2/alerts') return this.#take(JSON.parse(body) as PostedAlert[]);
    if (what === 'POST /api/v2/silences') return this.#silence(JSON.parse(body) as Partial<Kept>);
    const id = /^DELETE \/api\/v2\/silence\/(.+)$/.exec(what)?.[1];
    if (id === undefined) throw new Error(`the test did not expect ${what}`);
    this.silences = this.silences.map((one) =>
      one.id === id ? { ...one, endsAt: this.#clock.now().toISOString() } : one,
    );
    return [200, ''];
  }

  readonly #told = (one: Kept) => ({
    ...one,
    status: { state: Date.parse(one.endsAt) > this.#clock.now().getTime() ? 'active' : 'expired' },
  });

  #silence({
    id = `silence-${this.silences.length + 1}`,
    ...rest
  }: Partial<Kept>): [number, string] {
    const { startsAt = '', endsAt = '', createdBy = '', comment = '', matchers = [] } = rest;
    if (Date.parse(endsAt) <= this.#clock.now().getTime()) return [400, 'end time in the past'];
    const kept = { id, startsAt, endsAt, createdBy, comment, matchers };
    this.silences = [...this.silences.filter((one) => one.id !== id), kept];
    return [200, JSON.stringify({ silenceID: id })];
  }

  #take(alerts: PostedAlert[]): [number, string] {
    this.posted.push(alerts);
    for (const { labels, endsAt } of alerts) {
      const receiver = labels['drill'] ?? '';
      const fate = this.fates.get(receiver);
      if (fate === undefined || Date.parse(endsAt) <= this.#clock.now().getTime()) continue;
      const count = this.#counts.get(receiver) ?? { requests: 0, failed: 0, givenUp: 0 };
      if (fate !== 'never ends') count.requests += 1;
      if (fate === 'given up')
        [count.failed, count.givenUp] = [count.failed + 1, count.givenUp + 1];
      this.#counts.set(receiver, count);
    }
    return [200, ''];
  }

  /** Counts what another alert came to, which is nobody's drill. */
  count(receiver: string, requests: number): void {
    this.#counts.set(receiver, { requests, failed: 0, givenUp: 0 });
  }

  /** As Alertmanager 0.28.1 writes them. */
  #metrics(): string {
    return [...this.#counts]
      .flatMap(([receiver, { requests, failed, givenUp }]) => {
        const labels = `integration="x",receiver_name="${receiver}"`;
        return [
          `alertmanager_notifications_total{${labels}} ${requests}`,
          `alertmanager_notification_requests_total{${labels}} ${requests}`,
          `alertmanager_notification_requests_failed_total{${labels}} ${failed}`,
          `alertmanager_notifications_failed_total{integration="x",reason="clientError",receiver_name="${receiver}"} ${givenUp}`,
          `alertmanager_notifications_failed_total{integration="x",reason="other",receiver_name="${receiver}"} 0`,
        ];
      })
      .join('\n');
  }
}
