import { beforeEach, expect, it } from 'vitest';
import { DIRECTORY, desiredWith } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { FactswayError } from '../model/errors.ts';
import { apply, type ApplyResult } from './apply.ts';
import { desire } from './desire.ts';
import { diff } from './diff.ts';

const OVERRIDE = `${DIRECTORY}/compose.override.yaml`;
const MAILER = 'services: { mailer: { image: "mailer:1" }, off: { profiles: [x] } }\n';
let engine: FakeEngine;
let ports: FakePorts;

async function up(): Promise<ApplyResult> {
  const request = { directory: DIRECTORY, sets: ['images.source=debian'] };
  engine.desired = await desire(request, ports);
  const options = { title: 'Up', overwrite: false, renderOnly: false };
  return apply(
    { ...request, command: 'up', options, consent: { yes: true, dryRun: false } },
    ports,
  );
}

beforeEach(() => {
  engine = new FakeEngine(desiredWith());
  ports = fakePorts({ docker: engine.docker, compose: engine.compose });
});

it('a service that an override adds before the installation runs after it', async () => {
  ports.files.put(OVERRIDE, MAILER);
  engine.override.set('mailer', '1');
  await up();
  expect(engine.calls.at(-1)).toBe('start mailer');
  expect((await up()).plan.steps).toEqual([]);
});

it('one added later is missing to diff, runs after up, and goes with its lines', async () => {
  await up();
  const seed = ports.files.text(OVERRIDE) ?? '';
  ports.files.put(OVERRIDE, MAILER);
  engine.override.set('mailer', '1');
  expect((await diff(DIRECTORY, ports)).containers).toEqual([
    { service: 'mailer', state: 'missing' },
  ]);
  engine.calls.length = 0;
  await up();
  expect(engine.calls).toEqual(['create mailer', 'start mailer']);

  ports.files.put(OVERRIDE, seed);
  engine.override.clear();
  engine.calls.length = 0;
  await up();
  expect(engine.calls).toEqual(['remove mailer']);
  expect((await up()).plan.steps).toEqual([]);
});

it('an image that it gives to a service of ours is refused where nobody has it, also before the first rendering', async () => {
  ports.files.put(OVERRIDE, 'services: { postgres: { image: "factsway/postgres:nope" } }\n');
  const error = await rejectionOf(up());
  expect([error.code, error.message]).toEqual([
    'FW-IMAGE-MISSING',
    expect.stringContaining('factsway/postgres:nope (postgres)'),
  ]);
  expect(engine.calls).toEqual([]);
});

it('an override that Compose refuses is refused before anything is done', async () => {
  await up();
  ports.files.put(OVERRIDE, 'services: { edge: { nope: 1 } }\n');
  engine.calls.length = 0;
  const refusal = new FactswayError('FW-COMPOSE-REFUSED', 'No.', 'See.');
  const compose = { ...engine.compose, read: () => Promise.reject(refusal) };
  ports = { ...ports, compose };
  expect((await rejectionOf(up())).code).toBe('FW-COMPOSE-REFUSED');
  expect(engine.calls).toEqual([]);
});
