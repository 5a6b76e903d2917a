import { beforeEach, describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { VirtualClock } from '../../../test/fakes/host.ts';
import { MemoryFiles } from '../../../test/fakes/memory-files.ts';
import type { Step } from '../model/plan.ts';
import { interruptedChange, interruptedStops, Journal, unfinishedRun } from './journal.ts';
import { instancePaths } from './paths.ts';

const PATHS = instancePaths(DIRECTORY);
const PLAN = { title: 'Install', steps: [] };
const STEP: Step = {
  id: 1,
  action: { kind: 'PullImage', reference: 'caddy:2' },
  cause: 'it is missing',
  dependsOn: [],
  undo: { kind: 'RemoveContainers', services: ['edge'] },
};

let files: MemoryFiles;
beforeEach(() => {
  files = new MemoryFiles();
});
const journal = (run: string): Journal => new Journal(PATHS, run, files, new VirtualClock());
const entries = (): unknown[] =>
  (files.text(PATHS.journal) ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('the journal', () => {
  it('has a line for each event, with run and time', async () => {
    const one = journal('r1');
    await one.begin('install', PLAN);
    await one.stepStarted(STEP);
    await one.stepFailed(STEP, 'FW-IMAGE-PULL', 'No.');
    await one.undo('undo-failed', STEP, 'Neither.');
    await one.end('stuck');
    const at = '2026-01-02T03:04:05.000Z';
    expect(entries()).toEqual([
      { run: 'r1', at, event: 'run-started', command: 'install', steps: 0 },
      {
        run: 'r1',
        at,
        event: 'step-started',
        step: 1,
        action: 'PullImage caddy:2',
        cause: 'it is missing',
      },
      { run: 'r1', at, event: 'step-failed', step: 1, code: 'FW-IMAGE-PULL', message: 'No.' },
      {
        run: 'r1',
        at,
        event: 'undo-failed',
        step: 1,
        action: 'RemoveContainers edge',
        message: 'Neither.',
      },
      { run: 'r1', at, event: 'run-ended', outcome: 'stuck' },
    ]);
  });

  it('is put aside when it has grown, and what it held is kept', async () => {
    files.put(PATHS.journal, 'x'.repeat(4 * 1024 * 1024 + 1));
    await journal('r1').begin('install', PLAN);
    expect(files.text(`${PATHS.journal}.1`)).toHaveLength(4 * 1024 * 1024 + 1);
    expect(entries()).toHaveLength(1);
  });
});

describe('an earlier run', () => {
  it('that ended is none to speak of, however it ended', async () => {
    expect(await unfinishedRun('up', PATHS, files)).toBeUndefined();
    for (const outcome of ['done', 'undone', 'stuck', 'cancelled']) {
      const one = journal(outcome);
      await one.begin('install', PLAN);
      await one.end(outcome);
      expect(await unfinishedRun('up', PATHS, files)).toBeUndefined();
    }
  });

  it('that was killed is told, with where it stopped', async () => {
    const one = journal('r1');
    await one.begin('upgrade', PLAN);
    expect(await unfinishedRun('up', PATHS, files)).toBe(
      '"upgrade" of 2026-01-02T03:04:05.000Z stopped without finishing',
    );
    await one.stepStarted(STEP);
    expect(await unfinishedRun('up', PATHS, files)).toBe(
      '"upgrade" of 2026-01-02T03:04:05.000Z stopped at "PullImage caddy:2" without finishing',
    );
  });

  it('that was killed is forgotten when a later one has ended', async () => {
    await journal('r1').begin('upgrade', PLAN);
    const two = journal('r2');
    await two.begin('up', PLAN);
    await two.end('done');
    expect(await unfinishedRun('up', PATHS, files)).toBeUndefined();
  });

  it('that was killed is told to what goes on with it, and to nothing else', async () => {
    await journal('r1').begin('up', PLAN);
    for (const command of ['install', 'up', 'uninstall'])
      expect(await unfinishedRun(command, PATHS, files)).toContain('"up" of');
    for (const command of ['maintenance start', 'down', 'render', 'images lock'])
      expect(await unfinishedRun(command, PATHS, files)).toBeUndefined();
    await journal('r2').begin('down', PLAN);
    expect(await unfinishedRun('down', PATHS, files)).toContain('"down" of');
  });

  it.each(['maintenance start', 'maintenance end', 'images lock'])(
    'that was killed is not forgotten over "%s"',
    async (command) => {
      const one = journal('r1');
      await one.begin('up', PLAN);
      await one.stepStarted(STEP);
      const two = journal('r2');
      await two.begin(command, PLAN);
      await two.end('done');
      expect(await unfinishedRun('up', PATHS, files)).toContain('"up" of');
      expect(await interruptedChange(PATHS, files)).toBeDefined();
    },
  );

  it('that was killed in the middle of a line is told all the same', async () => {
    const one = journal('r1');
    await one.begin('upgrade', PLAN);
    await files.append(PATHS.journal, '{"run":"r1","at":"2026');
    expect(await unfinishedRun('up', PATHS, files)).toContain('"upgrade" of');
  });

  it('that was killed in the middle of a line does not swallow what comes after it', async () => {
    await journal('r1').begin('upgrade', PLAN);
    await files.append(PATHS.journal, '{"run":"r1","at":"2026');
    const two = journal('r2');
    await two.begin('up', PLAN);
    await two.end('done');
    expect(await unfinishedRun('up', PATHS, files)).toBeUndefined();
  });
});

describe('an interrupted change', () => {
  const after = async (command: string, outcome?: string) => {
    const one = journal(`${command}-${outcome ?? 'killed'}`);
    await one.begin(command, PLAN);
    await one.stepStarted(STEP);
    if (outcome !== undefined) await one.end(outcome);
    return interruptedChange(PATHS, files);
  };

  it('is the last run, cancelled or killed', async () => {
    expect(await interruptedChange(PATHS, files)).toBeUndefined();
    expect(await after('install', 'cancelled')).toBe('2026-01-02T03:04:05.000Z');
    expect(await after('up')).toBe('2026-01-02T03:04:05.000Z');
  });

  it('is none that did not come to its first step', async () => {
    const one = journal('r1');
    await one.begin('up', PLAN);
    await one.end('cancelled');
    expect(await interruptedChange(PATHS, files)).toBeUndefined();
  });

  it('is none that ended in another way, and none that takes things away', async () => {
    for (const outcome of ['done', 'undone', 'stuck'])
      expect(await after('up', outcome), outcome).toBeUndefined();
    expect(await after('down', 'cancelled')).toBeUndefined();
    expect(await after('uninstall')).toBeUndefined();
  });
});

describe('services a run began to stop', () => {
  const stop = (services: readonly string[]): Step => ({
    ...STEP,
    action: { kind: 'StopProject', project: 'factsway', services, networks: [] },
    undo: { kind: 'StopComponents', group: 'slot a', services: ['undone'] },
  });
  const found = async () => [...(await interruptedStops(PATHS, files)).keys()];

  it('are told while the step has neither ended nor failed', async () => {
    expect(await found()).toEqual([]);
    const [killed, ended] = [journal('r1'), journal('r2')];
    await killed.stepStarted(stop(['edge', 'facts-service-a']));
    expect(await interruptedStops(PATHS, files)).toEqual(
      new Map([
        ['edge', '2026-01-02T03:04:05.000Z'],
        ['facts-service-a', '2026-01-02T03:04:05.000Z'],
      ]),
    );
    // Of another run it says nothing about that one.
    await ended.stepStarted(stop(['prometheus']));
    await ended.stepDone(stop(['prometheus']));
    expect(await found()).toEqual(['edge', 'facts-service-a']);
    await killed.stepFailed(stop([]), 'FW-COMPOSE-REFUSED', 'No.');
    expect(await found()).toEqual([]);
  });

  it('are told of an undo as well, which is not over with its step', async () => {
    const one = journal('r1');
    await one.stepStarted(stop([]));
    await one.undo('undo-started', stop([]));
    await one.stepDone(stop([]));
    expect(await found()).toEqual(['undone']);
    await one.undo('undo-done', stop([]));
    expect(await found()).toEqual([]);
  });
});
