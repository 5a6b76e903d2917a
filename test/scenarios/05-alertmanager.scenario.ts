import { execa } from 'execa';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RECEIVERS } from '../../installer/src/model/alert-receivers.ts';
import { until } from './support/docker.ts';
import { Instance } from './support/instance.ts';
import { Receivers, type Mail } from './support/receivers.ts';

const ZONE = 'Europe/Berlin';
type Alert = { labels: Record<string, string>; status: { state: string; inhibitedBy: string[] } };
type Webhook = { status: string; alerts: { labels: Record<string, string> }[] };
type PagerDuty = { routing_key: string; event_action: string; payload: Record<string, unknown> };
type Slack = { attachments: { title: string; text: string; mrkdwn_in: string[] }[] };
type Teams = { attachments: { content: { body: { text: string }[] } }[] };

const FIRM = new Instance('factsway-alerting', 23_080);
const there = new Receivers();
const SECRETS = {
  'pagerduty-routing-key': 'a1'.repeat(16),
  'smtp-password': `pass'"$ word`,
};
const SERVICES = ['facts', 'records', 'export', 'caselaw', 'exhibits', 'signature'];

const api = async <T>(path: string, body?: unknown): Promise<T> => {
  const url = `http://127.0.0.1:${FIRM.ports.alertmanager}/api/v2${path}`;
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([path, answer.status]).toEqual([path, 200]);
  return (body === undefined ? answer.json() : undefined) as Promise<T>;
};
const fire = (...alerts: Record<string, string>[]): Promise<void> =>
  api(
    '/alerts',
    alerts.map((labels) => ({
      labels,
      annotations: {
        summary: `${labels['alertname'] ?? ''} of a test`,
        description: 'p95 is *5 s* [x](y) <b>&</b> of `http_requests_total`',
        runbook_url: 'https://factsway.firm.example/runbooks/X.html',
        dashboard_url: 'https://factsway.firm.example/grafana/d/factsway-overview?a=1&b=2',
      },
      endsAt: new Date(Date.now() + 300_000).toISOString(),
    })),
  );
/** What came to a path besides drills, which end some seconds after the command that began them. */
const pages = <Body>(path: string): Body[] =>
  there
    .at<Body>(path)
    .filter(
      (body) =>
        !JSON.stringify(body).includes('TEST') && !JSON.stringify(body).includes('FactswayDrill'),
    );
const stateOf = async (name: string): Promise<Alert[]> =>
  (await api<Alert[]>('/alerts')).filter(({ labels }) => labels['alertname'] === name);

/** By the rendered files, and nobody else of the platform. */
async function startAlertmanager(): Promise<void> {
  await execa('docker', ['compose', 'up', '--detach', '--no-deps', '--wait', 'alertmanager'], {
    cwd: FIRM.directory,
    stdin: 'ignore',
  });
}

beforeAll(async () => {
  await FIRM.remove();
  await there.start();
  const addresses = {
    'slack-webhook-url': there.url('/slack'),
    'teams-webhook-url': there.url('/teams'),
    'alert-webhook-url': there.url('/webhook'),
    'dead-mans-switch-url': there.url('/alive'),
  };
  for (const [name, value] of Object.entries({ ...SECRETS, ...addresses }))
    await FIRM.presetSecret(name, value);
  const key = 'monitoring.receivers';
  const { errors } = await FIRM.runJson(
    'render',
    ...FIRM.arguments({
      'host.timeZone': ZONE,
      [`${key}.pagerduty.enabled`]: 'true',
      [`${key}.pagerduty.url`]: there.url('/v2/enqueue'),
      [`${key}.slack.enabled`]: 'true',
      [`${key}.teams.enabled`]: 'true',
      [`${key}.webhook.enabled`]: 'true',
      [`${key}.deadMansSwitch.enabled`]: 'true',
      [`${key}.email.enabled`]: 'true',
      [`${key}.email.to`]: 'it@firm.example',
      [`${key}.email.from`]: 'factsway@firm.example',
      [`${key}.email.smarthost`]: `${there.host}:${there.smtpPort}`,
      [`${key}.email.user`]: 'ann',
      [`${key}.email.requireTls`]: 'false',
    }),
  );
  expect(errors).toEqual([]);
  await startAlertmanager();
});
afterAll(async () => {
  await FIRM.keep().catch(() => undefined);
  await FIRM.remove();
  await there.stop();
});

