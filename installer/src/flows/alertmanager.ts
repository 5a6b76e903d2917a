import { FactswayError } from '../model/errors.ts';
import { MAINTENANCE_MATCHERS, type Silence, type SilenceMatcher } from '../model/maintenance.ts';
import type { Http } from '../ports/http.ts';

/** An alert as Prometheus would hand it over (Alertmanager API v2, "postableAlert"). */
export type PostedAlert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly startsAt: string;
  readonly endsAt: string;
};

type Answered = Silence & {
  readonly status: { readonly state: 'active' | 'pending' | 'expired' };
  readonly matchers: readonly SilenceMatcher[];
};

/** Alertmanager on its loopback port. Every call throws FW-ALERTMANAGER. */
export class Alertmanager {
  readonly #http: Http;
  readonly #base: string;

  constructor(http: Http, port: number) {
    this.#http = http;
    this.#base = `http://127.0.0.1:${port}`;
  }

  /** Names of the receivers it runs with. */
  async receivers(): Promise<string[]> {
    const answer = JSON.parse(await this.#ask('GET', '/api/v2/receivers')) as { name: string }[];
    return answer.map(({ name }) => name);
  }

  /** Its own metrics, in the text format of Prometheus. */
  metrics(): Promise<string> {
    return this.#ask('GET', '/metrics');
  }

  async post(alerts: readonly PostedAlert[]): Promise<void> {
    await this.#ask('POST', '/api/v2/alerts', alerts);
  }

  /** Silences of maintenance that are in force. */
  async maintenance(): Promise<Silence[]> {
    const all = JSON.parse(await this.#ask('GET', '/api/v2/silences')) as Answered[];
    return all
      .filter(({ status, matchers }) => status.state === 'active' && isMaintenance(matchers))
      .map(({ id, startsAt, endsAt, createdBy, comment }) => ({
        id,
        startsAt,
        endsAt,
        createdBy,
        comment,
      }));
  }

  /** Makes one, or with the id of one that is in force changes it. */
  async silence(silence: Omit<Silence, 'id'> & { readonly id?: string }): Promise<void> {
    await this.#ask('POST', '/api/v2/silences', { ...silence, matchers: MAINTENANCE_MATCHERS });
  }

  async endSilence(id: string): Promise<void> {
    await this.#ask('DELETE', `/api/v2/silence/${encodeURIComponent(id)}`);
  }

  async #ask(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await this.#http
      .request({
        url: `${this.#base}${path}`,
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new FactswayError(
          'FW-ALERTMANAGER',
          `Alertmanager does not answer at ${this.#base}: ${why}.`,
          'See whether it runs: factsway-install status   and what it says: factsway-install logs alertmanager',
        );
      });
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new FactswayError(
      'FW-ALERTMANAGER',
      `Alertmanager refuses ${method} ${path} (${answer.status}): ${answer.body.trim().slice(0, 300)}`,
      'See what it says: factsway-install logs alertmanager',
    );
  }
}

/** Exactly ours, in whatever order. */
function isMaintenance(matchers: readonly SilenceMatcher[]): boolean {
  return (
    matchers.length === MAINTENANCE_MATCHERS.length &&
    MAINTENANCE_MATCHERS.every((wanted) =>
      matchers.some(
        (one) =>
          one.name === wanted.name &&
          one.value === wanted.value &&
          one.isRegex === wanted.isRegex &&
          one.isEqual === wanted.isEqual,
      ),
    )
  );
}
