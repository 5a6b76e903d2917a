import { describe, expect, it } from 'vitest';
import { catalogWith, configWith } from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { parseConfig } from '../config/parse-config.ts';
import { wholeRules } from './config-rules.ts';
import { receiverNotes, receiverWarnings } from './receiver-rules.ts';

const EMAIL = {
  enabled: true,
  to: 'it@firm.example',
  from: 'factsway@firm.example',
  smarthost: 'mail.firm.example:587',
};
const read = (receivers: object, businessHours: object = {}) =>
  parseConfig(
    JSON.stringify({ monitoring: { receivers, businessHours } }),
    'factsway.yaml',
    wholeRules,
  ).config.monitoring;
/** The key and what is wrong with it, of every error. */
const refusals = (receivers: object, businessHours: object = {}): string[] =>
  errorOf(() => read(receivers, businessHours)).all.map(
    ({ message }) => /monitoring\.\S+ .*(?=\.$)/.exec(message)?.[0] ?? message,
  );
const email = (change: object): string[] => refusals({ email: { ...EMAIL, ...change } });

describe('e-mail', () => {
  it('takes one address or several', () => {
    expect(read({ email: EMAIL }).receivers.email.to).toEqual(['it@firm.example']);
    const to = ['a@firm.example', 'b@firm.example'];
    expect(read({ email: { ...EMAIL, to } }).receivers.email.to).toEqual(to);
  });

  it('is refused without what it cannot do without, each with an example', () => {
    const error = errorOf(() => read({ email: { enabled: true } }));
    expect(error.code).toBe('FW-CONFIG-INVALID');
    expect(error.all.map(({ message }) => message.split(' ')[1])).toEqual([
      'monitoring.receivers.email.to',
      'monitoring.receivers.email.from',
      'monitoring.receivers.email.smarthost',
    ]);
    for (const { hint } of error.all) expect(hint).toContain('--set monitoring.receivers.email.');
    expect(email({ to: [] })).toEqual([
      'monitoring.receivers.email.to is needed with monitoring.receivers.email.enabled',
    ]);
  });

  it.each([
    ['to', 'it'],
    ['to', 'it@firm.example\nBcc: all@firm.example'],
    ['to', 'it@firm.example, x@firm.example'],
    ['to', '{{ .X }}@firm.example'],
    ['from', 'a b@firm.example'],
    ['from', 'factsway@firm.example\r\n'],
  ])('refuses %s %j', (key, value) => {
    expect(email({ [key]: value })).toEqual([
      `monitoring.receivers.email.${key} must be an e-mail address such as it@firm.example`,
    ]);
  });

  it.each([
    ['mail.firm.example', 'must be a mail server with its port'],
    ['mail.firm.example:587\n', 'must be a mail server with its port'],
    ['smtp://mail.firm.example:587', 'must be a mail server with its port'],
    ['user@mail.firm.example:587', 'must be a mail server with its port'],
    ['mail.firm.example:70000', 'has a port that does not exist'],
    ['localhost:25', 'is the container itself'],
    ['127.0.0.1:25', 'is the container itself'],
    ['[::1]:25', 'is the container itself'],
  ])('refuses the mail server %j', (smarthost, said) => {
    expect(email({ smarthost })[0]).toContain(said);
  });

  it.each(['mail.firm.example:587', '10.0.0.5:25', '[fd00::5]:465'])('takes %s', (smarthost) => {
    expect(read({ email: { ...EMAIL, smarthost } }).receivers.email.smarthost).toBe(smarthost);
  });

  it('refuses a login of two lines', () => {
    expect(email({ user: 'ann\nbob' })[0]).toContain('must be one line');
  });
});

