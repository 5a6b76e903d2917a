import { afterAll, beforeAll, expect, it } from 'vitest';
import { query } from './support/docker.ts';
import { killWorkers, runKilledAt } from './support/kill.ts';
import {
  installed,
  judge,
  releaseSteps,
  serving,
  underLoad,
  UPGRADING,
} from './support/upgrading.ts';

/** The services stop sooner: what is drained is the matter of another scenario. */
beforeAll(() => installed({ 'services.drainSeconds': 1 }));
afterAll(() => UPGRADING.remove());

const COMMANDS = {
  upgrade: { argv: ['--to', '1.1.0'], leadsTo: '1.1.0' },
  rollback: { argv: [], leadsTo: '1.0.0' },
} as const;
const rows = () => query(UPGRADING.project, 'SELECT count(*) FROM factsway.templates');

/** Each run is killed one step further than the one before it, as on a server that somebody keeps switching off. */
it.each(['upgrade', 'rollback'] as const)(
  'a %s that is killed at every one of its steps costs no request, and the same command finishes it',
  async (command) => {
    const { argv, leadsTo } = COMMANDS[command];
    const steps = await releaseSteps(command, ...argv);
    expect(steps.length).toBeGreaterThan(9);
    const whole = [command, ...argv, '--dir', UPGRADING.directory, '--yes', '--no-verify'];
    const load = await underLoad(20, 900);
    const kept = await rows();
    let verdict = { problems: ['nobody judged'], summary: '' };
    try {
      for (const step of steps) {
        const { killed, all } = await runKilledAt(whole, step, 0);
        expect(killed, `killed at ${step}:\n${all}`).toBe(true);
        // As with a server that goes down: what it had started is gone as well.
        await killWorkers(UPGRADING.directory);
        expect(load.failures, step).toBe(0);
      }
      const last = await UPGRADING.runJson(command, ...argv, '--yes');
      expect(last.errors).toEqual([]);
      expect((await serving()).version).toBe(leadsTo);
    } finally {
      verdict = await judge(load);
      process.stdout.write(`${verdict.summary}\n`);
    }
    expect(verdict.problems, verdict.summary).toEqual([]);
    expect(await rows()).toBe(kept);
    const verify = await UPGRADING.runJson('verify', '--timeout', '60');
    expect(verify.exitCode, JSON.stringify(verify.errors)).toBe(0);
    const again = await UPGRADING.runJson('up', '--dry-run');
    expect((again.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
    // The silence of the runs that were killed is over as well.
    const maintenance = await UPGRADING.runJson('maintenance', 'status');
    expect(JSON.stringify(maintenance.result)).not.toContain('another release takes over');
  },
  900_000,
);
