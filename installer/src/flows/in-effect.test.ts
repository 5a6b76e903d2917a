import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { apply } from './apply.ts';
import { desire } from './desire.ts';
import { down } from './down.ts';
import { catalogInEffect, configInEffect } from './in-effect.ts';
import { status } from './status.ts';

const CONFIG = `${DIRECTORY}/factsway.yaml`;
const YES = { yes: true, dryRun: false };
let engine: FakeEngine;
let ports: FakePorts;

const edit = (change: (text: string) => string): void => {
  ports.files.put(CONFIG, change(ports.files.text(CONFIG) ?? ''));
};
const mistake = (text: string): string => text.replace('host:', 'hots:');
const otherProject = (text: string): string => text.replace(/^project: .*$/m, 'project: another');

beforeEach(() => {
  engine = new FakeEngine(desiredWith());
  ports = fakePorts({ docker: engine.docker, compose: engine.compose });
});

describe('of an installation', () => {
  beforeEach(async () => {
    const request = { directory: DIRECTORY, sets: ['images.source=debian'] };
    engine.desired = await desire(request, ports);
    const options = { title: 'Install', overwrite: false, renderOnly: false };
    await apply({ ...request, command: 'install', options, consent: YES }, ports);
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