it('a drill reaches every receiver, in words that say it is one, and disturbs nobody else', async () => {
  const run = await FIRM.runJson('verify', '--drill', 'alert');
  expect(run.errors).toEqual([]);
  const results = run.result?.['results'] as { name: string; status: string }[];
  expect(results.map(({ name, status }) => `${name} ${status}`)).toEqual([
    ...RECEIVERS.map((name) => `${name} pass`),
    'dead-mans-switch pass',
  ]);

  const [page] = there.at<PagerDuty>('/v2/enqueue');
  expect(page).toMatchObject({
    routing_key: SECRETS['pagerduty-routing-key'],
    event_action: 'trigger',
    payload: {
      severity: 'info',
      source: 'localhost',
      summary: 'TEST: this is a test, nothing is wrong on localhost',
    },
  });
  const [slack] = there.at<Slack>('/slack');
  expect(slack?.attachments[0]?.title).toBe('TEST: this is a test, nothing is wrong on localhost');
  const [teams] = there.at<Teams>('/teams');
  expect(teams?.attachments[0]?.content.body[0]?.text).toContain('TEST: this is a test');
  const [webhook] = there.at<Webhook>('/webhook');
  expect(webhook?.alerts[0]?.labels).toMatchObject({ drill: 'webhook' });
  expect(there.at<Webhook>('/alive')[0]?.alerts[0]?.labels['drill']).toBe('dead-mans-switch');
  const [mail] = there.mails;
  expect(mail).toMatchObject({
    from: 'factsway@firm.example',
    to: ['it@firm.example'],
    user: 'ann',
    password: SECRETS['smtp-password'],
  } satisfies Partial<Mail>);
  expect(mail?.text).toContain('Subject: TEST: this is a test');
  expect(mail?.text).toMatch(/Since: {5}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d CES?T/);
  expect(there.posted).toHaveLength(5);
  expect(there.mails).toHaveLength(1);
});

it('a drill whose receiver refuses says which, and why', async () => {
  there.refusals.set('/slack', 403);
  const run = await FIRM.runJson('verify', '--drill', 'alert');
  there.refusals.clear();
  expect([run.exitCode, run.errors[0]?.code]).toEqual([3, 'FW-ALERT-NOT-DELIVERED']);
  expect(run.errors[0]?.message).toContain('1 of 6 receivers: slack');
  expect(run.errors[0]?.details?.[0]).toMatch(/slack: the message was not taken: .*403/);
  expect(JSON.stringify(run)).not.toContain(there.url('/slack'));
});

it('a database that is down is one message; what needs it is silent, and so is the milder of one symptom', async () => {
  there.forget();
  const needy = { severity: 'critical', needs_database: 'true' };
  const slow = { symptom: 'latency', service: 'export-service' };
  await fire(
    { alertname: 'PostgresDown', severity: 'critical', cause: 'database' },
    ...SERVICES.map((name) => ({
      ...needy,
      alertname: 'HighErrorRate',
      service: `${name}-service`,
    })),
    { ...needy, alertname: 'DatabaseConnectionErrors', service: 'facts-service' },
    { ...needy, alertname: 'DatabaseConnectionErrors', service: 'records-service' },
  );
  await until('the page arrived', 20, async () => pages('/webhook').length > 0);
  const inhibited = [
    ...(await stateOf('HighErrorRate')),
    ...(await stateOf('DatabaseConnectionErrors')),
  ];
  expect(inhibited.map(({ status }) => status.state)).toEqual(Array(8).fill('suppressed'));
  const [cause] = await stateOf('PostgresDown');
  expect(cause?.status.state).toBe('active');

  await fire(
    { alertname: 'SlowResponseTime', severity: 'warning', ...slow },
    { alertname: 'VerySlowResponseTime', severity: 'critical', ...slow },
    { alertname: 'SlowResponseTime', severity: 'warning', ...slow, service: 'facts-service' },
  );
  // To everybody who takes what is critical: each is told by itself, one a moment before the other.
  await until('the next page arrived', 20, async () =>
    ['/webhook', '/slack', '/teams', '/v2/enqueue'].every((path) => pages(path).length > 1),
  );
  const states = (await stateOf('SlowResponseTime')).map(
    ({ labels, status }) => `${labels['service'] ?? ''} ${status.state}`,
  );
  expect(states.sort()).toEqual(['export-service suppressed', 'facts-service active']);

  const paged = pages<Webhook>('/webhook').flatMap(({ alerts }) => alerts);
  expect(paged.map(({ labels }) => labels['alertname'])).toEqual([
    'PostgresDown',
    'VerySlowResponseTime',
  ]);
  // The same to each of them, and to nobody else.
  expect(pages('/v2/enqueue')).toHaveLength(2);
  expect(there.mails.filter(({ text }) => !text.includes('TEST'))).toEqual([]);
});

