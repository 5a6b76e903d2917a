import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { CLOSED_FILE } from '../catalog/serving.ts';
import { status as statusCommand } from '../cli/commands/status.ts';
import { FactswayError } from '../model/errors.ts';
import type { Docker } from '../ports/docker.ts';
import { formatPlan } from '../model/plan-text.ts';
import { apply } from './apply.ts';
import { desire } from './desire.ts';
import { down } from './down.ts';
import { catalogInEffect, configInEffect } from './in-effect.ts';
import { status } from './status.ts';

const CONFIG = `${DIRECTORY}/factsway.yaml`;
const RECORD = `${DIRECTORY}/state/in-effect.yaml`;
const YES = { yes: true, dryRun: false };
let engine: FakeEngine;
let ports: FakePorts;

const edit = (change: (text: string) => string): void => {
  ports.files.put(CONFIG, change(ports.files.text(CONFIG) ?? ''));
};
const mistake = (text: string): string => text.replace('host:', 'hots:');
const otherProject = (text: string): string => text.replace(/^project: .*$/m, 'project: another');

/** `up`, or `render`. */
async function bring(sets: readonly string[], renderOnly: boolean): Promise<void> {
  const request = { directory: DIRECTORY, sets };
  if (!renderOnly) engine.desired = await desire(request, ports);
  const options = { title: 'Bring', overwrite: false, renderOnly };
  const command = renderOnly ? 'render' : 'up';
  await apply({ ...request, command, options, consent: YES }, ports);
}
const away = () =>
  panicking<Docker>('docker', {
    containers: () => Promise.reject(new FactswayError('FW-DOCKER-UNREACHABLE', 'Away.', '')),
    volumes: () => Promise.reject(new FactswayError('FW-DOCKER-UNREACHABLE', 'Away.', '')),
  });

beforeEach(() => {
  engine = new FakeEngine(desiredWith());
  ports = fakePorts({ docker: engine.docker, compose: engine.compose });
});

describe('of an installation', () => {
  beforeEach(async () => {
    await bring(['images.source=debian'], false);
  });

  it('what was only rendered is not in effect, and status says so', async () => {
    await bring(['edge.httpsPort=8443'], true);
    const { config, pending } = await configInEffect(DIRECTORY, ports.files);
    expect([config.edge.httpsPort, pending]).toEqual([443, 'rendered']);
    expect(await status(DIRECTORY, ports)).toMatchObject({ url: 'https://server1' });
    await bring([], false);
    const after = await configInEffect(DIRECTORY, ports.files);
    expect([after.config.edge.httpsPort, after.pending]).toEqual([8443, 'none']);
  });

  it('status says that the maintenance page is shown, and up takes it away', async () => {
    const page = `${DIRECTORY}/${CLOSED_FILE}`;
    expect((await status(DIRECTORY, ports)).closed).toBe(false);
    ports.files.put(page, '');
    expect((await status(DIRECTORY, ports)).closed).toBe(true);
    const said = await statusCommand.run(
      {
        directory: DIRECTORY,
        argument: undefined,
        options: {},
        yes: false,
        dryRun: false,
        quiet: false,
        surface: { color: false, columns: 80 },
      },
      ports,
    );
    expect(said.text).toContain('behind the maintenance page: nobody is served');
    expect(said.error?.code).toBe('FW-NOT-RUNNING');
    expect(said.error?.hint).toContain('factsway-install up');
    await bring([], false);
    expect(ports.files.text(page)).toBeUndefined();
  });

  it('another project is not rendered over what runs, with an engine and without', async () => {
    for (const docker of [ports.docker, away()]) {
      ports = { ...ports, docker };
      const error = await rejectionOf(bring(['project=another'], true));
      expect(error.code).toBe('FW-PROJECT-CHANGED');
      expect(error.hint).toContain('--set project=factsway');
    }
    expect(ports.files.text(CONFIG)).toContain('project: factsway');
  });

  it('a change that fails and is put back never was in effect', async () => {
    const before = ports.files.text(RECORD);
    const old = engine.desired;
    engine.behaviours.set('edge', () => {
      engine.behaviours.delete('edge');
      engine.desired = old;
      return { state: 'running', health: 'unhealthy' };
    });
    const error = await rejectionOf(bring(['edge.httpsPort=8443'], false));
    expect(error.exitCode).toBe(5);
    expect(ports.files.text(RECORD)).toBe(before);
  });

  it('the record is the file itself, comments and all, and holds no secret', async () => {
    edit((text) => `${text}\n# ours\n`);
    await bring([], false);
    const record = ports.files.text(RECORD) ?? '';
    expect(record).toBe(ports.files.text(CONFIG));
    const secrets = Object.values(ports.files.below(`${DIRECTORY}/secrets`));
    expect(secrets.length).toBeGreaterThan(3);
    for (const secret of secrets) expect(record).not.toContain(secret.trim());
  });

  it('made before that was recorded, the last rendering is in effect', async () => {
    ports.files.tree.delete(RECORD);
    edit((text) => text.replace('httpsPort: 443', 'httpsPort: 8443'));
    const { config, pending } = await configInEffect(DIRECTORY, ports.files);
    expect([config.edge.httpsPort, pending]).toEqual([443, 'changed']);
  });

  it('factsway.yaml is in effect, whatever its comments say by now', async () => {
    edit((text) => `${text}\n# ours\n`);
    const { config, pending } = await configInEffect(DIRECTORY, ports.files);
    expect([config.project, pending]).toEqual(['factsway', 'none']);
    expect((await status(DIRECTORY, ports)).configuration).toBe('none');
  });

  it.each([
    ['another project', otherProject, 'changed'],
    ['a mistake', mistake, 'invalid'],
    ['a broken line', (text: string) => `${text}\n\t: [`, 'invalid'],
  ] as const)('with %s in factsway.yaml, status shows what runs and says so', async (_, by, is) => {
    edit(by);
    const found = await status(DIRECTORY, ports);
    expect(found.healthy).toBe(true);
    expect(found.configuration).toBe(is);
    expect((await catalogInEffect(DIRECTORY, ports.files)).catalog.workloads).not.toEqual([]);
  });

  it.each([
    ['another project', otherProject],
    ['a mistake', mistake],
  ] as const)('with %s in factsway.yaml, down stops what runs', async (_, by) => {
    edit(by);
    const { executed } = await down(DIRECTORY, YES, ports);
    expect(executed).toBe(true);
    expect(await ports.docker.containers('factsway')).toEqual([]);
  });
});

