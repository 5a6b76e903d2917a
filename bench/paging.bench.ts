import { setTimeout as sleep } from 'node:timers/promises';
import { containerId, docker } from '../test/scenarios/support/docker.ts';
import { Instance } from '../test/scenarios/support/instance.ts';
import { arrives, notifications } from '../test/scenarios/support/notifications.ts';
import { Receivers } from '../test/scenarios/support/receivers.ts';
import type { Row } from './lib/rows.ts';

const TIMES = 10;
const LIMIT_SECONDS = 150;
const SCRAPE_MS = 15_000;
const HOOK = '/alerts';

type Page = {
  /** Milliseconds into a scrape interval, as far as chance decides it. */
  readonly phaseMs: number;
  readonly seconds: number;
  readonly resolvedSeconds: number;
  /** Other pages that came between the two. */
  readonly besides: readonly string[];
};

/** From the end of facts-service to the page for it at a webhook, at random phases of the scrape. About 40 minutes. */
export async function pagingRows(): Promise<Row[]> {
  const instance = new Instance('factsway-bench-paging', 38180);
  const receivers = new Receivers();
  await receivers.start();
  try {
    await instance.remove();
    await instance.presetSecret('alert-webhook-url', receivers.url(HOOK));
    const { errors } = await instance.install({ 'monitoring.receivers.webhook.enabled': 'true' });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    const pages: Page[] = [];
    for (let time = 0; time < TIMES; time++) {
      pages.push(await page(instance, receivers));
      console.error(`  ${JSON.stringify(pages.at(-1))}`);
    }
    return [row(pages)];
  } finally {
    await receivers.stop();
    await instance.remove();
  }
}

async function page(instance: Instance, receivers: Receivers): Promise<Page> {
  const phaseMs = Math.round(Math.random() * SCRAPE_MS);
  await sleep(SCRAPE_MS + phaseMs);
  receivers.forget();
  const came = () => notifications(receivers, HOOK);
  const about = (status: string) =>
    arrives(
      `${status} ServiceDown`,
      LIMIT_SECONDS * 2,
      came,
      (one) =>
        one.status === status && one.alert === 'ServiceDown' && one.service === 'facts-service',
    );
  const id = await containerId(instance.project, 'facts-service-a');
  const killed = Date.now();
  await docker('kill', id);
  const fired = await about('firing');
  const started = Date.now();
  await docker('start', id);
  const resolved = await about('resolved');
  return {
    phaseMs,
    seconds: (fired.at - killed) / 1000,
    resolvedSeconds: (resolved.at - started) / 1000,
    besides: came()
      .filter(({ alert, severity }) => alert !== 'ServiceDown' && severity === 'critical')
      .map(({ alert, service }) => `${alert} ${service}`),
  };
}

function row(pages: readonly Page[]): Row {
  const seconds = pages.map((one) => one.seconds).sort((a, b) => a - b);
  const [fastest = 0] = seconds;
  const slowest = seconds.at(-1) ?? Infinity;
  return {
    what: `a service is killed, ${pages.length} times, to its page at a webhook`,
    measured: `${fastest.toFixed(1)} to ${slowest.toFixed(1)} s`,
    against: '',
    target: `≤ ${LIMIT_SECONDS} s`,
    met: slowest <= LIMIT_SECONDS && pages.every(({ besides }) => besides.length === 0),
    details: pages,
  };
}