it('no character of an alert breaks a message', async () => {
  const [slack] = pages<Slack>('/slack');
  expect(slack?.attachments[0]).toMatchObject({
    title: 'CRITICAL: PostgresDown of a test on localhost',
    mrkdwn_in: ['pretext'],
  });
  expect(slack?.attachments[0]?.text).toContain(
    'p95 is *5 s* [x](y) &lt;b&gt;&amp;&lt;/b&gt; of `http_requests_total`\nPostgresDown, since ',
  );
  expect(slack?.attachments[0]?.text).toContain(
    'Runbook: <https://factsway.firm.example/runbooks/X.html>\nDashboard: <https://',
  );
  const text = pages<Teams>('/teams')[0]?.attachments[0]?.content.body[1]?.text;
  expect(text).toContain('p95 is 5 s x(y) <b>&</b> of http_requests_total\n\nPostgresDown, since');
  expect(text).toContain('\n\n[Runbook](https://factsway.firm.example/runbooks/X.html)\n\n[Dash');
  const [page] = pages<PagerDuty & { links: { href: string }[] }>('/v2/enqueue');
  expect(page?.links.map(({ href }) => href)).toEqual([
    'https://factsway.firm.example/runbooks/X.html',
    'https://factsway.firm.example/grafana/d/factsway-overview?a=1&b=2',
  ]);
  expect(page?.payload).toMatchObject({ severity: 'critical', class: 'PostgresDown' });
});

it('maintenance silences what fires, lets drills through, and is ended', async () => {
  const opened = await FIRM.runJson('maintenance', 'start', '--for', '10m', '--yes');
  expect(opened.errors).toEqual([]);
  there.forget();
  await fire({ alertname: 'EdgeDown', severity: 'critical' });
  const run = await FIRM.runJson('verify', '--drill', 'alert');
  expect(run.errors).toEqual([]);
  const [edge] = await stateOf('EdgeDown');
  expect(edge?.status.state).toBe('suppressed');
  expect((await FIRM.runJson('maintenance', 'status')).result).toMatchObject({ open: true });

  const again = await FIRM.runJson('maintenance', 'start', '--for', '20m', '--yes');
  expect(again.result?.['until']).not.toBe(opened.result?.['until']);
  type Kept = { status: { state: string } };
  const kept = await api<Kept[]>('/silences');
  expect(kept.filter(({ status }) => status.state === 'active')).toHaveLength(1);

  expect((await FIRM.runJson('maintenance', 'end', '--yes')).errors).toEqual([]);
  expect((await FIRM.runJson('maintenance')).result).toEqual({ open: false });
  // What still fires is told at the next look at its group, a minute later; what begins now is told at once.
  expect((await stateOf('EdgeDown'))[0]?.status.state).toBe('active');
  await fire({ alertname: 'ServiceDown', severity: 'critical', service: 'facts-service' });
  const told = (): (string | undefined)[] =>
    pages<Webhook>('/webhook').flatMap((page) =>
      page.alerts.map(({ labels }) => labels['alertname']),
    );
  await until('the page arrived', 20, () => Promise.resolve(told().includes('ServiceDown')));
});

it('an address put in place of another is taken up by the container that its rendering asks for', async () => {
  const drilled = async (): Promise<string[]> => {
    there.forget();
    const { errors } = await FIRM.runJson('verify', '--drill', 'alert');
    expect(errors).toEqual([]);
    const paths = there.posted.map(({ path }) => path).filter((path) => path.startsWith('/slack'));
    return [...new Set(paths)];
  };
  await rm(FIRM.file('secrets/slack-webhook-url'));
  await FIRM.presetSecret('slack-webhook-url', there.url('/slack-anew'));
  // Another file of the same name: the container goes on with the one it was made with.
  expect(await drilled()).toEqual(['/slack']);
  expect((await FIRM.runJson('render')).errors).toEqual([]);
  await startAlertmanager();
  expect(await drilled()).toEqual(['/slack-anew']);
});
