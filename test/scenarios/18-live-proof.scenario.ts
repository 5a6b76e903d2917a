import { execa } from 'execa';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { Authority } from './support/certificates.ts';
import { ROOT } from './support/cli.ts';
import { containerId, docker, until } from './support/docker.ts';
import { Instance } from './support/instance.ts';
import { arrives, notifications, type Notification } from './support/notifications.ts';
import { Receivers } from './support/receivers.ts';
import { SmallDisk } from './support/small-disk.ts';

/** Its own platform: everything in it gets broken. */
const LIVE = new Instance('factsway-live-proof', 28680);
const HOOK = '/alerts';
const receivers = new Receivers();
const authority = new Authority(join(ROOT, 'build/scenarios/live-proof-authority'));
const disk = new SmallDisk(
  '/mnt/factsway-live-proof',
  join(ROOT, 'build/scenarios/small-disk.img'),
);
const stopTraffic = new AbortController();

const came = (): Notification[] => notifications(receivers, HOOK);
const firing =
  (alert: string, service = '') =>
  (one: Notification): boolean =>
    one.status === 'firing' && one.alert === alert && (service === '' || one.service === service);

/** Switches faults of a reference service on or off from inside its container. */
async function fault(service: string, faults: object): Promise<void> {
  const port = SERVICES.find(({ name }) => name === service)?.port;
  const script = `fetch('http://127.0.0.1:${port}/__faults',{method:'PUT',headers:{'content-type':'application/json'},body:process.argv[1]}).then(r=>process.exit(r.ok?0:1))`;
  await docker(
    ...['exec', await containerId(LIVE.project, `${service}-a`)],
    ...['node', '-e', script, JSON.stringify(faults)],
  );
}

/** Requests to one route until it is told to stop, so many at a time. */
async function traffic(route: string, everyMs: number): Promise<void> {
  while (!stopTraffic.signal.aborted) {
    void execa('curl', ['-sk', '-m', '20', '-o', '/dev/null', `${LIVE.url}${route}`], {
      reject: false,
    });
    await sleep(everyMs, undefined, { signal: stopTraffic.signal }).catch(() => undefined);
  }
}

