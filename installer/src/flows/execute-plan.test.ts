import { describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { VirtualClock } from '../../../test/fakes/host.ts';
import { MemoryFiles } from '../../../test/fakes/memory-files.ts';
import { broken, named, planOf, startPlan as start } from '../../../test/fakes/plan-run.ts';
import { recordingReporter } from '../../../test/fakes/reporter.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { FactswayError } from '../model/errors.ts';
import { executePlan } from './execute-plan.ts';
import { Journal } from './journal.ts';
import { NothingDone } from './nothing-done.ts';
import { instancePaths } from './paths.ts';

describe('the steps of a plan', () => {
  const diamond = planOf(
    { name: 'a' },
    { name: 'b', after: [1] },
    { name: 'c', after: [1] },
    { name: 'd', after: [2, 3] },
  );

  it('run side by side where nothing makes them wait, and no earlier', async () => {
    const { ended, order, gates, settle } = start(diamond, {}, true);
    await settle();
    expect(order).toEqual(['+a']);
    gates.get('a')!.open();
    await settle();
    expect(order).toEqual(['+a', '-a', '+b', '+c']);
    gates.get('c')!.open();
    await settle();
    expect(order).not.toContain('+d');
    gates.get('b')!.open();
    await settle();
    expect(order.slice(4)).toEqual(['-c', '-b', '+d']);
    gates.get('d')!.open();
    await ended;
  });

  it('are on record before and after each, and the end as well', async () => {
    const { ended, events, reporter } = start(planOf({ name: 'a' }, { name: 'b', after: [1] }));
    await ended;
    expect(events()).toEqual([
      'step-started 1',
      'step-done 1',
      'step-started 2',
      'step-done 2',
      'run-ended done',
    ]);
    expect(reporter.events).toEqual([
      'started 1 PullImage a',
      'done 1 in 10 ms',
      'started 2 PullImage b',
      'done 2 in 10 ms',
    ]);
  });

  it('that are not needed may fail: it is told, and the others go on', async () => {
    const plan = planOf(
      { name: 'a', undo: 'not-a' },
      { name: 'b', after: [1], optional: true },
      { name: 'c', after: [2] },
    );
    const { ended, order, reporter } = start(plan, { b: broken('FW-ALERTMANAGER') });
    await ended;
    expect(order).toEqual(['+a', '-a', '+b', '+c', '-c']);
    expect(reporter.events.filter((event) => event.startsWith('warning'))).toHaveLength(1);
  });

  it('may be none', async () => {
    const { ended, events } = start(planOf());
    await ended;
    expect(events()).toEqual(['run-ended done']);
  });

  it('do not start when they cannot be put on record', async () => {
    const files = new MemoryFiles();
    files.failOn(`append ${DIRECTORY}/state/journal.jsonl`, broken('FW-DIR-NOT-WRITABLE'));
    const clock = new VirtualClock();
    let ran = 0;
    const ended = executePlan(planOf({ name: 'a' }), {
      run: async () => {
        ran += 1;
      },
      journal: new Journal(instancePaths(DIRECTORY), 'run-1', files, clock),
      reporter: recordingReporter(),
      clock,
      signal: new AbortController().signal,
    });
    expect((await rejectionOf(ended)).code).toBe('FW-DIR-NOT-WRITABLE');
    expect(ran).toBe(0);
  });
});

describe('a step that fails', () => {
  const plan = planOf(
    { name: 'a', undo: 'undo-a' },
    { name: 'b', after: [1], undo: 'undo-b' },
    { name: 'c', after: [2] },
    { name: 'bad', after: [3], undo: 'undo-bad' },
    { name: 'never', after: [4], undo: 'undo-never' },
  );

  it('starts no more; what it did and what is finished is undone in reverse', async () => {
    const { ended, order, events, reporter } = start(plan, { bad: broken() });
    const error = await rejectionOf(ended);
    expect(order.filter((entry) => entry.startsWith('+'))).toEqual([
      '+a',
      '+b',
      '+c',
      '+bad',
      '+undo-bad',
      '+undo-b',
      '+undo-a',
    ]);
    expect(error.code).toBe('FW-NOT-HEALTHY');
    expect(error.exitCode).toBe(5);
    expect(error.details).toEqual(['last line']);
    expect(events().slice(6)).toEqual([
      'step-started 4',
      'step-failed 4 FW-NOT-HEALTHY',
      'undo-started 4',
      'undo-done 4',
      'undo-started 2',
      'undo-done 2',
      'undo-started 1',
      'undo-done 1',
      'run-ended undone',
    ]);
    expect(reporter.events.slice(-4)).toEqual([
      'failed 4 It broke.',
      'undoing PullImage undo-bad',
      'undoing PullImage undo-b',
      'undoing PullImage undo-a',
    ]);
  });

  it('with a code of a mere check ends with 5 all the same: everything is back', async () => {
    const { ended } = start(plan, { bad: broken('FW-IMAGE-VERSION') });
    const error = await rejectionOf(ended);
    expect([error.code, error.exitCode]).toEqual(['FW-IMAGE-VERSION', 5]);
  });

  it('that needs an operator is left as it is: nothing is undone', async () => {
    const { ended, order, events } = start(plan, { bad: broken('FW-MIGRATION-STUCK') });
    const error = await rejectionOf(ended);
    expect([error.code, error.exitCode]).toEqual(['FW-MIGRATION-STUCK', 6]);
    expect(order.join()).not.toContain('undo');
    expect(events().slice(-2)).toEqual(['step-failed 4 FW-MIGRATION-STUCK', 'run-ended stuck']);
  });

  it('with an error nobody declared is a bug, and is undone all the same', async () => {
    const { ended, order } = start(plan, { bad: new TypeError('x is undefined') });
    const error = await rejectionOf(ended);
    expect([error.code, error.exitCode]).toEqual(['FW-BUG', 1]);
    expect(order.slice(-2)).toEqual(['+undo-a', '-undo-a']);
  });

  it.each([
    ['began', 'b', 6, 'Take your change out. Mend it.'],
    ['never began', 'never', 5, 'Mend it.'],
  ])('after a step without a way back that %s: exit %#', async (_what, name, exit, hint) => {
    const steps = plan.steps.map((step) =>
      named(step.action) === name ? { ...step, irreversible: 'Take your change out.' } : step,
    );
    const { ended, order } = start({ ...plan, steps }, { bad: broken() });
    const error = await rejectionOf(ended);
    expect([error.code, error.exitCode]).toEqual(['FW-NOT-HEALTHY', exit]);
    expect(error.hint).toContain(hint);
    expect(order).toContain('-undo-a');
  });

  it('waits for those under way before anything is undone', async () => {
    const parallel = planOf({ name: 'slow', undo: 'undo-slow' }, { name: 'bad' });
    const { ended, order, gates, settle } = start(parallel, { bad: broken() }, true);
    await settle();
    gates.get('bad')!.open();
    await settle();
    expect(order).toEqual(['+slow', '+bad']);
    gates.get('slow')!.open();
    await settle();
    expect(order).toEqual(['+slow', '+bad', '-slow', '+undo-slow']);
    gates.get('undo-slow')!.open();
    expect((await rejectionOf(ended)).exitCode).toBe(5);
  });

  it('is the cause; what falls over after it is not', async () => {
    const parallel = planOf({ name: 'one' }, { name: 'two' });
    const { ended, gates, settle } = start(parallel, {}, true);
    await settle();
    gates.get('two')!.fail(broken('FW-IMAGE-PULL'));
    await settle();
    gates.get('one')!.fail(broken('FW-DOCKER-COMMAND'));
    expect((await rejectionOf(ended)).code).toBe('FW-IMAGE-PULL');
  });
});

describe('a disk that fills up', () => {
  const plan = planOf({ name: 'a', undo: 'undo-a' }, { name: 'bad', after: [1] });
  const full = new FactswayError('FW-DISK-FULL', 'The disk is full.', 'Make some room.');

  it('keeps neither the cause from being told nor anything from being put back', async () => {
    const { ended, gates, settle, order, files } = start(plan, {}, true);
    await settle();
    files.failOn(`append ${DIRECTORY}/state/journal.jsonl`, full);
    gates.get('a')!.open();
    await settle();
    gates.get('undo-a')!.open();
    const error = await rejectionOf(ended);
    expect([error.code, error.exitCode]).toEqual(['FW-DISK-FULL', 5]);
    expect(order).toEqual(['+a', '-a', '+undo-a', '-undo-a']);
  });

  it('while a step fails does not hide why', async () => {
    const { ended, gates, settle, order, files } = start(plan, {}, true);
    await settle();
    gates.get('a')!.open();
    await settle();
    files.failOn(`append ${DIRECTORY}/state/journal.jsonl`, full);
    gates.get('bad')!.fail(broken());
    await settle();
    gates.get('undo-a')!.open();
    expect((await rejectionOf(ended)).code).toBe('FW-NOT-HEALTHY');
    expect(order.at(-1)).toBe('-undo-a');
  });
});

describe('an undo that fails', () => {
  const plan = planOf(
    { name: 'a', undo: 'undo-a' },
    { name: 'b', after: [1], undo: 'undo-b' },
    { name: 'bad', after: [2] },
  );

  it('does not keep the others from being undone, and an operator is asked for', async () => {
    const outcomes = { bad: broken(), 'undo-b': broken('FW-DOCKER-COMMAND') };
    const { ended, order, events } = start(plan, outcomes);
    const error = await rejectionOf(ended);
    expect(error.code).toBe('FW-UNDO-FAILED');
    expect(error.exitCode).toBe(6);
    expect(error.message).toBe('It broke. Putting things back failed as well.');
    expect(error.details).toEqual([
      expect.stringMatching(/^PullImage undo-b: It broke\. ./),
      'last line',
    ]);
    expect(order).toContain('-undo-a');
    expect(events().slice(-5)).toEqual([
      'undo-started 2',
      'undo-failed 2',
      'undo-started 1',
      'undo-done 1',
      'run-ended stuck',
    ]);
  });
});

describe('Ctrl-C', () => {
  const plan = planOf({ name: 'a', undo: 'undo-a' }, { name: 'b', after: [1] });

  it('lets the step under way end, starts no more and undoes nothing', async () => {
    const { ended, order, gates, settle, abort, events, reporter } = start(plan, {}, true);
    await settle();
    abort.abort();
    expect(reporter.events.at(-1)).toContain('what is under way is ended first');
    gates.get('a')!.open();
    const error = await rejectionOf(ended);
    expect([error.code, error.exitCode]).toEqual(['FW-CANCELLED', 130]);
    expect(order).toEqual(['+a', '-a']);
    expect(events().at(-1)).toBe('run-ended cancelled');
    expect(error.hint).toContain('same command again');
  });

  it('during the last step changes nothing: what is done is done', async () => {
    const { ended, gates, settle, abort, events } = start(planOf({ name: 'a' }), {}, true);
    await settle();
    abort.abort();
    gates.get('a')!.open();
    await ended;
    expect(events().at(-1)).toBe('run-ended done');
  });

  it('is the reason when a step falls over because of it', async () => {
    const { ended, order, gates, settle, abort } = start(plan, {}, true);
    await settle();
    abort.abort();
    gates.get('a')!.fail(broken('FW-DOCKER-COMMAND'));
    expect((await rejectionOf(ended)).code).toBe('FW-CANCELLED');
    expect(order).toEqual(['+a']);
  });

  it('before the first step starts nothing at all', async () => {
    const abort = new AbortController();
    abort.abort();
    const files = new MemoryFiles();
    const clock = new VirtualClock();
    const ended = executePlan(plan, {
      run: () => Promise.reject(new Error('must not run')),
      journal: new Journal(instancePaths(DIRECTORY), 'run-1', files, clock),
      reporter: recordingReporter(),
      clock,
      signal: abort.signal,
    });
    expect((await rejectionOf(ended)).code).toBe('FW-CANCELLED');
  });
});

it.each([
  ['left everything as it was ends with 5', new NothingDone(broken()), 5],
  ['changed something ends with 6', broken(), 6],
])('a step that no undo takes back and that %s', async (_, error, exitCode) => {
  const { steps, title } = planOf({ name: 'a' });
  const plan = { title, steps: steps.map((step) => ({ ...step, irreversible: 'Mend it.' })) };
  const { code, exitCode: found } = await rejectionOf(start(plan, { a: error }).ended);
  expect([code, found]).toEqual(['FW-NOT-HEALTHY', exitCode]);
});
