import { execa } from 'execa';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker } from '../test/scenarios/support/docker.ts';
import { Instance } from '../test/scenarios/support/instance.ts';
import {
  arrives,
  notifications,
  type Notification,
} from '../test/scenarios/support/notifications.ts';
import { Receivers } from '../test/scenarios/support/receivers.ts';
import { Traffic } from '../test/scenarios/support/traffic.ts';
import type { Row } from './lib/rows.ts';

/** Platforms side by side, each with a Prometheus and an Alertmanager of its own, and rounds on each. */
const PLATFORMS = 5;
const ROUNDS = 2;
const LIMIT_SECONDS = 150;
const SCRAPE_MS = 15_000;
/** After the last round, for pages that would come late. */
const AFTERMATH_MS = 180_000;
const ROUTES = ['/api/facts', '/api/exhibits', '/api/caselaw'];

type Page = {
  /** Milliseconds into a scrape interval, as far as chance decides it. */
  readonly phaseMs: number;
  readonly seconds: number;
  readonly resolvedSeconds: number;
  /** Status with which the edge answers the page's runbook_url. */
  readonly runbook: string;
};

/**
 * From `docker stop` of facts-service, at random phases of the scrape and while people work, to the page for it at a
 * webhook; and everything else that paged meanwhile. About a quarter of an hour.
 */
export async function pagingRows(): Promise<Row[]> {
  const receivers = new Receivers();
  await receivers.start();
  const platforms = Array.from(
    { length: PLATFORMS },
    (_, n) => new Instance(`factsway-bench-paging-${n}`, 27_280 + n * 10),
  );
  const work: Traffic[] = [];
  try {
    for (const platform of platforms) {
      await install(platform, receivers);
      work.push(new Traffic(platform, ...ROUTES));
    }
    const pages = await Promise.all(platforms.map((platform) => rounds(platform, receivers)));
    await sleep(AFTERMATH_MS);
    const besides = platforms.flatMap((platform) =>
      cameTo(platform, receivers)
        .filter(({ alert, severity }) => alert !== 'ServiceDown' && severity === 'critical')
        .map(({ alert, service }) => `${alert} ${service}`),
    );
    return [row(pages.flat(), besides)];
  } finally {
    await Promise.all(work.map((traffic) => traffic.stop()));
    await receivers.stop();
    for (const platform of platforms) await platform.remove();
  }
}

const hookOf = ({ project }: Instance): string => `/${project}`;
const cameTo = (platform: Instance, receivers: Receivers): Notification[] =>
  notifications(receivers, hookOf(platform));

async function install(platform: Instance, receivers: Receivers): Promise<void> {
  await platform.remove();
  await platform.presetSecret('alert-webhook-url', receivers.url(hookOf(platform)));
  const { errors } = await platform.install({ 'monitoring.receivers.webhook.enabled': 'true' });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}

async function rounds(platform: Instance, receivers: Receivers): Promise<Page[]> {
  const pages: Page[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    pages.push(await page(platform, receivers));
    console.error(`  ${JSON.stringify(pages.at(-1))}`);
  }
  return pages;
}

async function page(platform: Instance, receivers: Receivers): Promise<Page> {
  const phaseMs = Math.round(Math.random() * SCRAPE_MS);
  await sleep(SCRAPE_MS + phaseMs);
  const told = (status: string, since: number): Promise<Notification> =>
    arrives(
      `${status} ServiceDown`,
      LIMIT_SECONDS * 2,
      () => cameTo(platform, receivers).filter(({ at }) => at > since),
      (one) =>
        one.status === status && one.alert === 'ServiceDown' && one.service === 'facts-service',
    );
  const id = await platform.servingId('facts-service');
  const stopped = Date.now();
  await docker('stop', id);
  const fired = await told('firing', stopped);
  const { stdout: runbook } = await execa('curl', [
    ...['-sk', '-o', '/dev/null', '-w', '%{http_code}', fired.runbook],
  ]);
  const started = Date.now();
  await docker('start', id);
  const resolved = await told('resolved', started);
  return {
    phaseMs,
    seconds: (fired.at - stopped) / 1000,
    resolvedSeconds: (resolved.at - started) / 1000,
    runbook,
  };
}

function row(pages: readonly Page[], besides: readonly string[]): Row {
  const seconds = pages.map((one) => one.seconds).sort((a, b) => a - b);
  const [fastest = 0] = seconds;
  const slowest = seconds.at(-1) ?? Infinity;
  return {
    what: `a service is stopped under traffic, ${pages.length} times, to its page at a webhook`,
    measured: `${fastest.toFixed(1)} to ${slowest.toFixed(1)} s, ${besides.length} other pages`,
    against: '',
    target: `≤ ${LIMIT_SECONDS} s, no other`,
    met:
      slowest <= LIMIT_SECONDS &&
      besides.length === 0 &&
      pages.every(({ runbook }) => runbook === '200'),
    details: { pages, besides },
  };
}
