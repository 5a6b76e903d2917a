import { beforeEach, describe, expect, it } from 'vitest';
import { containerOf, desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { actionContext, fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import type { FactswayError } from '../../model/errors.ts';
import { findMigrationResult, runMigrations, type MigrationResult } from './run-migrations.ts';

const ID = 'container-migrations-a';
const RESULT: MigrationResult = {
  event: 'migrate.result',
  ok: false,
  before: '0003_x',
  after: '0003_x',
  applied: [],
  pending: ['0004_y'],
  failed: null,
  restored: null,
  code: null,
};
let engine: FakeEngine;
let ports: FakePorts;

beforeEach(() => {
  const desired = desiredWith();
  engine = new FakeEngine(desired);
  ports = fakePorts({ docker: engine.docker });
  const workload = desired.catalog.workloads.find(({ id }) => id === 'migrations-a')!;
  engine.containers.set(ID, { ...containerOf(workload, desired), state: 'created' });
});

const run = (): Promise<void> =>
  runMigrations(
    { kind: 'RunMigrations', service: 'migrations-a', slot: 'a', version: '1.1.0' },
    actionContext(ports),
    () => undefined,
  );
function failure(lines: readonly string[]): Promise<FactswayError> {
  engine.behaviours.set('migrations-a', () => ({ state: 'exited', exitCode: 1 }));
  engine.logs.set(ID, [...lines]);
  return rejectionOf(run());
}
const saying = (result: Partial<MigrationResult>): string[] => [
  '{"level":"info","message":"migrate.result comes soon"}',
  JSON.stringify({ ...RESULT, ...result }),
];

describe('the migrations', () => {
  it('are waited for to the end', async () => {
    engine.behaviours.set('migrations-a', () => ({ state: 'running' }));
    ports.clock.onSleep = (nap) => {
      if (nap === 4) engine.change(ID, { state: 'exited', exitCode: 0 });
    };
    await run();
    expect(ports.clock.naps).toBe(4);
  });

  it('that fail name the migration and its reason, and the database is as it was', async () => {
    const failed = { migration: '0004_y', reason: 'column "a" does not exist.' };
    const error = await failure(saying({ failed, restored: true, code: 'FW-MIGRATION-FAILED' }));
    expect([error.code, error.exitCode]).toEqual(['FW-MIGRATION-FAILED', 5]);
    expect(error.message).toBe(
      'Migration 0004_y failed: column "a" does not exist. The database is as it was before; no service of this release was started.',
    );
    expect(error.hint).toContain(`${DIRECTORY}/state/failures/run-1`);
    expect(error.details.at(-1)).toContain('migrations-a | {"event":"migrate.result"');
  });

  it('that fail and cannot be taken back need an operator', async () => {
    const failed = { migration: '0004_y', reason: 'it hung' };
    const error = await failure(saying({ failed, restored: false }));
    expect([error.code, error.exitCode]).toEqual(['FW-MIGRATION-STUCK', 6]);
    expect(error.message).toBe(
      'Migration 0004_y failed: it hung. The database could not be put back.',
    );
    expect(error.hint).toContain('Do not start anything');
  });

  it('that refuse to begin pass on why and what to do', async () => {
    const error = await failure(
      saying({
        code: 'FW-MIGRATION-EDITED',
        message: 'Migration 0002_x was edited after it was applied.',
        hint: 'Take the image of the release.',
      }),
    );
    expect([error.code, error.exitCode]).toEqual(['FW-MIGRATION-REFUSED', 5]);
    expect(error.message).toContain(
      'The migrations of 1.1.0 were refused (FW-MIGRATION-EDITED): Migration 0002_x was edited after it was applied. The database is as it was',
    );
    expect(error.hint).toContain('Take the image of the release.');
  });

  it('that end without a word are a failure with their exit code', async () => {
    const error = await failure(['Segmentation fault']);
    expect(error.code).toBe('FW-MIGRATION-FAILED');
    expect(error.message).toContain('stopped with exit code 1 without saying why');
    expect(error.details).toEqual(['migrations-a | Segmentation fault']);
  });

  it('that vanish end the waiting', async () => {
    engine.behaviours.set('migrations-a', () => ({ state: 'running' }));
    ports.clock.onSleep = () => engine.containers.delete(ID);
    const error = await rejectionOf(run());
    expect([error.code, error.message]).toEqual([
      'FW-CONTAINER-EXITED',
      'migrations-a was removed while it ran.',
    ]);
  });

  it('keep their whole log', async () => {
    await failure(['one', 'two']);
    expect(ports.files.text(`${DIRECTORY}/state/failures/run-1/migrations-a.log`)).toBe(
      'one\ntwo\n',
    );
  });
});

describe('the result among the lines', () => {
  const line = (code: string): string => `migrations-a | ${JSON.stringify({ ...RESULT, code })}`;

  it('is the last one that can be read', () => {
    expect(findMigrationResult([line('first'), line('last'), 'bye'])?.code).toBe('last');
    expect(findMigrationResult([line('first'), '{"event":"migrate.result", cut'])?.code).toBe(
      'first',
    );
  });

  it('may be missing', () => {
    expect(findMigrationResult([])).toBeUndefined();
    expect(findMigrationResult(['{"event":"other"}', 'migrate.result'])).toBeUndefined();
  });
});
