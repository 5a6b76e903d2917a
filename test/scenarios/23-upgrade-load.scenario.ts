import { afterAll, beforeAll, expect, it } from 'vitest';
import { installed, judge, serving, underLoad, UPGRADING } from './support/upgrading.ts';

const ROUNDS = 5;
const RATE = 60;

beforeAll(() => installed());
afterAll(() => UPGRADING.remove());

it('an upgrade and the way back, five times under load, cost no request, apply every POST once and mix no versions', async () => {
  const load = await underLoad(RATE, 1200);
  const measured: string[] = [];
  try {
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const command of ['upgrade', 'rollback'] as const) {
        const fromMs = load.nowMs();
        const to = command === 'upgrade' ? ['--to', '1.1.0'] : [];
        // The gates are asked at the last two: nothing about them depends on how often.
        const gates = round === ROUNDS ? [] : ['--no-verify'];
        const run = await UPGRADING.runJson(command, ...to, '--yes', ...gates);
        expect(run.errors).toEqual([]);
        expect(await serving()).toEqual(
          command === 'upgrade' ? { version: '1.1.0', slot: 'b' } : { version: '1.0.0', slot: 'a' },
        );
        const { latency, downtime } = load.report(fromMs, load.nowMs());
        const facts = run.result?.['measured'] as { durationMs: number; failedRequests: number };
        expect(facts.failedRequests).toBe(0);
        measured.push(
          `${round} ${command}: ${(facts.durationMs / 1000).toFixed(1)} s, p99 ${latency.p99.toFixed(0)} ms, longest time without an answer ${downtime.ms.toFixed(0)} ms`,
        );
      }
    }
  } finally {
    const { problems, summary } = await judge(load);
    process.stdout.write(`${measured.join('\n')}\n${summary}\n`);
    expect(problems, summary).toEqual([]);
  }
}, 900_000);