it('before the first rendering it is factsway.yaml itself, with its mistakes', async () => {
  ports.files.put(CONFIG, 'project: firm\n');
  expect((await configInEffect(DIRECTORY, ports.files)).config.project).toBe('firm');
  edit(() => 'project: [\n');
  expect((await rejectionOf(configInEffect(DIRECTORY, ports.files))).code).toBe('FW-CONFIG-SYNTAX');
});

it('without factsway.yaml there is no instance', async () => {
  expect((await rejectionOf(configInEffect(DIRECTORY, ports.files))).code).toBe('FW-NO-INSTANCE');
});

describe('of an installation by an older installer', () => {
  const OLD = (text: string): string =>
    text
      .replace('apiVersion: factsway/v2', 'apiVersion: factsway/v1')
      .replace('passwordInEnvironment', 'passwordCompatibility');
  const RENDERED = `${DIRECTORY}/state/rendered.json`;

  beforeEach(async () => {
    await bring(['images.source=debian', 'services.passwordInEnvironment=true'], false);
    for (const path of [CONFIG, RECORD, RENDERED]) {
      const old = OLD(ports.files.text(path) ?? '');
      expect(old).toContain('factsway/v1');
      ports.files.put(path, old);
    }
  });

  it('records of the older form are read, and what is in effect is what they say', async () => {
    const changes = ports.files.changes.length;
    const { config, pending } = await configInEffect(DIRECTORY, ports.files);
    expect([config.services.passwordInEnvironment, pending]).toEqual([true, 'none']);
    expect(ports.files.changes.length).toBe(changes);
  });

  it('up rewrites the file as a step of its plan, keeps the old text, and then has nothing to do', async () => {
    const old = ports.files.text(CONFIG);
    const request = { directory: DIRECTORY, sets: [] };
    const options = { title: 'Up', overwrite: false, renderOnly: false };
    const up = (dryRun: boolean) =>
      apply({ ...request, command: 'up', options, consent: { yes: true, dryRun } }, ports);
    engine.desired = await desire(request, ports);
    const { plan } = await up(true);
    expect(formatPlan(plan)).toContain(
      'because factsway.yaml is of the form factsway/v1 and becomes one of factsway/v2',
    );
    expect(plan.steps[0]?.action).toMatchObject({
      kind: 'WriteBundle',
      changes: [{ path: 'factsway.yaml', change: 'update' }],
    });
    expect(ports.files.text(CONFIG)).toBe(old);
    await up(false);
    expect(ports.files.text(CONFIG)).toContain('passwordInEnvironment: true');
    expect(ports.files.text(`${DIRECTORY}/state/previous/factsway.yaml`)).toBe(old);
    expect((await up(false)).plan.steps).toEqual([]);
  });
});
