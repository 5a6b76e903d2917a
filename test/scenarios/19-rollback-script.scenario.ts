import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  HERE,
  orders,
  ScriptedCluster,
  SERVICES,
  type Answer,
} from './support/scripted-cluster.ts';

let cluster: ScriptedCluster;
beforeAll(async () => {
  cluster = await ScriptedCluster.make();
});
afterAll(async () => {
  await cluster.remove();
});

const rollback = (answers: readonly Answer[], ...args: string[]) =>
  cluster.run('rollback.sh', answers, ...args);

describe('rollback.sh', () => {
  const history = (name: string, out: string): Answer => ({
    match: `^get replicasets .*name=${name}-service`,
    out,
  });
  const image = (tag: string): string => `registry.factsway.com/onprem/x-service:${tag}`;
  const TWO = `3 ${image('1.0.0')}\n2 ${image('0.9.0')}\n1 ${image('0.8.0')}\n`;
  const all = (out: string): Answer => ({ match: '^get replicasets', out });
  const undone = (asked: readonly string[]): string[] =>
    asked.filter((line) => line.startsWith('rollout undo'));
  const undo = (name: string, revision: number): string =>
    `rollout undo deployment/${name}-service --namespace factsway-production --to-revision=${revision}`;

  it('takes every service back to the release before and waits for each', async () => {
    // A change within a release is a revision of its own, and not the one to go back to.
    const twice = `4 ${image('1.0.0')}\n3 ${image('1.0.0')}\n2 ${image('0.9.0')}\n`;
    const answers = [history('facts', twice), all(TWO), ...HERE];
    const { exitCode, said, asked } = await rollback(answers, 'production');
    expect(exitCode, said).toBe(0);
    expect(said).toContain('facts-service: from 1.0.0 to 0.9.0');
    expect(undone(asked)).toEqual(SERVICES.map((name) => undo(name, 2)));
    expect(asked.filter((line) => line.startsWith('rollout status'))).toHaveLength(8);
  });

  it('run again, goes on where it was ended, and never forward again', async () => {
    // What was taken back is the newest revision now, above the one that was left.
    const back = `4 ${image('0.9.0')}\n3 ${image('1.0.0')}\n1 ${image('0.8.0')}\n`;
    const half = ['records', 'ingestion', 'export'].map((name) => history(name, back));
    const first = await rollback([...half, all(TWO), ...HERE], 'production');
    expect(first.exitCode, first.said).toBe(0);
    expect(undone(first.asked)).toEqual(SERVICES.slice(3).map((name) => undo(name, 2)));

    const second = await rollback([all(back), ...HERE], 'production');
    expect(second.exitCode, second.said).toBe(0);
    expect(second.said).toContain('facts-service: 0.9.0 already');
    expect(undone(second.asked)).toEqual([]);
  });

  it('refuses from a directory of an earlier release than the one that runs', async () => {
    const later = `3 ${image('1.1.0')}\n2 ${image('1.0.0')}\n1 ${image('0.9.0')}\n`;
    const { exitCode, said, asked } = await rollback([all(later), ...HERE], 'production');
    expect(exitCode).toBe(3);
    expect(said).toContain('runs 1.1.0, which came after release 1.0.0 of this directory');
    expect(said).toContain('--to VERSION');
    expect(undone(asked)).toEqual([]);
    const told = await rollback([all(later), ...HERE], 'production', '--to', '1.0.0');
    expect(told.exitCode, told.said).toBe(0);
  });

  it('goes to the release it is told', async () => {
    const { exitCode, asked } = await rollback(
      [all(TWO), ...HERE],
      ...['production', '--to', '0.8.0'],
    );
    expect(exitCode).toBe(0);
    expect(undone(asked)).toEqual(SERVICES.map((name) => undo(name, 1)));
  });

  it('refuses where the services would come out mixed', async () => {
    const other = `2 ${image('1.0.0')}\n1 ${image('0.8.0')}\n`;
    const answers = [history('facts', other), all(TWO), ...HERE];
    const { exitCode, said, asked } = await rollback(answers, 'production');
    expect(exitCode).toBe(3);
    expect(said).toContain('FW-IMAGE-VERSION');
    expect(orders(asked)).toEqual([]);
  });

  it.each([
    [
      'nothing ran before',
      { match: '^get replicasets', out: `1 ${image('1.0.0')}\n` },
      'FW-NO-PREVIOUS-RELEASE',
    ],
    ['the cluster does not say', { match: '^get replicasets', code: 1 }, 'FW-CLUSTER-UNREACHABLE'],
  ])('refuses where %s', async (_, answer, code) => {
    const { exitCode, said, asked } = await rollback([answer, ...HERE], 'production');
    expect(exitCode).toBe(3);
    expect(said).toContain(code);
    expect(orders(asked)).toEqual([]);
  });

  it('stops at the first one that is not taken back', async () => {
    const answers = [{ match: '^rollout undo deployment/export', code: 1 }, all(TWO), ...HERE];
    const { exitCode, asked } = await rollback(answers, 'production');
    expect(exitCode).toBe(1);
    expect(orders(asked).at(-1)).toBe('rollout undo deployment/export-service');
  });

  it('asks which environment, rather than to guess', async () => {
    const { exitCode } = await rollback(HERE);
    expect(exitCode).toBe(2);
  });
});
