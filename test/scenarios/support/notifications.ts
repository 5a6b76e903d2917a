import { setTimeout as sleep } from 'node:timers/promises';
import type { Receivers } from './receivers.ts';

/** What Alertmanager's webhook carries, as far as anybody asks. */
type Webhook = {
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
};

/** One alert as it arrived, and when. */
export type Notification = {
  readonly status: 'firing' | 'resolved';
  readonly alert: string;
  readonly service: string;
  readonly severity: string;
  readonly runbook: string;
  readonly at: number;
};

/** Everything that came to one path of the receivers, alert by alert. Times are those of the arrival, in ms. */
export function notifications(receivers: Receivers, path: string): Notification[] {
  return receivers.posted
    .filter((posted) => posted.path === path)
    .flatMap(({ body, at }) =>
      (body as Webhook).alerts.map(({ status, labels, annotations }) => ({
        status,
        alert: labels['alertname'] ?? '',
        service: labels['service'] ?? '',
        severity: labels['severity'] ?? '',
        runbook: annotations['runbook_url'] ?? '',
        at,
      })),
    );
}

/** Waits for the first notification that fits; throws with all that came when time is up. */
export async function arrives(
  what: string,
  seconds: number,
  look: () => readonly Notification[],
  fits: (notification: Notification) => boolean,
): Promise<Notification> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = look().find(fits);
    if (found) return found;
    if (Date.now() > deadline) {
      const came = look().map(({ status, alert, service }) => `${status} ${alert} ${service}`);
      throw new Error(`${what} did not arrive within ${seconds} s; came: ${came.join(', ')}`);
    }
    await sleep(250);
  }
}
