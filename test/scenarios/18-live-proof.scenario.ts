import { execa } from 'execa';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { Authority } from './support/certificates.ts';
import { ROOT } from './support/cli.ts';
import { containerId, docker, until } from './support/docker.ts';
import { hasten } from './support/hasten.ts';
import { Instance } from './support/instance.ts';
import { arrives, notifications, type Notification } from './support/notifications.ts';
import { Receivers } from './support/receivers.ts';
import { SmallDisk } from './support/small-disk.ts';
import { Traffic } from './support/traffic.ts';

/** One platform on which many things break at once, and one that loses its database: side by side, to save minutes. */
const FAULTY = new Instance('factsway-live-proof', 28680);
const BASELESS = new Instance('factsway-live-baseless', 28780);
const HOOKS = { [FAULTY.project]: '/faulty', [BASELESS.project]: '/baseless' };
/** A scenario waits for what takes minutes by its nature: `for` of an alert, and the window of a rate before it. */
const LONG = { timeout: 1_500_000 };

const receivers = new Receivers();
const authority = new Authority(join(ROOT, 'build/scenarios/live-proof-authority'));
const disk = new SmallDisk(
  '/mnt/factsway-live-proof',
  join(ROOT, 'build/scenarios/small-disk.img'),
);
const work: Traffic[] = [];
/**
 * After the outage Prometheus lives so many times as fast: what pages then has windows of minutes, and what only
 * promtool can wait for has windows of hours. No faster: services, and probes on a busy machine, keep their own pace.
 */
const HASTE = 2;
/** What is left of a certificate when it is made: longer than an installation takes, less than its alert waits. */
const LAST_SECONDS = 110;
/** A quarter of an hour and the three minutes in which a page would have to be sent. */
const AFTERMATH_MS = (18 * 60_000) / HASTE;

const hookOf = ({ project }: Instance): string => HOOKS[project] ?? '';
const came = (instance: Instance): Notification[] => notifications(receivers, hookOf(instance));
const firing =
  (alert: string, service = '') =>
  (one: Notification): boolean =>
    one.status === 'firing' && one.alert === alert && (service === '' || one.service === service);
const over =
  (alert: string) =>
  ({ status, alert: about }: Notification): boolean =>
    status === 'resolved' && about === alert;

/** Waits for a notification and says how long it took, for whoever reads the run. */
async function isTold(
  instance: Instance,
  what: string,
  since: number,
  limitSeconds: number,
  fits: (one: Notification) => boolean,
): Promise<void> {
  const { at } = await arrives(what, limitSeconds, () => came(instance), fits);
  process.stdout.write(`    ${what}: ${((at - since) / 1000).toFixed(1)} s\n`);
}

/** Switches faults of a reference service on or off from inside its container. */
async function fault(service: string, faults: object): Promise<void> {
  const port = SERVICES.find(({ name }) => name === service)?.port;
  const script = `fetch('http://127.0.0.1:${port}/__faults',{method:'PUT',headers:{'content-type':'application/json'},body:process.argv[1]}).then(r=>process.exit(r.ok?0:1))`;
  await docker(
    ...['exec', await FAULTY.servingId(service)],
    ...['node', '-e', script, JSON.stringify(faults)],
  );
}

