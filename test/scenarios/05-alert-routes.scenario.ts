import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RECEIVERS } from '../../installer/src/model/alert-receivers.ts';
import { desiredWith, fileOf } from '../fakes/builders.ts';
import { everyCombination, type Axis } from '../fakes/matrix.ts';
import { ROOT } from './support/cli.ts';
import { docker } from './support/docker.ts';

const IMAGE = 'factsway/alertmanager:debian-13';
const TOOL = 'factsway-amtool';
const WORK = join(ROOT, 'build/scenarios/amtool');
const ZONE = 'Europe/Berlin';
const EMAIL = {
  enabled: true,
  to: 'it@firm.example',
  from: 'factsway@firm.example',
  smarthost: 'mail.firm.example:587',
};
const ON = { enabled: true };

/** Every receiver on or off. */
const AXES: readonly Axis[] = [...RECEIVERS, 'deadMansSwitch'].map((name) => ({
  name,
  values: {
    off: {},
    on: { monitoring: { receivers: { [name]: name === 'email' ? EMAIL : ON } } },
  },
}));
const COMBINATIONS = everyCombination(AXES);

const written = (settings: object, file = 'alertmanager.yml'): string =>
  fileOf(
    desiredWith({ images: { source: 'debian' }, host: { timeZone: ZONE }, ...settings }),
    `config/alertmanager/${file}`,
  );

const amtool = (...argv: string[]): Promise<string> => docker('exec', TOOL, 'amtool', ...argv);

beforeAll(async () => {
  await docker('rm', '--force', TOOL).catch(() => '');
  await rm(WORK, { recursive: true, force: true });
  await mkdir(WORK, { recursive: true });
  await writeFile(join(WORK, 'messages.tmpl'), written({}, 'messages.tmpl'));
  for (const [index, { settings }] of COMBINATIONS.entries())
    await writeFile(join(WORK, `${index}.yml`), written(settings));
  await docker(
    'run',
    ...['--detach', '--name', TOOL, '--network', 'none'],
    ...['--volume', `${WORK}:/etc/alertmanager:ro`, '--entrypoint', 'sleep', IMAGE, '600'],
  );
});
afterAll(() => docker('rm', '--force', TOOL));

it('is accepted with every combination of receivers', async () => {
  expect(COMBINATIONS).toHaveLength(64);
  const files = COMBINATIONS.map((_, index) => `/etc/alertmanager/${index}.yml`);
  const said = await amtool('check-config', ...files);
  expect(said.match(/^Checking .* SUCCESS$/gm)).toHaveLength(64);
  // But for those where nobody is told, each reads its messages.
  expect(said.match(/ 1 templates\n {2}SUCCESS$/gm)).toHaveLength(62);
});

const ROUTES: readonly (readonly [receivers: object, labels: string, to: string])[] = [
  [{}, 'severity=critical', 'nobody'],
  [{ email: EMAIL }, 'severity=critical', 'email'],
  [{ email: EMAIL }, 'severity=warning', 'email'],
  [{ email: EMAIL }, 'severity=info', 'email'],
  [{ pagerduty: ON, slack: ON }, 'severity=critical', 'pagerduty,slack'],
  [{ pagerduty: ON, slack: ON }, 'severity=warning', 'slack'],
  [{ pagerduty: ON, slack: ON }, 'severity=info', 'slack'],
  [{ pagerduty: ON, email: EMAIL }, 'severity=critical', 'pagerduty'],
  [{ pagerduty: ON, email: EMAIL }, 'severity=warning', 'email'],
  [{ pagerduty: ON }, 'severity=warning', 'nobody'],
  [{ slack: ON }, 'severity=none', 'nobody'],
  // A rule of somebody's own.
  [{ slack: ON }, 'alertname=Mine', 'slack'],
  [{ slack: ON }, 'alertname=Watchdog severity=none', 'nobody'],
  [{ slack: ON, deadMansSwitch: ON }, 'alertname=Watchdog severity=none', 'dead-mans-switch'],
  [{ slack: ON, teams: ON, webhook: ON }, 'severity=critical', 'slack,teams,webhook'],
  [{ slack: ON, pagerduty: ON }, 'drill=slack severity=critical', 'slack'],
  [{ slack: ON, pagerduty: ON }, 'drill=pagerduty severity=info', 'pagerduty'],
  [{ slack: ON }, 'drill=pagerduty severity=critical', 'nobody'],
  [{ slack: { ...ON, severities: ['warning'] }, email: EMAIL }, 'severity=critical', 'email'],
];

it('leads each alert to whom it should', async () => {
  for (const [index, [receivers]] of ROUTES.entries())
    await writeFile(join(WORK, `route-${index}.yml`), written({ monitoring: { receivers } }));
  const found = await Promise.all(
    ROUTES.map(async ([receivers, labels], index) => {
      const file = `--config.file=/etc/alertmanager/route-${index}.yml`;
      const to = await amtool('config', 'routes', 'test', file, ...labels.split(' '));
      return [receivers, labels, to.trim()];
    }),
  );
  expect(found).toEqual(ROUTES);
});