describe('a receiver', () => {
  it('with keys and neither on nor off is a misunderstanding', () => {
    const error = errorOf(() => read({ slack: { channel: '#ops' } }));
    expect(error.message).toContain(
      'monitoring.receivers.slack.enabled is missing, and monitoring.receivers.slack.channel is set',
    );
    expect(error.hint).toContain('--set monitoring.receivers.slack.enabled=true');
    expect(error.hint).toContain('enabled=false');
  });

  it('that is off keeps its keys for later', () => {
    expect(read({ email: { ...EMAIL, enabled: false } }).receivers.email.enabled).toBe(false);
    expect(read({ email: { enabled: false, user: 'ann' } }).receivers.email.user).toBe('ann');
  });

  it.each([
    [{ slack: { enabled: true, severities: ['critcal'] } }, 'must be one of "critical"'],
    [{ slack: { enabled: true, severities: ['none'] } }, 'must be one of "critical"'],
    [{ slack: { enabled: true, severities: [] } }, 'must not be empty'],
    [{ slack: { enabled: true, channel: 'a b' } }, 'must be a channel'],
    [{ slack: { enabled: true, channel: '{{ .X }}' } }, 'must be a channel'],
    [{ pagerduty: { enabled: true, url: 'ftp://x' } }, 'must be an address that begins with https'],
    [{ pagerduty: { enabled: true, url: 'http://events.pagerduty.com/' } }, 'in the clear'],
    [{ pagerduty: { enabled: true, url: 'http://127.1:8080/' } }, 'is the container itself'],
    [{ deadMansSwitch: { enabled: true, intervalMinutes: 0 } }, 'must be at least 1'],
  ])('refuses %j', (receivers, said) => {
    expect(refusals(receivers)[0]).toContain(said);
  });

  it('misspelt is told what was meant', () => {
    const error = errorOf(() => read({ slak: { enabled: true } }));
    expect([error.code, error.hint]).toEqual([
      'FW-CONFIG-UNKNOWN-KEY',
      expect.stringContaining('slack'),
    ]);
  });
});

describe('business hours', () => {
  it.each([
    [{ from: '18:00', to: '08:00' }, 'must be later than'],
    [{ from: '08:00', to: '08:00' }, 'must be later than'],
    [{ from: '8:00' }, 'must be a time of the day'],
    [{ to: '25:00' }, 'must be a time of the day'],
    [{ days: ['mon'] }, 'must be one of "monday"'],
    [{ days: [] }, 'must not be empty'],
  ])('refuse %j', (hours, said) => {
    expect(refusals({}, hours)[0]).toContain(said);
  });

  it('may last until midnight', () => {
    expect(read({}, { from: '00:00', to: '24:00' }).businessHours.to).toBe('24:00');
  });
});

describe('what is said of receivers', () => {
  const warnings = (receivers: object) =>
    receiverWarnings(configWith({ monitoring: { receivers } }));

  it('is one note where nobody is told, and no warning: there may be other monitoring', () => {
    const config = configWith();
    expect(receiverNotes(config)).toEqual([expect.stringContaining('Nobody is told')]);
    expect(receiverWarnings(config)).toEqual([]);
    expect(catalogWith().notes).toEqual(expect.arrayContaining(receiverNotes(config)));
  });

  it.each([
    [{ email: EMAIL }],
    [{ pagerduty: { enabled: true }, slack: { enabled: true } }],
    [{ email: { ...EMAIL, requireTls: false, smarthost: 'mail.firm.example:465' } }],
  ])('is nothing for %j', (receivers) => {
    expect(warnings(receivers)).toEqual([]);
    expect(receiverNotes(configWith({ monitoring: { receivers } }))).toEqual([]);
  });

  it.each([
    [{ email: { ...EMAIL, severities: ['info'] } }, /^No receiver takes .* critical and warning: /],
    [{ pagerduty: { enabled: true } }, /^No receiver takes .* severity warning: /],
    [{ email: { ...EMAIL, requireTls: false } }, /requireTls is false: mails go over .* clear/],
    [
      { email: { ...EMAIL, requireTls: false, user: 'ann' } },
      /mails and the password of the mail server go over/,
    ],
    [
      { pagerduty: { enabled: true, url: 'http://relay.internal/' }, slack: { enabled: true } },
      /routing key goes over your network in the clear/,
    ],
  ])('is a warning for %j', (receivers, said) => {
    expect(warnings(receivers)).toEqual([expect.stringMatching(said)]);
  });
});
