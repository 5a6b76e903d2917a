import { describe, expect, it } from 'vitest';
import { desiredWith } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { errorOf, rejectionOf } from '../../../../test/fakes/thrown.ts';
import type { ExecResult } from '../../ports/docker.ts';
import { DumpPoints } from './dump-points.ts';
import { openPoints, pointId } from './open-points.ts';

const ID = '20260722-101500-123';
const MANIFEST = {
  id: ID,
  createdAt: '2026-07-22T10:15:00Z',
  release: '1.0.0',
  reason: 'migrations follow',
  head: '0004',
  databaseBytes: 1000,
  storedBytes: 70,
  listing: 'abc',
  postgresVersion: '17.5',
};
const line = (id = ID, bytes = 70, manifest: object = MANIFEST): string =>
  `${id}\t${bytes}\t${JSON.stringify(manifest)}\n`;
const GB = String(10 ** 9);

/** Answers by script; what was not foreseen fails the test. */
function pointsOf(answers: Readonly<Record<string, Partial<ExecResult>>>) {
  const engine = FakeEngine.running(desiredWith());
  const calls: string[][] = [];
  const points = new DumpPoints(
    {
      ...engine.docker,
      containers: () => engine.docker.containers('factsway'),
      exec: async (_id, [, , , name = '', ...argv]) => {
        calls.push([name, ...argv]);
        const answer = answers[name];
        if (!answer) throw new Error(`nobody foresaw ${name}`);
        return { exitCode: 0, stdout: '', stderr: '', ...answer };
      },
    },
    'factsway',
    'factsway',
  );
  return { points, calls, engine };
}
const wish = { ...MANIFEST };

describe('restore points by pg_dump', () => {
  it('are listed latest first; one whose manifest or size is not as written is damaged', async () => {
    const stdout =
      line() +
      line('20260101-000000') +
      '20260801-000000\t5\t{\n' +
      line('20260601-000000', 70, { ...MANIFEST, id: '20260601-000000' });
    const list = await pointsOf({ list: { stdout } }).points.list();
    expect(list.map(({ id, state }) => `${id} ${state}`)).toEqual([
      '20260801-000000 damaged',
      `${ID} whole`,
      '20260601-000000 whole',
      '20260101-000000 damaged',
    ]);
  });

  it('that are there already are not made again', async () => {
    const { points, calls } = pointsOf({ list: { stdout: line() } });
    expect((await points.create(wish)).state).toBe('whole');
    expect(calls).toEqual([['list']]);
  });

  it('are not begun without room, and say how much', async () => {
    const { points, calls } = pointsOf({ list: {}, space: { stdout: `${GB}\n  1000\n` } });
    const error = await rejectionOf(points.create(wish));
    expect([error.code, error.message]).toEqual([
      'FW-RESTORE-POINT-SPACE',
      'A restore point of the database may need 1161 MiB of disk, and 1 MiB are free. Nothing was changed.',
    ]);
    expect(calls.map(([name]) => name)).toEqual(['list', 'space']);
  });

  it('that fail give the last words of PostgreSQL', async () => {
    const failing = { exitCode: 1, stderr: 'pg_dump: error: no\n' };
    const { points } = pointsOf({ list: {}, space: { stdout: `1\n${GB}\n` }, create: failing });
    const error = await rejectionOf(points.create(wish));
    expect([error.code, error.details]).toEqual([
      'FW-RESTORE-POINT-FAILED',
      ['pg_dump: error: no'],
    ]);
  });

  it.each([
    [40, 'FW-RESTORE-POINT-MISSING'],
    [41, 'FW-RESTORE-POINT-DAMAGED'],
    [42, 'FW-RESTORE-FAILED'],
    [1, 'FW-RESTORE-FAILED'],
  ])('a script that ends with %i means %s', async (exitCode, code) => {
    const { points } = pointsOf({
      list: { stdout: line() },
      check: {},
      database_space: { stdout: GB },
      restore: { exitCode },
    });
    expect((await rejectionOf(points.restore(ID))).code).toBe(code);
  });

  it('are read through, and room is looked for, before anything is put back', async () => {
    const { points, calls } = pointsOf({
      list: { stdout: line() },
      check: {},
      database_space: { stdout: '5' },
    });
    expect((await rejectionOf(points.restore(ID))).code).toBe('FW-RESTORE-POINT-SPACE');
    expect(calls.map(([name]) => name)).toEqual(['list', 'check', 'database_space']);
    expect((await rejectionOf(points.restore('other'))).code).toBe('FW-RESTORE-POINT-MISSING');
  });

  it('remove of what was set aside only what a restore set aside', async () => {
    const { points, calls } = pointsOf({
      replaced: { stdout: 'a_replaced_1\n' },
      remove_replaced: {},
    });
    await points.removeReplaced(['factsway', 'a_replaced_1']);
    expect(calls).toEqual([['replaced'], ['remove_replaced', 'a_replaced_1']]);
  });

  it('cannot be had of a PostgreSQL that does not run, or is the customer’s', async () => {
    const { points, engine } = pointsOf({});
    engine.change('container-postgres', { state: 'exited' });
    expect((await rejectionOf(points.list())).code).toBe('FW-NOT-RUNNING');
    const external = { mode: 'external', external: { host: 'db.example.com' } };
    const { config } = desiredWith({ postgres: external }).catalog.context;
    expect(errorOf(() => openPoints(config, engine)).code).toBe('FW-RESTORE-POINT-EXTERNAL');
  });

  it('are named by the moment they are asked for: two of one second are two', () => {
    expect(pointId(new Date('2026-07-22T10:15:00.009Z'))).toBe('20260722-101500-009');
  });
});