/** Labels of the series a query finds now. */
async function asked(
  { ports }: Instance,
  query: string,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const url = `http://127.0.0.1:${ports.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
  type Answer = { data: { result: { metric: Record<string, string> }[] } };
  const { data } = (await (await fetch(url)).json()) as Answer;
  return data.result.map(({ metric }) => metric);
}

async function install(instance: Instance, settings: Record<string, string>): Promise<void> {
  await instance.remove();
  await instance.presetSecret('alert-webhook-url', receivers.url(hookOf(instance)));
  await instance.presetSecret('smtp-password', 'only here');
  const { errors } = await instance.install({
    'services.environment.REFERENCE_FAULTS': 'on',
    'monitoring.receivers.webhook.enabled': 'true',
    'monitoring.receivers.email.enabled': 'true',
    'monitoring.receivers.email.to': '["it@firm.example"]',
    'monitoring.receivers.email.from': 'factsway@firm.example',
    'monitoring.receivers.email.user': 'factsway',
    'monitoring.receivers.email.smarthost': `${receivers.host}:${receivers.smtpPort}`,
    'monitoring.receivers.email.requireTls': 'false',
    'monitoring.receivers.email.severities': '["critical","warning"]',
    ...settings,
  });
  expect(errors).toEqual([]);
}

beforeAll(async () => {
  await disk.remove();
  await receivers.start();
  await disk.mount();
  await authority.make();
  await install(BASELESS, {});
  // Valid while it is brought in, and over before anybody can have been told that it ends.
  const validity = [-80, LAST_SECONDS / 86_400] as const;
  const { certificateFile, keyFile } = await authority.issue('last', 'localhost', validity);
  await install(FAULTY, {
    'edge.tls.mode': 'provided',
    'edge.tls.certificateFile': certificateFile,
    'edge.tls.keyFile': keyFile,
  });
});
afterAll(async () => {
  await Promise.all(work.map((traffic) => traffic.stop()));
  await receivers.stop();
  await FAULTY.remove();
  await BASELESS.remove();
  await disk.remove();
});

it.concurrent(
  'what breaks is told at the webhook and by mail within its time, what follows from it is not, and what is mended is told as well',
  LONG,
  async () => {
    // A rate needs a past.
    const traffic = new Traffic(FAULTY, '/api/facts', '/api/exhibits', '/api/caselaw');
    work.push(traffic);
    await sleep(45_000);
    const early = came(FAULTY).filter(({ alert }) => alert !== 'CertificateExpiresIn3Days');
    expect(early).toEqual([]);

    const begun = Date.now();
    await docker('kill', await FAULTY.servingId('caseblock-service'));
    await fault('facts-service', { error_rate: 0.6 });
    await fault('exhibits-service', { slow_ms: 7000 });
    await fault('caselaw-service', { hold_pool: 100 });
    await fault('records-service', { no_metrics: true });
    await fault('signature-service', { hide_metric: 'factsway_db_pool_max' });
    await disk.fill();
    await Promise.all([
      isTold(FAULTY, 'a service is killed', begun, 150, firing('ServiceDown', 'caseblock-service')),
      isTold(FAULTY, 'a disk is full', begun, 150, firing('DiskFull')),
      isTold(FAULTY, 'the pool is exhausted', begun, 300, firing('DatabasePoolExhausted')),
      isTold(FAULTY, 'a certificate ends', begun, 300, firing('CertificateExpiresIn3Days')),
      isTold(FAULTY, 'metrics are gone', begun, 300, firing('MetricsEndpointMissing')),
      isTold(FAULTY, 'a series is gone', begun, 600, firing('MetricSeriesMissing')),
      isTold(FAULTY, 'requests fail', begun, 600, firing('HighErrorRate', 'facts-service')),
      isTold(FAULTY, 'requests are slow', begun, 600, firing('VerySlowResponseTime')),
    ]);

    // Each page leads to its runbook on this very server.
    for (const { runbook } of came(FAULTY).filter(({ severity }) => severity === 'critical')) {
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
    const alerts = came(FAULTY).map(({ alert, service }) => `${alert} ${service}`);
    expect(alerts).not.toContain('ServiceUnhealthy caseblock-service');
    expect(alerts).not.toContain('ElevatedErrorRate facts-service');
    expect(alerts).not.toContain('SlowResponseTime exhibits-service');
    expect(alerts).not.toContain('DiskSpaceLow node');
    // records-service works, only nobody sees how: that wakes nobody.
    expect([...new Set(alerts)].filter((one) => one.startsWith('ServiceDown'))).toEqual([
      'ServiceDown caseblock-service',
    ]);
    // Every page has one of the causes above; a pool without connections makes its service slow and wrong.
    const pages = came(FAULTY).filter(({ severity }) => severity === 'critical');
    const explained =
      /^(ServiceDown caseblock|DiskFull|CertificateExpiresIn3Days|\w+ facts|\w+ exhibits|\w+ caselaw)/;
    expect(
      pages.map((one) => `${one.alert} ${one.service}`).filter((one) => !explained.test(one)),
    ).toEqual([]);
    // The same by a real mail server, with the runbook in it.
    const mail = receivers.mails.find(({ text }) => text.includes('caseblock-service is down'));
    expect(mail?.to, receivers.mails.map(({ text }) => text).join('\n---\n')).toEqual([
      'it@firm.example',
    ]);
    expect(mail?.text).toContain('/runbooks/ServiceDown.html');
    expect(receivers.mails.some(({ text }) => text.includes('The certificate has ended'))).toBe(
      true,
    );

    const verified = await FAULTY.runJson(
      'verify',
      ...['--timeout', '1', '--gate', 'metrics', '--gate', 'contract'],
    );
    expect(verified.exitCode).toBe(3);
    const details = (verified.result?.['gates'] as { details?: string[] }[])
      .flatMap((gate) => gate.details ?? [])
      .join('\n');
    expect(details).toMatch(/records-service.*(metrics|404)/);
    expect(details).toContain('signature-service does not show factsway_db_pool_max');

    await traffic.stop();
    const mended = Date.now();
    await docker('start', await FAULTY.servingId('caseblock-service'));
    await disk.empty();
    await Promise.all([
      isTold(FAULTY, 'the service is back', mended, 150, over('ServiceDown')),
      isTold(FAULTY, 'the disk has room again', mended, 150, over('DiskFull')),
    ]);
  },
);

it.concurrent(
  'a database that is down is one page, and the services that need it are none, neither during the outage nor after it',
  LONG,
  async () => {
    work.push(new Traffic(BASELESS, '/api/facts'));
    await sleep(45_000);
    const begun = Date.now();
    await docker('stop', '--time', '5', await containerId(BASELESS.project, 'postgres'));
    await isTold(BASELESS, 'the database is stopped', begun, 150, firing('PostgresDown'));
    await until('every service is known to be unhealthy', 400, async () => {
      const query = 'ALERTS{alertname="ServiceUnhealthy",alertstate="firing"}';
      return (await asked(BASELESS, query)).length === SERVICES.length;
    });
    // Long enough for Alertmanager to have sent what it would send.
    await sleep(15_000);
    const pages = () =>
      came(BASELESS)
        .filter(({ status, severity }) => status === 'firing' && severity === 'critical')
        // The disk that is full for the other platform is one of this host's as well.
        .filter(({ alert }) => alert !== 'DiskFull')
        .map(({ alert, service }) => `${alert} ${service}`);
    expect(new Set(pages())).toEqual(new Set(['PostgresDown postgres']));
    await hasten(BASELESS, HASTE);
    const started = Date.now();
    await docker('start', await containerId(BASELESS.project, 'postgres'));
    await isTold(BASELESS, 'the database is back', started, 180, over('PostgresDown'));
    // What failed during the outage is still in every window that looks back.
    await sleep(AFTERMATH_MS);
    expect(new Set(pages())).toEqual(new Set(['PostgresDown postgres']));
  },
);
