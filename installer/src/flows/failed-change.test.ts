import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { SLOT_B_FILE } from '../catalog/serving.ts';
import { FactswayError } from '../model/errors.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Http } from '../ports/http.ts';
import { apply, type ApplyResult } from './apply.ts';
import { desire } from './desire.ts';
import { instancePaths } from './paths.ts';
import { otherSlot } from './serving-slot.ts';

const PATHS = instancePaths(DIRECTORY);
const OVERRIDE = `${DIRECTORY}/compose.override.yaml`;
const OPTIONS = { title: 'Up', overwrite: false, renderOnly: false };
const full = new FactswayError('FW-DIR-NOT-WRITABLE', 'The disk is full.', 'Free some space.');
/** A front door behind which everything answers. */
const ANSWERING: Http = { request: async () => ({ status: 200, headers: {}, body: '' }) };
let engine: FakeEngine;
let ports: FakePorts;

async function up(...sets: string[]): Promise<ApplyResult> {
  const request = { directory: DIRECTORY, sets: ['images.source=debian', ...sets] };
  engine.desired = await desire(request, ports);
  const slot = otherSlot(engine.desired.catalog.context.activeSlot);
  engine.inOther = await desire({ ...request, slot }, ports);
  const consent = { yes: true, dryRun: false };
  return apply({ ...request, command: 'up', options: OPTIONS, consent }, ports);
}
/** The directory without the installer's own notes of what it did. */
const instance = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(ports.files.below(DIRECTORY)).filter(
      ([path]) => !/\/state\/(journal|previous|failures)/.test(path),
    ),
  );
/** The first start comes to a bad end; the ones after it come with the old files, and go well. */
async function failOnce(service: string, end: Partial<ObservedContainer>): Promise<void> {
  const old = await desire({ directory: DIRECTORY, sets: [] }, ports);
  engine.behaviours.set(service, () => {
    engine.behaviours.delete(service);
    engine.desired = old;
    return end;
  });
}
const stateOf = (service: string): string | undefined =>
  engine.containers.get(`container-${service}`)?.state;
const isStart = (call: string): boolean => call.startsWith('start ');

beforeEach(async () => {
  engine = new FakeEngine(desiredWith());
  ports = fakePorts({ docker: engine.docker, compose: engine.compose, http: ANSWERING });
  engine.leadsTo = () =>
    ports.files.text(`${DIRECTORY}/${SLOT_B_FILE}`) === undefined ? 'a' : 'b';
  await up();
  engine.calls.length = 0;
});

describe('a change of a running instance that fails', () => {
  it('half way through the files leaves every file as it was', async () => {
    const before = instance();
    ports.files.failOn(`write ${DIRECTORY}/compose.yaml`, full, 1);
    const error = await rejectionOf(up('edge.httpPort=8080'));
    expect([error.code, error.exitCode]).toEqual(['FW-DIR-NOT-WRITABLE', 5]);
    expect(instance()).toEqual(before);
  });

  it('and cannot put one file back says so, and puts back the others', async () => {
    const config = ports.files.text(PATHS.config);
    ports.files.failOn(`write ${DIRECTORY}/compose.yaml`, full);
    const error = await rejectionOf(up('edge.httpPort=8080'));
    expect([error.code, error.exitCode]).toEqual(['FW-UNDO-FAILED', 6]);
    expect(ports.files.text(PATHS.config)).toBe(config);
  });

  it('has what took up the new configuration take up the old one again', async () => {
    const applied = ports.files.text(PATHS.applied);
    await failOnce('facts-service-b', { state: 'running', health: 'unhealthy' });
    const error = await rejectionOf(up('edge.maxRequestSize=1GiB', 'services.logLevel=debug'));
    expect([error.code, error.exitCode]).toEqual(['FW-NOT-HEALTHY', 5]);
    expect(ports.files.text(PATHS.applied)).toBe(applied);
    expect(engine.calls.filter((call) => call === 'exec edge caddy')).toHaveLength(2);
  });

  it('with a migration that is stuck starts nothing afterwards, and undoes nothing', async () => {
    const result = { failed: { migration: 'm', reason: 'r' }, restored: false };
    engine.behaviours.set('migrations-b', () => ({ state: 'exited', exitCode: 1 }));
    engine.logs.set('container-migrations-b', [
      JSON.stringify({ event: 'migrate.result', ...result }),
    ]);
    const error = await rejectionOf(up('services.logLevel=debug'));
    expect([error.code, error.exitCode]).toEqual(['FW-MIGRATION-STUCK', 6]);
    const after = engine.calls.slice(engine.calls.indexOf('start migrations-b') + 1);
    expect(after.filter(isStart)).toEqual([]);
    expect(ports.files.text(PATHS.config)).toContain('logLevel: debug');
  });

  it('with its migration leaves the services that serve as they are', async () => {
    await failOnce('migrations-b', { state: 'exited', exitCode: 1 });
    const error = await rejectionOf(up('services.logLevel=debug'));
    expect([error.code, error.exitCode]).toEqual(['FW-MIGRATION-FAILED', 5]);
    expect(engine.calls.filter((call) => call.includes('-service-a'))).toEqual([]);
    expect(stateOf('facts-service-a')).toBe('running');
    expect([...engine.containers.values()].filter(({ slot }) => slot === 'b')).toEqual([]);
  });

  it('stops again what it had started in the step that failed', async () => {
    for (const service of ['prometheus', 'alertmanager'])
      engine.change(`container-${service}`, { state: 'exited', health: 'none', exitCode: 137 });
    engine.behaviours.set('alertmanager', () => ({ state: 'running', health: 'unhealthy' }));
    expect((await rejectionOf(up())).exitCode).toBe(5);
    expect([stateOf('prometheus'), stateOf('alertmanager')]).toEqual(['exited', 'exited']);
  });
});

describe('a change of the customer’s override that does not come up', () => {
  beforeEach(async () => {
    ports.files.put(OVERRIDE, 'services: { edge: { cpus: 0 } }\n');
    engine.override.set('edge', 'cpus: 0');
    engine.behaviours.set('edge', () => ({ state: 'running', health: 'unhealthy' }));
    engine.change('container-edge', { state: 'exited' });
  });

  it('ends with 6, because the file is the customer’s own, and says what to do', async () => {
    const error = await rejectionOf(up());
    expect([error.code, error.exitCode]).toEqual(['FW-NOT-HEALTHY', 6]);
    expect(error.hint).toContain('compose.override.yaml is yours and was not put back');
    expect(ports.files.text(OVERRIDE)).toContain('cpus: 0');
  });

  it('is mended by taking it out again: what it concerned is made anew', async () => {
    const seed = engine.desired.bundle.files.find(({ path }) => path === 'compose.override.yaml')!;
    await rejectionOf(up());
    ports.files.put(OVERRIDE, seed.content);
    engine.override.clear();
    engine.behaviours.clear();
    const { plan } = await up();
    const created = plan.steps.flatMap(({ action }) =>
      action.kind === 'CreateContainers' ? action.services : [],
    );
    expect(created).toEqual(['edge']);
    expect((await up()).plan.steps).toEqual([]);
  });
});

it('a secret that is empty is refused before anything happens', async () => {
  ports.files.put(PATHS.secret('postgres-app-password'), '\n');
  const error = await rejectionOf(up('edge.httpPort=8080'));
  expect(error.code).toBe('FW-SECRET-INVALID');
  expect(engine.calls).toEqual([]);
});
