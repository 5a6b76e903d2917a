import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { fakeMachine, fakeProbes } from '../../../../test/fakes/preflight.ts';
import {
  CTRL_C,
  scriptedPrompter,
  type Reply,
  type ScriptedPrompter,
} from '../../../../test/fakes/prompter.ts';
import { runCli } from '../run-cli.ts';

let ports: FakePorts;
let prompter: ScriptedPrompter;
beforeEach(() => {
  const engine = new FakeEngine(desiredWith());
  ports = fakePorts({
    docker: engine.docker,
    compose: engine.compose,
    machine: fakeMachine(),
    engineProbes: fakeProbes(),
  });
});

const putRelease = (): void => {
  const record = { version: '1.0.0', slot: 'a', schema: '0004', at: '2026-01-01T00:00:00Z' };
  ports.files.put(`${DIRECTORY}/state/release.json`, JSON.stringify(record));
};
const useEngine = ({ docker, compose }: FakeEngine): void => {
  ports = { ...ports, docker, compose };
};

/** A command line with somebody at the terminal, who replies. */
async function run(argv: readonly string[], replies: readonly Reply[], answerable = true) {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  prompter = scriptedPrompter(...replies);
  const exit = await runCli(argv, {
    version: '1.2.3',
    stdout: { write: (text) => void stdout.push(text), columns: 80 },
    stderr: { write: (text) => void stderr.push(text), columns: 80 },
    color: false,
    answerable,
    defaultDirectory: DIRECTORY,
    resolveDirectory: (typed) => typed,
    createPorts: async () => ({ ...ports, prompter }),
  });
  return { exit, stdout: stdout.join(''), stderr: stderr.join('') };
}
const asked = (): string => prompter.screens.at(0) ?? 'nothing was asked';

describe('the wizard starts', () => {
  it.each([
    { argv: [] },
    { argv: ['--dir', '/srv/other'] },
    { argv: ['--plain'] },
    { argv: ['install'] },
    { argv: ['install', '--no-start'] },
  ])('with $argv', async ({ argv }) => {
    const { exit } = await run(argv, [CTRL_C]);
    expect(asked()).toContain('set up this server');
    expect(exit).toBe(130);
  });
});

describe('the wizard does not start', () => {
  it.each([
    { argv: ['install', '--dry-run', '--no-start'] },
    { argv: ['install', '--yes', '--no-start'] },
    { argv: ['install', '--set', 'images.source=debian', '--no-start'] },
    { argv: ['install', '--answers', '/none.yaml'] },
    { argv: ['--help'] },
    { argv: ['--quiet'] },
    { argv: ['--json'] },
    { argv: ['statsu'] },
  ])('with $argv', async ({ argv }) => {
    await run(argv, []);
    expect(asked()).toBe('nothing was asked');
  });

  it('where nobody can answer: that is a call for help, which does not list it', async () => {
    const { exit, stdout } = await run([], [], false);
    expect(exit).toBe(0);
    expect(stdout).toContain('Usage: factsway-install');
    expect(stdout).not.toMatch(/^ {2}start/m);
  });
});

describe('an instance that exists', () => {
  beforeEach(() => {
    ports.files.put(`${DIRECTORY}/factsway.yaml`, 'images:\n  source: debian\n');
  });

  it('is shown, with what can be done', async () => {
    const { exit } = await run([], ['leave']);
    expect(asked()).toContain('FACTSWAY in /opt/factsway\nThe installation has not been finished.');
    expect(asked()).toContain('0 of its 16 parts run so far.');
    expect(asked()).toContain('> Finish the installation');
    expect(exit).toBe(0);
  });

  it('that runs and yet was not finished is finished first of all', async () => {
    useEngine(FakeEngine.running(desiredWith()));
    const { exit, stdout } = await run([], ['up', 'no']);
    expect(asked()).toContain('16 of its 16 parts run so far.');
    expect(asked()).toContain('> Finish the installation');
    expect(prompter.screens.at(-1)).toBe('Carry out this plan?');
    expect(stdout).toBe('');
    expect(exit).toBe(130);
  });

  it('that was finished and lost a part is brought back, one in good order looked at', async () => {
    putRelease();
    await run([], ['leave']);
    expect(asked()).toContain('> Bring it back');
    useEngine(FakeEngine.running(desiredWith()));
    await run([], ['leave']);
    expect(asked()).toContain('> See every part of it');
    expect(asked()).not.toMatch(/Bring it back|Finish/);
  });

  it('whose last change was interrupted finishes that first, also where everything runs', async () => {
    putRelease();
    useEngine(FakeEngine.running(desiredWith()));
    const begun = {
      run: 'r1',
      at: '2026-01-02T03:04:05.000Z',
      event: 'run-started',
      command: 'up',
    };
    const step = { run: 'r1', event: 'step-started', step: 1 };
    const ended = { run: 'r1', event: 'run-ended', outcome: 'cancelled' };
    const journal = [begun, step, ended].map((entry) => JSON.stringify(entry)).join('\n');
    ports.files.put(`${DIRECTORY}/state/journal.jsonl`, journal);
    await run([], ['leave']);
    expect(asked()).toContain(
      'The last change, begun at 2026-01-02T03:04:05.000Z, was interrupted.',
    );
    expect(asked()).toContain('> Finish the change');
  });

  it('is told part by part', async () => {
    const { exit, stdout } = await run([], ['status']);
    expect(stdout).toContain('COMPONENT');
    expect(exit).toBe(3);
  });

  it('is changed by the same questions', async () => {
    const { exit } = await run([], ['settings', CTRL_C]);
    expect(prompter.screens[1]).toContain('The settings');
    expect(exit).toBe(130);
  });

  it('whose file cannot be read has to be mended first', async () => {
    ports.files.put(`${DIRECTORY}/factsway.yaml`, 'edge: [\n');
    const { exit, stderr } = await run([], []);
    expect(stderr).toContain('FW-CONFIG-SYNTAX');
    expect(exit).toBe(2);
  });
});
