import { describe, expect, it } from 'vitest';
import { configWith, desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { MemoryFiles } from '../../../../test/fakes/memory-files.ts';
import { errorOf, rejectionOf } from '../../../../test/fakes/thrown.ts';
import type { ActionContext } from '../actions/action-context.ts';
import {
  forgetMove,
  finishMove,
  recordPostgres,
  usePostgres,
} from '../actions/postgres-actions.ts';
import { nextGeneration, readDataVolume, unfinishedMove } from '../data-volume.ts';
import { instancePaths } from '../paths.ts';
import type { Ports } from '../../ports/ports.ts';
import { readVersion } from './change-postgres.ts';
import { majorOfVolume, refuseOtherMajor } from './major.ts';
import { refuseTooLarge } from './server-facts.ts';

const paths = instancePaths(DIRECTORY);
const IN_EFFECT = 'apiVersion: factsway/v2\npostgres:\n  version: 15\n';
const wanting = (version: number) =>
  desiredWith({ images: { source: 'debian' }, postgres: { version } });

function world(contents: Readonly<Record<string, string>> = {}, volumes = ['postgres-data']) {
  const files = new MemoryFiles(contents);
  const docker = { volumes: () => Promise.resolve(volumes) };
  const clock = { now: () => new Date('2026-11-22T22:00:00Z') };
  const ports = { files, docker, clock } as unknown as Ports;
  const context = { ports, paths } as unknown as ActionContext;
  const record = () => readDataVolume(DIRECTORY, files);
  return { files, ports, context, record };
}
const MOVE = {
  kind: 'UsePostgres',
  version: 17,
  generation: 2,
  from: { generation: 1, postgres: 15 },
} as const;

describe('the version that made a volume', () => {
  it('is unknown before there is one, then that of the configuration, then that of the record', async () => {
    const { ports: none } = world({ [paths.inEffect]: IN_EFFECT }, []);
    expect(await majorOfVolume(DIRECTORY, 'factsway', none)).toBeUndefined();
    const { ports } = world({ [paths.inEffect]: IN_EFFECT });
    expect(await majorOfVolume(DIRECTORY, 'factsway', ports)).toBe(15);
    expect(await majorOfVolume(DIRECTORY, 'factsway', world().ports)).toBe(17);
    const recorded = world({
      [paths.inEffect]: IN_EFFECT,
      [paths.dataVolume]: '{"generation":2,"postgres":17,"finished":true}',
    });
    expect(await majorOfVolume(DIRECTORY, 'factsway', recorded.ports)).toBe(17);
  });

  it('is not changed by up: the refusal names the command for either way', async () => {
    const { ports } = world({ [paths.inEffect]: IN_EFFECT });
    await refuseOtherMajor(wanting(15), ports);
    const up = await rejectionOf(refuseOtherMajor(wanting(17), ports));
    expect([up.code, up.hint]).toEqual([
      'FW-POSTGRES-VERSION',
      expect.stringContaining('upgrade --postgres 17'),
    ]);
    const down = await rejectionOf(refuseOtherMajor(wanting(15), world().ports));
    expect(down.hint).toContain('rollback --postgres 15');
  });

  it('is nothing to refuse where a new database is to be made, or the server is the firm’s own', async () => {
    await refuseOtherMajor(wanting(15), world({}, []).ports);
    const external = desiredWith({
      postgres: { mode: 'external', external: { host: 'db.example.com' } },
    });
    await refuseOtherMajor(external, world().ports);
  });
});

describe('the record of a move', () => {
  it('is unfinished until everything runs from it, and nothing else is done meanwhile', async () => {
    const { ports, context, record } = world({ [paths.inEffect]: IN_EFFECT });
    await recordPostgres({ kind: 'RecordPostgres', version: 15 }, context);
    await usePostgres(MOVE, context);
    expect(unfinishedMove(await record())?.from).toEqual({ generation: 1, postgres: 15 });
    const refused = await rejectionOf(refuseOtherMajor(wanting(17), ports));
    expect([refused.code, refused.hint]).toEqual([
      'FW-POSTGRES-UNFINISHED',
      expect.stringContaining('upgrade --postgres 17'),
    ]);
    await finishMove({ kind: 'FinishMove', version: 17 }, context);
    expect(unfinishedMove(await record())).toBeUndefined();
    await refuseOtherMajor(wanting(17), ports);
  });

  it('is as before once it is undone, also behind its last step, and twice', async () => {
    const { context, record } = world();
    await recordPostgres({ kind: 'RecordPostgres', version: 15 }, context);
    const before = await record();
    await usePostgres(MOVE, context);
    await finishMove({ kind: 'FinishMove', version: 17 }, context);
    await forgetMove({ kind: 'ForgetMove', generation: 2 }, context);
    await forgetMove({ kind: 'ForgetMove', generation: 2 }, context);
    expect(await record()).toEqual(before);
  });

  it('never gives the number of a volume that was served from to another one', async () => {
    const { context, record } = world();
    await recordPostgres({ kind: 'RecordPostgres', version: 15 }, context);
    await usePostgres(MOVE, context);
    expect(nextGeneration(await record())).toBe(3);
    const back = { generation: 1, version: 15, from: { generation: 2, postgres: 17 }, back: true };
    await usePostgres({ kind: 'UsePostgres', ...back, back: true }, context);
    expect((await record())?.generation).toBe(1);
    expect(nextGeneration(await record())).toBe(3);
  });

  it('keeps the version it has, whatever the configuration says by then', async () => {
    const text = '{"generation":1,"postgres":15,"finished":true}';
    const { context, record } = world({ [paths.dataVolume]: text });
    await recordPostgres({ kind: 'RecordPostgres', version: 17 }, context);
    expect((await record())?.postgres).toBe(15);
  });
});

it('a version that no image is made of is refused, and so is a disk without room', () => {
  expect(readVersion('17', 'upgrade')).toBe(17);
  expect(errorOf(() => readVersion('16', 'upgrade')).code).toBe('FW-POSTGRES-TARGET');
  const facts = { version: 15, databaseBytes: 10_000_000, freeBytes: 1_000_000_000 };
  refuseTooLarge(facts);
  expect(
    errorOf(() => {
      refuseTooLarge({ ...facts, freeBytes: 15_000_000 });
    }).code,
  ).toBe('FW-POSTGRES-SPACE');
  expect(configWith().postgres.version).toBe(17);
});
