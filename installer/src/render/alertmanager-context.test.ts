import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { desiredWith, fileOf } from '../../../test/fakes/builders.ts';
import { INHIBITIONS } from '../../../monitoring/inhibitions.ts';
import { RECEIVERS } from '../model/alert-receivers.ts';

const EMAIL = {
  enabled: true,
  to: ['it@firm.example', 'ann@firm.example'],
  from: 'factsway@firm.example',
  smarthost: 'mail.firm.example:587',
  user: `o'neil "x" \\ %&é`,
};
const EVERY = {
  ...Object.fromEntries(RECEIVERS.map((name) => [name, { enabled: true }])),
  email: EMAIL,
  deadMansSwitch: { enabled: true, intervalMinutes: 2 },
};
type Route = Readonly<Record<string, unknown>> & { matchers: string[]; routes?: Route[] };
type Written = {
  global: Record<string, unknown>;
  templates?: string[];
  time_intervals?: unknown[];
  route: Route;
  inhibit_rules: { source_matchers: string[]; target_matchers: string[]; equal?: string[] }[];
  receivers: (Record<string, unknown> & { name: string })[];
};

const desired = (receivers: object, more: object = {}) =>
  desiredWith({
    images: { source: 'debian' },
    host: { name: 'factsway.firm.example', timeZone: 'Europe/Berlin' },
    ...more,
    monitoring: { receivers },
  });
const textOf = (receivers: object, more: object = {}): string =>
  fileOf(desired(receivers, more), 'config/alertmanager/alertmanager.yml');
const written = (receivers: object, more: object = {}): Written =>
  parse(textOf(receivers, more)) as Written;

describe('alertmanager.yml', () => {
  it('has the receivers that are switched on and no others', () => {
    const names = (receivers: object) => written(receivers).receivers.map(({ name }) => name);
    expect(names({})).toEqual(['nobody']);
    expect(names({ slack: { enabled: true }, teams: { enabled: false } })).toEqual([
      'nobody',
      'slack',
    ]);
    expect(names(EVERY)).toEqual(['nobody', ...RECEIVERS, 'dead-mans-switch']);
  });

  it('holds no secret, only where each is', () => {
    const files = textOf(EVERY).match(/\w+_file: \S+/g);
    expect(files).toEqual([
      'routing_key_file: /run/secrets/pagerduty-routing-key',
      'api_url_file: /run/secrets/slack-webhook-url',
      'webhook_url_file: /run/secrets/teams-webhook-url',
      'url_file: /run/secrets/alert-webhook-url',
      'auth_password_file: /run/secrets/smtp-password',
      'url_file: /run/secrets/dead-mans-switch-url',
    ]);
    const mounted = desired(EVERY).catalog.workloads.find(({ id }) => id === 'alertmanager');
    expect(files?.map((line) => line.split('/').at(-1)).sort()).toEqual(
      [...(mounted?.secrets ?? [])].sort(),
    );
  });

  it('says what the mail server is told, quoted whatever is in it', () => {
    const email = written(EVERY).receivers.find(({ name }) => name === 'email');
    expect(email?.['email_configs']).toEqual([
      expect.objectContaining({
        to: 'it@firm.example, ann@firm.example',
        smarthost: 'mail.firm.example:587',
        hello: 'factsway.firm.example',
        auth_username: EMAIL.user,
        require_tls: true,
        html: '',
      }),
    ]);
    expect(textOf({ email: { ...EMAIL, user: undefined } })).not.toContain('auth_');
  });

  it.each([
    ['mail.firm.example:587', true, true],
    ['mail.firm.example:587', false, false],
    // Alertmanager asks for STARTTLS on every port, which a server with TLS from the first byte has not got.
    ['mail.firm.example:465', true, false],
  ])('has STARTTLS at %s with requireTls %s: %s', (smarthost, requireTls, expected) => {
    const { receivers } = written({ email: { ...EMAIL, smarthost, requireTls } });
    const [found] = receivers.find(({ name }) => name === 'email')?.['email_configs'] as object[];
    expect(found).toMatchObject({ require_tls: expected });
  });

  it('tells everybody also that it is over, but for the sign of life', () => {
    for (const { name, ...kinds } of written(EVERY).receivers)
      for (const configs of Object.values(kinds) as { send_resolved: boolean }[][])
        for (const { send_resolved: resolved } of configs)
          expect([name, resolved]).toEqual([name, name !== 'dead-mans-switch']);
  });

  it('has business hours where mails about this week go out, and nowhere else', () => {
    expect(written(EVERY).time_intervals).toEqual([
      {
        name: 'business-hours',
        time_intervals: [
          {
            weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
            times: [{ start_time: '08:00', end_time: '18:00' }],
            location: 'Europe/Berlin',
          },
        ],
      },
    ]);
    // What is critical is never kept until morning.
    const inHours = written({ email: EMAIL }).route.routes?.map(({ matchers, routes }) => [
      matchers[0],
      routes?.map((way) => way['active_time_intervals']),
    ]);
    expect(inHours?.slice(-3)).toEqual([
      ['severity=critical', [undefined]],
      ['severity!~critical|info|none', [undefined]],
      ['severity=info', [['business-hours']]],
    ]);
    expect(textOf({ slack: { enabled: true } })).not.toContain('business-hours');
  });

  it('tells each of several receivers, and the last of them goes on to nobody', () => {
    const [critical] = written(EVERY).route.routes!.filter(
      ({ matchers }) => matchers[0] === 'severity=critical',
    );
    expect(critical?.routes?.map((way) => [way['receiver'], way['continue'] ?? false])).toEqual([
      ['pagerduty', true],
      ['slack', true],
      ['teams', true],
      ['webhook', false],
    ]);
  });

  it('has a way for each drill before every other', () => {
    const ways = written(EVERY).route.routes!.map(({ matchers }) => matchers[0]);
    expect(ways.slice(0, 8)).toEqual([
      ...[...RECEIVERS, 'dead-mans-switch'].map((name) => `drill=${name}`),
      'drill=~.+',
      'alertname=Watchdog',
    ]);
    expect(written({}).route.routes!.map(({ matchers }) => matchers[0])[0]).toBe('drill=~.+');
  });

  it('has every inhibition there is, with its reason', () => {
    const { inhibit_rules: rules } = written({});
    expect(rules).toHaveLength(INHIBITIONS.length);
    expect(rules[1]).toEqual({
      source_matchers: ['cause=database'],
      target_matchers: ['needs_database=true'],
    });
    for (const { because } of INHIBITIONS) expect(textOf({})).toContain(`# ${because}`);
  });

  it('goes through the proxy there is, whoever is told', () => {
    const proxied = { network: { proxy: { https: 'http://proxy.example.com:3128' } } };
    expect(written({}, proxied).global).toEqual({
      resolve_timeout: '5m',
      http_config: { proxy_from_environment: true },
    });
    expect(written(EVERY).global).toEqual({ resolve_timeout: '5m' });
  });

  it('leaves to its messages only what they define', () => {
    const messages = fileOf(desired(EVERY), 'config/alertmanager/messages.tmpl');
    const defined = [...messages.matchAll(/\{\{ define "([\w.]+)"/g)].map(([, name]) => name);
    const used = [...`${textOf(EVERY)}${messages}`.matchAll(/template \\?"([\w.]+?)\\?"/g)].map(
      ([, name]) => name,
    );
    expect(new Set(used)).toEqual(new Set(defined));
    expect(written(EVERY).templates).toEqual(['/etc/alertmanager/messages.tmpl']);
    expect(written({}).templates).toBeUndefined();
  });
});