async function asked<T>(query: string): Promise<T[]> {
  const url = `http://127.0.0.1:${LIVE.ports.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
  const answer = (await (await fetch(url)).json()) as { data: { result: T[] } };
  return answer.data.result;
}

beforeAll(async () => {
  await LIVE.remove();
  await disk.remove();
  await receivers.start();
  await disk.mount();
  await authority.make();
  // Valid, and so near its end that somebody has to be woken.
  const { certificateFile, keyFile } = await authority.issue('soon', 'localhost', [-80, 2]);
  await LIVE.presetSecret('alert-webhook-url', receivers.url(HOOK));
  const installed = await LIVE.install({
    'edge.tls.mode': 'provided',
    'edge.tls.certificateFile': certificateFile,
    'edge.tls.keyFile': keyFile,
    'services.environment.REFERENCE_FAULTS': 'on',
    'monitoring.receivers.webhook.enabled': 'true',
    'monitoring.receivers.email.enabled': 'true',
    'monitoring.receivers.email.to': '["it@firm.example"]',
    'monitoring.receivers.email.from': 'factsway@firm.example',
    'monitoring.receivers.email.smarthost': `${receivers.host}:${receivers.smtpPort}`,
    'monitoring.receivers.email.requireTls': 'false',
    'monitoring.receivers.email.severities': '["critical","warning"]',
  });
  expect(installed.errors).toEqual([]);
});
afterAll(async () => {
  stopTraffic.abort();
  await receivers.stop();
  await LIVE.remove();
  await disk.remove();
});

/** For whoever reads the run: how long it took, in the words of what was done. */
const told = (what: string, since: number, until: number): void => {
  process.stdout.write(`    ${what}: ${((until - since) / 1000).toFixed(1)} s\n`);
};

it(
  'what breaks is told at the webhook and by mail within its time, and nothing else is',
  { timeout: 900_000 },
  async () => {
    // A rate needs a past: a minute of ordinary work.
    const work = ['/api/facts', '/api/exhibits', '/api/caselaw'].map((route) =>
      traffic(route, 400),
    );
    await sleep(60_000);
    expect(came()).toEqual([]);

    const begun = Date.now();
    await docker('kill', await containerId(LIVE.project, 'caseblock-service-a'));
    await fault('facts-service', { error_rate: 0.6 });
    await fault('exhibits-service', { slow_ms: 7000 });
    await fault('caselaw-service', { hold_pool: 100 });
    await disk.fill();
    const isTold = async (name: string, limit: number, fits: (one: Notification) => boolean) => {
      told(name, begun, (await arrives(name, limit, came, fits)).at);
    };
    await Promise.all([
      isTold('a service is killed', 150, firing('ServiceDown', 'caseblock-service')),
      isTold('a disk is full', 150, firing('DiskFull')),
      isTold('the pool is exhausted', 300, firing('DatabasePoolExhausted', 'caselaw-service')),
      isTold('a certificate ends', 900, firing('CertificateExpiresIn3Days')),
      isTold('requests fail', 600, firing('HighErrorRate', 'facts-service')),
      isTold('requests are slow', 600, firing('VerySlowResponseTime', 'exhibits-service')),
    ]);

    // Each page leads to its runbook on this very server.
    for (const { runbook } of came().filter(({ severity }) => severity === 'critical')) {
      const { stdout } = await execa('curl', [
        '-sk',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        runbook,
      ]);
      expect(stdout, runbook).toBe('200');
    }
    // What follows from the service that is down is kept back, and so is the milder one of two.
    const alerts = new Set(came().map(({ alert, service }) => `${alert} ${service}`));
    expect(alerts).not.toContain('ServiceUnhealthy caseblock-service');
    expect(alerts).not.toContain('ElevatedErrorRate facts-service');
    expect(alerts).not.toContain('SlowResponseTime exhibits-service');
    expect(alerts).not.toContain('DiskSpaceLow node');
    expect([...alerts].filter((one) => one.startsWith('ServiceDown'))).toEqual([
      'ServiceDown caseblock-service',
    ]);
    // The same by a real mail server, with the runbook in it.
    const mail = receivers.mails.find(({ text }) => text.includes('caseblock-service is down'));
    expect(mail?.to, receivers.mails.map(({ text }) => text).join('\n---\n')).toEqual([
      'it@firm.example',
    ]);
    expect(mail?.text).toContain('/runbooks/ServiceDown.html');

    stopTraffic.abort();
    await Promise.all(work);
  },
);

it('what is mended is told as well', async () => {
  const begun = Date.now();
  await docker('start', await containerId(LIVE.project, 'caseblock-service-a'));
  await disk.empty();
  await fault('facts-service', { error_rate: 0 });
  await fault('exhibits-service', { slow_ms: 0 });
  await fault('caselaw-service', { hold_pool: 0 });
  const { at } = await arrives(
    'the end of ServiceDown',
    150,
    came,
    ({ status, alert }) => status === 'resolved' && alert === 'ServiceDown',
  );
  told('a service is back', begun, at);
});

it(
  'a database that is down is one page, and the services that need it are none',
  { timeout: 900_000 },
  async () => {
    await until('nothing fires but what takes long to be over', 120, async () => {
      const unhealthy = await asked('ALERTS{alertname="ServiceUnhealthy"}');
      return unhealthy.length === 0;
    });
    // What the requests that failed above still have to say is of then.
    const before = await asked<{ metric: { alertname: string } }>(
      'ALERTS{alertstate="firing",severity="critical"}',
    );
    receivers.forget();
    const begun = Date.now();
    await docker('stop', '--time', '5', await containerId(LIVE.project, 'postgres'));
    const { at } = await arrives('PostgresDown', 150, came, firing('PostgresDown'));
    told('the database is stopped', begun, at);
    await until(
      'every service is known to be unhealthy',
      300,
      async () =>
        (await asked('ALERTS{alertname="ServiceUnhealthy",alertstate="firing"}')).length ===
        SERVICES.length,
    );
    // Long enough for Alertmanager to have sent what it would send.
    await sleep(15_000);
    const known = new Set(before.map(({ metric }) => metric.alertname));
    const pages = came()
      .filter(({ status, severity }) => status === 'firing' && severity === 'critical')
      .map(({ alert }) => alert)
      .filter((alert) => !known.has(alert));
    expect(new Set(pages)).toEqual(new Set(['PostgresDown']));
    await docker('start', await containerId(LIVE.project, 'postgres'));
    await arrives(
      'the end of PostgresDown',
      180,
      came,
      ({ status, alert }) => status === 'resolved' && alert === 'PostgresDown',
    );
  },
);

it('a service without /metrics, or without one of its series, fails verify and raises its alert', async () => {
  receivers.forget();
  await fault('records-service', { no_metrics: true });
  await fault('signature-service', { hide_metric: 'factsway_db_pool_max' });
  await until(
    'both are known',
    60,
    async () =>
      (await asked('ALERTS{alertname="MetricsEndpointMissing",service="records-service"}')).length +
        (await asked('ALERTS{alertname="MetricSeriesMissing",service="signature-service"}'))
          .length ===
      2,
  );
  const run = await LIVE.runJson(
    'verify',
    '--timeout',
    '1',
    '--gate',
    'metrics',
    '--gate',
    'contract',
  );
  expect(run.exitCode).toBe(3);
  const details = (run.result?.['gates'] as { details?: string[] }[]).flatMap(
    (gate) => gate.details ?? [],
  );
  expect(details.join('\n')).toMatch(/records-service.*metrics/);
  expect(details).toContain('signature-service does not show factsway_db_pool_max');
  await arrives('MetricsEndpointMissing', 240, came, firing('MetricsEndpointMissing'));
  // It works, only nobody sees how: that wakes nobody.
  await sleep(45_000);
  expect(came().filter(({ severity }) => severity === 'critical')).toEqual([]);
  await fault('records-service', { no_metrics: false });
  await fault('signature-service', { hide_metric: '' });
});
