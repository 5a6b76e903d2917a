import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { configWith } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { desiredWith } from '../../../../test/fakes/builders.ts';
import { errorOf, rejectionOf } from '../../../../test/fakes/thrown.ts';
import { Keeper } from './keeper.ts';

const SETTINGS = { images: { source: 'debian' }, backup: { mode: 'on' } };
const numbers = z.object({ n: z.number() });

function keeperThat(pieces: readonly string[], exitCode = 0) {
  const engine = FakeEngine.running(desiredWith(SETTINGS));
  const asked: unknown[] = [];
  const keeper = new Keeper(configWith(SETTINGS), {
    containers: (project) => engine.docker.containers(project),
    exec: async (id, argv, input, watch) => {
      asked.push([id, argv, input]);
      for (const piece of pieces) watch?.(piece);
      return { exitCode, stdout: pieces.join(''), stderr: 'last words\n' };
    },
  });
  return { keeper, asked, engine };
}

describe('the keeper of backups', () => {
  it('is asked in its container, tells how far it is, and answers in the last line', async () => {
    const { keeper, asked } = keeperThat([
      '{"event":"progress","message":"copying","do',
      'ne":1,"total":4}\n{"event":"progress","message":"checking"}\n',
      '{"event":"result","result":{"n":3}}\n',
    ]);
    const told: string[] = [];
    const waiting = (message: string) => told.push(message);
    expect(await keeper.ask(numbers, { argv: ['list'], waiting })).toEqual({ n: 3 });
    expect(told).toEqual(['copying (25 %)', 'checking']);
    expect(asked).toEqual([['container-backup', ['factsway-backup', 'list'], undefined]]);
  });

  it('says what is wrong by its code; one that nobody knows is a failure', async () => {
    const line = (code: string): string =>
      `${JSON.stringify({ event: 'error', code, message: 'no', hint: 'do', details: ['d'] })}\n`;
    const known = await rejectionOf(
      keeperThat([line('FW-RESTORE-KEY')], 1).keeper.ask(numbers, { argv: ['restore'] }),
    );
    expect([known.code, known.hint, known.details]).toEqual(['FW-RESTORE-KEY', 'do', ['d']]);
    const other = await rejectionOf(
      keeperThat([line('FW-NEW')], 1).keeper.ask(numbers, { argv: ['restore'] }),
    );
    expect(other.code).toBe('FW-BACKUP-FAILED');
  });

  it.each([[[]], [['{"event":"result","result":{"n":"x"}}\n']], [['not JSON\n']]])(
    'that ends without an answer (%j) is a failure with its last words',
    async (pieces) => {
      const error = await rejectionOf(
        keeperThat(pieces, 137).keeper.ask(numbers, { argv: ['list'] }),
      );
      expect(error.code).toBe('FW-BACKUP-FAILED');
      expect(error.details.at(-1)).toBe('last words');
    },
  );

  it('that does not run is not asked', async () => {
    const { keeper, engine, asked } = keeperThat([]);
    engine.change('container-backup', { state: 'exited' });
    expect((await rejectionOf(keeper.ask(numbers, { argv: ['list'] }))).code).toBe(
      'FW-NOT-RUNNING',
    );
    expect(asked).toEqual([]);
  });

  it('is there only where backups are switched on and the database is ours', () => {
    const { docker } = FakeEngine.running(desiredWith());
    expect(errorOf(() => new Keeper(configWith(), docker)).hint).toContain('backup.mode=on');
    const external = { mode: 'external', external: { host: 'db.example.com' } };
    const config = configWith({ ...SETTINGS, postgres: external });
    expect(errorOf(() => new Keeper(config, docker)).message).toContain('of your own');
  });
});
