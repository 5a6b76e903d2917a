import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { fail, pass } from '../model/check-result.ts';
import type { CommandInput } from './command.ts';
import { status } from './commands/status.ts';
import { verify } from './commands/verify.ts';
import { gatesError } from './verdict.ts';

describe('the verdict on gates', () => {
  it('is no error when all are green', () => {
    expect(gatesError([])).toBeUndefined();
    expect(gatesError([pass('edge', 'answers')])).toBeUndefined();
  });

  it('names those that failed, what was found and what to do first', () => {
    const error = gatesError([
      pass('edge', 'answers'),
      fail('metrics', '2 gaps', 'Look at the targets.'),
      fail('secrets', 'open', 'Close them.'),
    ]);
    expect([error?.code, error?.exitCode]).toEqual(['FW-VERIFY-FAILED', 3]);
    expect(error?.message).toBe('2 of 3 gates failed: metrics, secrets.');
    expect(error?.hint).toBe('Look at the targets.');
    expect(error?.details).toEqual(['metrics: 2 gaps', 'secrets: open']);
  });
});

describe('a command whose checks fail has its whole result, and an error beside it', () => {
  const SETTINGS = { host: { name: 'server1' }, images: { source: 'debian' } };
  const desired = desiredWith(SETTINGS);
  let engine: FakeEngine;
  let ports: FakePorts;
  const input: CommandInput = {
    directory: DIRECTORY,
    argument: undefined,
    options: { gate: ['containers'], timeout: '0' },
    yes: false,
    dryRun: false,
    quiet: false,
    surface: { color: false, columns: 80 },
  };

  beforeEach(() => {
    engine = FakeEngine.running(desired);
    ports = fakePorts({ docker: engine.docker, compose: engine.compose });
    ports.files.put(
      `${DIRECTORY}/factsway.yaml`,
      'host: { name: server1 }\nimages: { source: debian }\n',
    );
  });

  it('status', async () => {
    expect((await status.run(input, ports)).error).toBeUndefined();
    engine.change('container-edge', { health: 'unhealthy' });
    const { text, error } = await status.run(input, ports);
    expect(text).toContain('facts-service-a');
    expect([error?.code, error?.exitCode]).toEqual(['FW-NOT-RUNNING', 3]);
    expect(error?.message).toBe('1 of 16 components are not as they should be: edge.');
  });

  it('verify', async () => {
    expect((await verify.run(input, ports)).error).toBeUndefined();
    engine.change('container-edge', { health: 'unhealthy' });
    const { text, error } = await verify.run(input, ports);
    expect(text).toContain('1 of 1 gate failed: containers.');
    expect([error?.code, error?.exitCode]).toEqual(['FW-VERIFY-FAILED', 3]);
  });
});
