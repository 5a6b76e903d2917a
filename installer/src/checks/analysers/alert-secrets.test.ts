import { expect, it } from 'vitest';
import { DIRECTORY } from '../../../../test/fakes/builders.ts';
import { judge, lineOf, viewWith } from '../../../../test/fakes/preflight.ts';
import { fakePorts } from '../../../../test/fakes/ports.ts';
import { collectAlertSecrets } from '../collectors/alert-secrets.ts';
import { alertReceivers } from './preflight/alert-receivers.ts';

const DEBIAN = { images: { source: 'debian' } };
const with2 = (receivers: object) => ({ ...DEBIAN, monitoring: { receivers } });
const BOTH = with2({ slack: { enabled: true }, pagerduty: { enabled: true } });

/** The verdict on files as they would lie there. */
async function verdict(files: Readonly<Record<string, string>>, settings: object = BOTH) {
  const ports = fakePorts();
  for (const [name, text] of Object.entries(files))
    ports.files.put(`${DIRECTORY}/secrets/${name}`, text);
  const { catalog } = viewWith({ settings });
  const facts = await collectAlertSecrets({ catalog, directory: DIRECTORY, ports });
  // What is told of a secret must not be the secret.
  for (const text of Object.values(files))
    if (text.trim().length > 8) expect(JSON.stringify(facts)).not.toContain(text.trim());
  return judge(alertReceivers, () => ({ alertSecrets: facts }), { settings });
}

const GOOD = {
  'slack-webhook-url': 'https://hooks.slack.example/services/T0/B0/secret\n',
  'pagerduty-routing-key': `${'a1'.repeat(16)}\n`,
};

it('secrets that look right pass, and it is said who is told', async () => {
  expect(lineOf(await verdict(GOOD))).toBe(
    'pass: what is critical goes to pagerduty, slack; without a dead man’s switch nobody notices when this server itself is gone',
  );
  const alone = with2({ slack: { enabled: true }, deadMansSwitch: { enabled: true } });
  const files = { ...GOOD, 'dead-mans-switch-url': 'https://alive.example/x' };
  expect(lineOf(await verdict(files, alone))).toBe(
    'pass: what is critical goes to slack alone: when that fails, nobody is told',
  );
});

it.each([
  [{ 'slack-webhook-url': '' }, 'fail FW-SECRET-NEEDED: secrets/slack-webhook-url is empty'],
  [
    { 'slack-webhook-url': 'https://a.example/\nhttps://b.example/' },
    'fail FW-ALERT-SECRET: secrets/slack-webhook-url has more than one line',
  ],
  [
    { 'slack-webhook-url': 'xoxb-123-not-an-address' },
    'fail FW-ALERT-SECRET: secrets/slack-webhook-url holds no address that begins with https://',
  ],
  [
    { 'slack-webhook-url': 'http://hooks.slack.example/x' },
    'fail FW-ALERT-SECRET: secrets/slack-webhook-url is an address on the internet without',
  ],
  [
    { 'slack-webhook-url': 'http://127.0.0.1:5001/' },
    'fail FW-ALERT-SECRET: secrets/slack-webhook-url leads to this server itself',
  ],
  [
    { 'slack-webhook-url': 'http://10.0.0.5:5001/hook' },
    'warn: secrets/slack-webhook-url is an address without encryption',
  ],
  [{ 'pagerduty-routing-key': 'short' }, 'warn: secrets/pagerduty-routing-key is not what'],
])('%j is told as %s', async (change, line) => {
  const found = await verdict({ ...GOOD, ...change });
  expect(lineOf(found)).toContain(line);
  expect(found.remedy).not.toBe('');
});

it('the worst is the verdict, and the others are not forgotten', async () => {
  const found = await verdict({ 'pagerduty-routing-key': 'short' });
  expect(lineOf(found)).toContain('fail FW-SECRET-NEEDED: secrets/slack-webhook-url is missing');
  expect(found.remedy).toContain(`${DIRECTORY}/secrets/slack-webhook-url`);
  expect(found.details).toEqual([expect.stringContaining('pagerduty-routing-key')]);
});

it('a mail server that asks for no login needs no password, and nobody is asked for one', () => {
  const email = {
    enabled: true,
    to: 'a@b.example',
    from: 'c@b.example',
    smarthost: 'm.b.example:25',
  };
  const names = (settings: object) =>
    viewWith({ settings }).catalog.secrets.flatMap(({ name, given }) => (given ? [name] : []));
  expect(names(with2({ email }))).toEqual([]);
  expect(names(with2({ email: { ...email, user: 'ann' } }))).toEqual(['smtp-password']);
});

it('has nothing to look at where nobody is told', () => {
  expect(alertReceivers.applies?.(viewWith({ settings: DEBIAN }).catalog)).toBe(false);
  expect(alertReceivers.applies?.(viewWith({ settings: BOTH }).catalog)).toBe(true);
});
