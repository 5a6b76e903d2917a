import { beforeEach, describe, expect, it } from 'vitest';
import { FakeAlertmanager, type Fate } from '../../../test/fakes/alertmanager.ts';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { FactswayError } from '../model/errors.ts';
import { drillAlert } from './drill-alert.ts';

const RECEIVERS = {
  slack: { enabled: true },
  email: {
    enabled: true,
    to: ['it@firm.example'],
    from: 'factsway@firm.example',
    smarthost: 'mail.firm.example:587',
  },
  deadMansSwitch: { enabled: true },
};
const SECRET = 'https://hooks.slack.example/services/T0/B0/secret';
const desired = desiredWith({
  images: { source: 'debian' },
  monitoring: { receivers: RECEIVERS },
});
let ports: FakePorts;
let alertmanager: FakeAlertmanager;
let engine: FakeEngine;

beforeEach(() => {
  engine = FakeEngine.running(desired);
  ports = fakePorts({ docker: engine.docker, compose: engine.compose });
  alertmanager = new FakeAlertmanager(ports.clock);
  ports = { ...ports, http: alertmanager.http };
  configure(RECEIVERS);
  ports.files.put(`${DIRECTORY}/secrets/slack-webhook-url`, `${SECRET}\n`);
  runsWith({
    nobody: 'never ends',
    slack: 'arrives',
    email: 'arrives',
    'dead-mans-switch': 'arrives',
  });
});

function configure(receivers: object): void {
  ports.files.put(`${DIRECTORY}/factsway.yaml`, JSON.stringify({ monitoring: { receivers } }));
}
function runsWith(fates: Readonly<Record<string, Fate>>): void {
  alertmanager.fates.clear();
  for (const [name, fate] of Object.entries(fates)) alertmanager.fates.set(name, fate);
}
const drill = (dryRun = false) =>
  drillAlert({ directory: DIRECTORY, timeoutMs: 30_000, dryRun }, ports);
const lines = async (): Promise<string[]> =>
  (await drill()).results.map(({ name, status, found }) => `${name} ${status}: ${found}`);

describe('a drill of alerts', () => {
  it('sends each receiver an alert of its own that says it is a test', async () => {
    expect(await lines()).toEqual([
      'slack pass: the message was taken after 0 ms',
      'email pass: mail.firm.example:587 took the mail to it@firm.example after 0 ms',
      'dead-mans-switch pass: the sign of life was taken after 0 ms',
    ]);
    const [sent = []] = alertmanager.posted;
    expect(sent.map(({ labels }) => labels['drill'])).toEqual([
      'slack',
      'email',
      'dead-mans-switch',
    ]);
    for (const { labels, annotations } of sent) {
      expect(labels).toMatchObject({ alertname: 'FactswayDrill', severity: 'info' });
      expect(annotations['summary']).toContain('this is a test');
      expect(annotations['description']).toContain('nothing to do');
    }
  });

  it('ends what it began, also where it is interrupted', async () => {
    await drill();
    const [begun = [], ended = []] = alertmanager.posted;
    expect(ended.map(({ labels }) => labels)).toEqual(begun.map(({ labels }) => labels));
    for (const { endsAt } of ended)
      expect(Date.parse(endsAt)).toBeLessThanOrEqual(ports.clock.now().getTime());

    runsWith({ slack: 'never ends', email: 'arrives', 'dead-mans-switch': 'arrives' });
    alertmanager.posted.length = 0;
    ports.clock.onSleep = () => {
      throw new FactswayError('FW-CANCELLED', 'Interrupted.', 'Again.');
    };
    await rejectionOf(drill());
    expect(alertmanager.posted).toHaveLength(2);
  });

  it('of another time is another alert, so that it is sent again', async () => {
    await drill();
    await drill();
    const runs = [0, 2].map((index) => alertmanager.posted[index]?.[0]?.labels['run']);
    expect(new Set(runs).size).toBe(2);
  });

  it('tells who did not take it, why, and what to look at, without the secret', async () => {
    runsWith({ slack: 'given up', email: 'arrives', 'dead-mans-switch': 'arrives' });
    engine.logs.set('container-alertmanager', [
      String.raw`time=2026-01-02T03:04:06.1Z level=ERROR msg="Notify for alerts failed" err="slack/slack[0]: notify retry canceled after 1 attempts: unexpected status code 403: Post \"${SECRET}\": no_such_hook"`,
      'time=2026-01-02T03:04:06.1Z level=WARN msg="Notify attempt failed" err="email/email[0]: another matter"',
      'time=2026-01-01T03:04:06.1Z level=ERROR err="slack/slack[0]: a matter of yesterday"',
    ]);
    const { results } = await drill();
    expect(results.map(({ status }) => status)).toEqual(['fail', 'pass', 'pass']);
    expect(results[0]?.found).toBe(
      'the message was not taken: notify retry canceled after 1 attempts: unexpected status code 403: Post "[secret]": no_such_hook',
    );
    expect(results[0]?.remedy).toContain(`${DIRECTORY}/secrets/slack-webhook-url`);
    expect(results[0]?.remedy).toContain('factsway-install logs alertmanager');
  });

  it('waits for what is still on its way, and no longer than it was told', async () => {
    runsWith({ slack: 'never ends', email: 'arrives', 'dead-mans-switch': 'arrives' });
    expect((await lines())[0]).toBe('slack fail: no answer within 30.0 s');
    expect(ports.clock.elapsedMs).toBe(30_000);
    expect(ports.reporter.events).toContain('gate slack the message is on its way');
  });

  it('is not deceived by what was counted before it', async () => {
    alertmanager.count('slack', 17);
    runsWith({ slack: 'never ends', email: 'arrives', 'dead-mans-switch': 'arrives' });
    expect((await drill()).results[0]?.status).toBe('fail');
  });

  it('tells of a receiver that Alertmanager does not run with yet, and sends it nothing', async () => {
    runsWith({ slack: 'arrives', 'dead-mans-switch': 'arrives' });
    const { results } = await drill();
    expect(results[1]).toMatchObject({ name: 'email', status: 'fail' });
    expect(results[1]?.remedy).toContain('factsway-install up');
    expect(alertmanager.posted[0]).toHaveLength(2);
  });

  it('that is dry sends nothing', async () => {
    expect(await drill(true)).toEqual({
      receivers: ['slack', 'email', 'dead-mans-switch'],
      results: [],
    });
    expect(alertmanager.posted).toEqual([]);
  });

  it('of nobody is an error that says how to have somebody', async () => {
    configure({ slack: { enabled: false } });
    const error = await rejectionOf(drill());
    expect([error.code, error.exitCode]).toEqual(['FW-ALERT-NO-RECEIVER', 3]);
    expect(error.hint).toContain('--set monitoring.receivers.slack.enabled=true');
  });

  it('without an Alertmanager is an error', async () => {
    alertmanager.isDown = true;
    expect((await rejectionOf(drill())).code).toBe('FW-ALERTMANAGER');
  });
});
