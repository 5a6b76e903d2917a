import { execa } from 'execa';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasten } from '../test/scenarios/support/hasten.ts';
import { Instance } from '../test/scenarios/support/instance.ts';
import { notifications } from '../test/scenarios/support/notifications.ts';
import { Receivers } from '../test/scenarios/support/receivers.ts';
import type { Row } from './lib/rows.ts';

const HOUR_MS = 3_600_000;
/** So many times as fast as it is: scrapes, rounds, windows and `for` are all shorter by it. */
const FACTOR = 6;
const HOOK = '/alerts';
const ROOT = join(import.meta.dirname, '..');

/**
 * An hour in which people work and nothing is wrong, pressed into ten minutes: every duration in the rendered
 * configuration of Prometheus is divided by six, and the work is done as it comes. Alertmanager is left as it is; any
 * notification of any severity counts.
 */
export async function quietHourRows(): Promise<Row[]> {
  const instance = new Instance('factsway-bench-quiet', 27_400);
  const receivers = new Receivers();
  await receivers.start();
  try {
    await instance.remove();
    await instance.presetSecret('alert-webhook-url', receivers.url(HOOK));
    const { errors } = await instance.install({
      'monitoring.receivers.webhook.enabled': 'true',
      'monitoring.receivers.webhook.severities': '["critical","warning","info"]',
    });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    await hasten(instance, FACTOR);
    const requests = await work(instance, HOUR_MS / FACTOR);
    // Whatever was about to be sent: the longest group_wait is a minute.
    await sleep(65_000);
    const came = notifications(receivers, HOOK).map(({ alert, service }) => `${alert} ${service}`);
    return [
      {
        what: 'an hour of work with nothing wrong (ten minutes, every duration a sixth)',
        measured: `${came.length} notifications over ${requests} rounds of create, read, update, delete in every service`,
        against: '',
        target: '0',
        met: came.length === 0 && requests > 0,
        details: came,
      },
    ];
  } finally {
    await receivers.stop();
    await instance.remove();
  }
}

/** Creates, reads, updates and deletes one entry in every service, over and over; the number of rounds. */
async function work(instance: Instance, forMs: number): Promise<number> {
  const until = Date.now() + forMs;
  let rounds = 0;
  while (Date.now() < until) {
    await execa('npx', [
      ...['tsx', join(ROOT, 'scripts/lib/crud-smoke.ts')],
      ...['--url', instance.url, '--ca', instance.file('state/root-ca.crt')],
    ]);
    rounds += 1;
    await sleep(1000);
  }
  return rounds;
}
