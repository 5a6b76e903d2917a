import { beforeEach, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { YES as CONSENT } from '../../../../test/fakes/installed-world.ts';
import { fakeMachine, fakeProbes } from '../../../../test/fakes/preflight.ts';
import { fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import {
  CTRL_C,
  ENTER,
  ESC,
  scriptedPrompter,
  type Reply,
  type ScriptedPrompter,
} from '../../../../test/fakes/prompter.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { formatPlan } from '../../model/plan-text.ts';
import type { Ports } from '../../ports/ports.ts';
import { apply } from '../apply.ts';
import { desire } from '../desire.ts';
import { runWizard } from './run-wizard.ts';
import { FURTHER, GO } from './screens.ts';

const SECRET = `${DIRECTORY}/secrets/slack-webhook-url`;
const ADDRESS = 'https://hooks.slack.example/services/T0/B0/only-for-slack';
/** Every question as it is suggested, then Slack, then on from the review. */
const SLACK: readonly Reply[] = [
  ...Array.from({ length: 8 }, (): Reply => ENTER),
  FURTHER,
  'monitoring.receivers.slack.enabled',
  'true',
  ESC,
  GO,
];
const options = { title: 'Install', overwrite: false, renderOnly: false };

let ports: FakePorts;
let engine: FakeEngine;
let prompter: ScriptedPrompter;

beforeEach(() => {
  engine = new FakeEngine(desiredWith());
  const { docker, compose } = engine;
  ports = fakePorts({ docker, compose, machine: fakeMachine(), engineProbes: fakeProbes() });
});

async function install(answersFile: string, asking: Ports): Promise<string> {
  const request = { directory: DIRECTORY, answersFile, sets: [] };
  engine.desired = await desire(request, asking);
  const consent = { ...CONSENT, yes: false };
  const { plan } = await apply({ ...request, command: 'install', options, consent }, asking);
  return formatPlan(plan);
}
const wizard = (...replies: readonly Reply[]): Promise<string> => {
  prompter = scriptedPrompter(...SLACK, ...replies);
  return runWizard({ directory: DIRECTORY, carryOut: install }, { ...ports, prompter });
};
const everything = (): string => JSON.stringify([...ports.files.tree]);

it('is asked for once it is known to be needed, and written when the plan is agreed to', async () => {
  await wizard(ADDRESS, 'yes');
  expect(prompter.left()).toBe(0);
  expect(ports.files.text(SECRET)).toBe(`${ADDRESS}\n`);
  expect(await ports.files.list(`${DIRECTORY}/state/typed`)).toEqual([]);
  expect(prompter.screens.join('\n')).not.toContain(ADDRESS);
  expect(everything().split(ADDRESS)).toHaveLength(2);
  expect(ports.files.text(`${DIRECTORY}/factsway.yaml`)).toMatch(/slack:\n +enabled: true/);
});

it('is the file that the containers were planned with: afterwards there is nothing to do', async () => {
  await wizard(ADDRESS, 'yes');
  const request = { directory: DIRECTORY, sets: [] };
  engine.desired = await desire(request, ports);
  const { plan } = await apply({ ...request, command: 'up', options, consent: CONSENT }, ports);
  expect(plan.steps).toEqual([]);
});

it('is judged while it is typed', async () => {
  await wizard('hooks.slack.example/x', 'http://hooks.slack.example/x', ADDRESS, 'yes');
  expect(prompter.screens.filter((screen) => screen.startsWith('refused'))).toEqual([
    'refused: must be an address that begins with https://',
    'refused: must begin with https://: over the internet everybody could read along',
  ]);
});

it('is forgotten where nothing is installed in the end', async () => {
  await rejectionOf(wizard(ADDRESS, 'back', CTRL_C));
  expect(everything()).not.toContain(ADDRESS);
  expect(ports.files.text(SECRET)).toBeUndefined();
});

it('that is not typed is told as missing, and found once somebody has written it', async () => {
  const replies = scriptedPrompter(...SLACK, '', 'again', 'yes');
  prompter = {
    ...replies,
    choose: (prompt) => {
      // Elsewhere, while the question stands.
      if (prompt.title.includes('How to go on')) ports.files.put(SECRET, `${ADDRESS}\n`, 0o600);
      return replies.choose(prompt);
    },
  };
  await runWizard({ directory: DIRECTORY, carryOut: install }, { ...ports, prompter });
  expect(replies.screens.some((screen) => screen.includes('FW-SECRET-NEEDED'))).toBe(true);
  expect(replies.left()).toBe(0);
  expect(ports.files.text(SECRET)).toBe(`${ADDRESS}\n`);
});

it('of the S3 service for backups is asked for as well, and its access key is shown nowhere', async () => {
  const settings: Reply[] = ['backup.s3.bucket', 'firm-backups', ENTER, ENTER, ESC];
  const asSuggested = Array.from({ length: 8 }, (): Reply => ENTER);
  prompter = scriptedPrompter(
    ...[...asSuggested, FURTHER, ...settings, GO, 'THE-ID', 'opens-the-bucket', 'yes'],
  );
  await runWizard({ directory: DIRECTORY, carryOut: install }, { ...ports, prompter });
  expect(prompter.left()).toBe(0);
  const secret = (name: string) => ports.files.text(`${DIRECTORY}/secrets/backup-s3-${name}`);
  expect([secret('access-key-id'), secret('secret-access-key')]).toEqual([
    'THE-ID\n',
    'opens-the-bucket\n',
  ]);
  expect(prompter.screens.join('\n')).not.toMatch(/THE-ID|opens-the-bucket/);
  expect(ports.files.text(`${DIRECTORY}/factsway.yaml`)).toMatch(/s3:\n +bucket: firm-backups/);
});
