import { expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { YES } from '../../../test/fakes/installed-world.ts';
import { fakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { formatPlan } from '../model/plan-text.ts';
import { apply } from './apply.ts';
import { desire } from './desire.ts';
import { requireReceivers } from './require-receivers.ts';

const PATH = `${DIRECTORY}/secrets/slack-webhook-url`;
const request = {
  directory: DIRECTORY,
  sets: ['images.source=debian', 'monitoring.receivers.slack.enabled=true'],
};
const options = { title: 'Up', overwrite: false, renderOnly: false };

async function world() {
  let ports = fakePorts();
  ports.files.put(PATH, 'https://hooks.slack.example/a\n', 0o600);
  const engine = new FakeEngine(await desire(request, ports));
  ports = { ...ports, docker: engine.docker, compose: engine.compose };
  const up = async () => {
    engine.desired = await desire(request, ports);
    return formatPlan(
      (await apply({ ...request, command: 'up', options, consent: YES }, ports)).plan,
    );
  };
  await up();
  return { ports, up };
}

it('an address put in place of another has Alertmanager made anew, and nobody else: it kept the old file', async () => {
  const { ports, up } = await world();
  expect(await up()).toBe('Up: nothing to do');
  ports.files.put(PATH, 'https://hooks.slack.example/b\n', 0o600);
  const plan = await up();
  expect(plan).toContain('CreateContainers alertmanager because their definition changed');
  expect(plan).toContain('StartComponents alertmanager');
  expect(plan).not.toMatch(/prometheus|service/);
  expect(await up()).toBe('Up: nothing to do');
});

it('owner and mode are set without making it another file', async () => {
  const { ports, up } = await world();
  await ports.files.setMode(PATH, 0o644);
  const done = await up();
  expect(done).toContain('owner or mode of secrets/slack-webhook-url is not right');
  expect(done).not.toContain('CreateContainers');
});

it.each([undefined, '', ' \n'])(
  'one that is %j is asked for before anything is written',
  async (text) => {
    const ports = fakePorts();
    if (text !== undefined) ports.files.put(PATH, text);
    const renderOnly = { ...options, renderOnly: true };
    const run = apply({ ...request, command: 'render', options: renderOnly, consent: YES }, ports);
    const error = await rejectionOf(run);
    expect([error.code, error.exitCode]).toEqual(['FW-SECRET-NEEDED', 3]);
    expect(error.hint).toContain(`install -m 600 /dev/stdin ${PATH}`);
    expect(error.details).toEqual([`${PATH}: Slack: address of an incoming webhook`]);
    expect(ports.files.changes).toEqual([]);
  },
);

it('one that can be no address stops up, unless the check is skipped; a doubtful one is a warning', async () => {
  const { ports } = await world();
  const desired = await desire(request, ports);
  ports.files.put(PATH, 'not-an-address');
  const error = await rejectionOf(requireReceivers(desired, ports, []));
  expect([error.code, error.exitCode]).toEqual(['FW-ALERT-SECRET', 3]);
  await requireReceivers(desired, ports, ['alert-receivers']);
  ports.files.put(PATH, 'http://10.0.0.5/hook');
  await requireReceivers(desired, ports, []);
  expect(ports.reporter.events.filter((event) => event.startsWith('warning'))).toEqual([
    expect.stringContaining('secrets/slack-webhook-url is an address without encryption'),
  ]);
});
