import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli, type Run } from './support/cli.ts';
import { deriveImage, removeImages } from './support/images.ts';
import { Instance } from './support/instance.ts';
import { Receivers } from './support/receivers.ts';
import { filesOf, leaksOf, SecretWatch } from './support/secret-watch.ts';

const FIRM = new Instance('factsway-canary', 25180);
const there = new Receivers();
const BROKEN = 'factsway-test/migrations-canary:1.1.0';
/** What only the customer can know; each is found nowhere else on this machine. */
const given = (): Record<string, string> => ({
  'smtp-password': 'canary-smtp "pass" $word',
  'pagerduty-routing-key': 'ca9a21'.repeat(6).slice(0, 32),
  'slack-webhook-url': there.url('/slack-canary-7f31'),
  'teams-webhook-url': there.url('/teams-canary-7f32'),
  'alert-webhook-url': there.url('/webhook-canary-7f33'),
  'dead-mans-switch-url': there.url('/alive-canary-7f34'),
});
const receivers = (): Record<string, string> => {
  const key = 'monitoring.receivers';
  return {
    ...Object.fromEntries(
      ['pagerduty', 'slack', 'teams', 'webhook', 'deadMansSwitch', 'email'].map((name) => [
        `${key}.${name}.enabled`,
        'true',
      ]),
    ),
    [`${key}.pagerduty.url`]: there.url('/v2/enqueue'),
    [`${key}.email.to`]: 'it@firm.example',
    [`${key}.email.from`]: 'factsway@firm.example',
    [`${key}.email.smarthost`]: `${there.host}:${there.smtpPort}`,
    [`${key}.email.user`]: 'ann',
    [`${key}.email.requireTls`]: 'false',
  };
};

const runs: { what: string; run: Run }[] = [];
let watch: SecretWatch;

/** Done, with warnings: addresses of receivers without TLS are one. */
const DONE = [0, 4];
/** As a person runs it, with all it can say; kept, to be searched at the end. */
async function run(...argv: string[]): Promise<number> {
  const done = await cli([...argv, '--verbose']);
  runs.push({ what: argv.slice(0, 3).join(' '), run: done });
  return done.exitCode;
}
const here = ['--dir', FIRM.directory];

beforeAll(async () => {
  await there.start();
  for (const [name, value] of Object.entries(given())) await FIRM.presetSecret(name, value);
  await deriveImage(BROKEN, 'factsway/migrations:1.1.0', {
    '/app/sql/0099_broken.sql':
      '-- factsway: release=1.1.0 kind=expand\n-- Up Migration\nSELECT * FROM factsway.no_such;\n\n-- Down Migration\nSELECT 1;\n',
  });
  watch = await SecretWatch.begin(FIRM);
});
afterAll(async () => {
  await watch.stop();
  await FIRM.remove();
  await removeImages(BROKEN);
  await there.stop();
});

it('no secret is seen anywhere while a platform is installed, fails, is upgraded, rotated and looked at', async () => {
  const settings = { 'release.version': '1.0.0', 'services.drainSeconds': 1, ...receivers() };
  expect(DONE).toContain(await run('install', '--yes', ...FIRM.arguments(settings)));
  const first = new Map(watch.values);

  const upgrade = ['upgrade', '--to', '1.1.0', '--yes', ...here];
  const broken = ['--set', `images.overrides.migrations=${BROKEN}`];
  expect(await run(...upgrade, ...broken)).toBe(5);
  expect(DONE).toContain(await run(...upgrade, '--no-verify'));
  expect(DONE).toContain(await run('secrets', 'rotate', '--all', '--yes', ...here));

  // Alertmanager has something to say about addresses that do not answer as they should.
  for (const path of ['/slack-canary-7f31', '/teams-canary-7f32', '/webhook-canary-7f33'])
    there.refusals.set(path, 404);
  expect(DONE).not.toContain(await run('verify', '--drill', 'alert', ...here));
  expect(DONE).toContain(await run('verify', '--timeout', '60', ...here));
  for (const look of ['status', 'diff', 'preflight']) await run(look, ...here);
  await run('secrets', 'list', ...here);
  await run('logs', ...here);
  await watch.stop();

  // Install, and what each rotation made: none of them is like another.
  const names = [...watch.values.values()];
  const made = names.filter((name) => name.startsWith('postgres-'));
  expect(made.toSorted()).toEqual(
    ['app', 'app', 'monitor', 'monitor', 'owner', 'owner', 'superuser', 'superuser'].map(
      (role) => `postgres-${role}-password`,
    ),
  );
  expect(first.size).toBe(10);
  expect(watch.values.size).toBe(14);

  const places = new Map([...watch.places, ...(await filesOf(FIRM))]);
  for (const { what, run: said } of runs) {
    places.set(`stdout of ${what}`, said.stdout);
    places.set(`stderr of ${what}`, said.stderr);
  }
  expect(leaksOf(watch.values, places)).toEqual([]);
  expect(watch.seen.containers).toBeGreaterThan(20);
  expect(watch.seen.processes).toBeGreaterThan(100);
  // The search finds what there is to find.
  const [[value = ''] = []] = watch.values;
  const planted = new Map([['a place', `x${encodeURIComponent(value)}y`]]);
  expect(leaksOf(watch.values, planted)).toHaveLength(1);
}, 600_000);
