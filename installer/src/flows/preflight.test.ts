import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { ENGINE, fakeMachine, fakeProbes } from '../../../test/fakes/preflight.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf, errorOf } from '../../../test/fakes/thrown.ts';
import type { CheckResult } from '../model/check-result.ts';
import { FactswayError } from '../model/errors.ts';
import { passPreflight, preflightError, preflightSummary } from './preflight-verdict.ts';
import { preflight, readPurpose, requireCheckNames } from './preflight.ts';

const desired = desiredWith({ host: { name: 'localhost' }, images: { source: 'debian' } });
const GONE = new FactswayError('FW-DOCKER-UNREACHABLE', 'No Docker Engine answers.', 'Start it.');
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const hours = 3_600_000;
let ports: FakePorts;

beforeEach(() => {
  const { docker, compose } = new FakeEngine(desired);
  ports = fakePorts({ docker, compose, machine: fakeMachine(), engineProbes: fakeProbes() });
  ports.files.directories.set('/run/systemd/system', 0o755);
  const ask = ports.machine.ask.bind(ports.machine);
  ports.machine.ask = async (argv) =>
    argv[0] === 'systemctl' ? { exitCode: 0, stdout: 'enabled\n' } : ask(argv);
});

const look = (skip: readonly string[] = [], deadlineMs?: number): Promise<CheckResult[]> =>
  preflight(
    { purpose: 'install', skip, ...(deadlineMs === undefined ? {} : { deadlineMs }) },
    desired,
    ports,
  );
const of = (results: readonly CheckResult[], name: string): CheckResult =>
  results.find((one) => one.name === name)!;
const not = (results: readonly CheckResult[], status: string): string[] =>
  results.filter((one) => one.status !== status).map(({ name }) => name);

describe('preflight', () => {
  it('of a good server is green, and changes nothing', async () => {
    expect(not(await look(), 'pass')).toEqual([]);
    expect(ports.files.changes).toEqual([]);
  });

  it('leaves out what has nothing to look at: no registry, no certificate of the customer', async () => {
    const names = (await look()).map(({ name }) => name);
    expect(names).not.toContain('registry');
    expect(names.filter((name) => name.startsWith('tls'))).toEqual([]);
  });

  it('before an upgrade looks at what an upgrade needs', async () => {
    const results = await preflight({ purpose: 'upgrade', skip: [] }, desired, ports);
    const names = results.map(({ name }) => name);
    expect(names).toContain('memory-two-slots');
    expect(names).not.toContain('docker-boot');
  });

  it('goes on when a collector fails, and says what cannot be told', async () => {
    ports.machine.platform = () => Promise.reject(new Error('no /proc'));
    const results = await look();
    expect(not(results, 'pass')).toEqual([
      'platform',
      'kernel',
      'cores',
      'memory',
      'overcommit',
      'open-files',
    ]);
    expect(of(results, 'kernel')).toMatchObject({
      status: 'warn',
      found: 'cannot be told: no /proc',
    });
    expect(of(results, 'kernel').remedy).toContain('--skip-check kernel');
  });

  it('does not wait for a collector that hangs', async () => {
    ports.machine.nameServerAnswers = never;
    const results = await look([], 40);
    expect(not(results, 'pass')).toEqual(['dns']);
    expect(of(results, 'dns').found).toBe('cannot be told: dns: no answer within 0.04 s');
  });

  it('an engine that hangs is no pass either', async () => {
    const results = await (async () => {
      ports = { ...ports, engineProbes: fakeProbes({ details: never }) };
      return look([], 40);
    })();
    expect(of(results, 'docker').status).toBe('warn');
    expect(of(results, 'platform').status).toBe('pass');
  });

  it('tells of a missing engine once, under its code; what needs one is not looked at', async () => {
    ports = { ...ports, engineProbes: fakeProbes({ details: () => Promise.reject(GONE) }) };
    const results = await look();
    expect(of(results, 'docker')).toMatchObject({
      status: 'fail',
      code: 'FW-DOCKER-UNREACHABLE',
      found: 'No Docker Engine answers',
      remedy: 'Start it.',
    });
    expect(of(results, 'ports')).toMatchObject({
      status: 'skip',
      found: 'not looked at: see docker',
    });
    expect(preflightError(results)?.all.map(({ code }) => code)).toEqual(['FW-DOCKER-UNREACHABLE']);
    // What is on the disk can be judged all the same.
    expect(of(results, 'secret-files').status).toBe('pass');
    expect(of(results, 'directory').status).toBe('pass');
  });

  it('an engine that goes away in between does not hide behind its own green check', async () => {
    ports.docker.networks = () => Promise.reject(GONE);
    const results = await look();
    expect(of(results, 'docker').status).toBe('pass');
    expect(of(results, 'address-ranges').status).toBe('warn');
  });

  it('asks each collector once, however many checks need it', async () => {
    let asked = 0;
    ports = {
      ...ports,
      engineProbes: fakeProbes({
        details: async () => {
          asked += 1;
          return ENGINE;
        },
      }),
    };
    await look();
    expect(asked).toBe(1);
  });
});

describe('a check that is skipped by name', () => {
  beforeEach(() => {
    ports.host.busy.add('0.0.0.0:443');
  });

  it('no longer counts, and still says what it found', async () => {
    expect(preflightError(await look())?.code).toBe('FW-PORT-IN-USE');
    const results = await look(['ports']);
    expect(preflightError(results)).toBeUndefined();
    expect(of(results, 'ports')).toMatchObject({
      status: 'skip',
      found: 'would be fail: port 443 on 0.0.0.0 is taken by another program',
      remedy: '',
    });
  });

  it('that nobody has is a usage error with the name that was meant', () => {
    const error = errorOf(() => {
      requireCheckNames(['ports', 'disk-speed']);
    });
    expect([error.code, error.exitCode]).toEqual(['FW-USAGE', 2]);
    expect(error.hint).toContain('Did you mean "disk-space"? Known: platform, ');
    expect(errorOf(() => readPurpose('instal')).hint).toContain('Did you mean "install"?');
  });

  it('there is no name for all of them', () => {
    for (const word of ['all', '*', ''])
      expect(
        errorOf(() => {
          requireCheckNames([word]);
        }).code,
      ).toBe('FW-USAGE');
  });
});

describe('the verdict', () => {
  it('is one error for each failed check, with its code and exit code 3', async () => {
    ports.host.busy.add('0.0.0.0:443');
    ports.host.cpus = 1;
    const fileSystem = ports.machine.fileSystem.bind(ports.machine);
    ports.machine.fileSystem = async (path) => ({ ...(await fileSystem(path)), writable: false });
    const error = preflightError(await look());
    expect(error?.all.map(({ code, exitCode }) => [code, exitCode])).toEqual([
      ['FW-CORES-TOO-FEW', 3],
      ['FW-PORT-IN-USE', 3],
      ['FW-DIR-NOT-WRITABLE', 3],
    ]);
    expect(error?.all[1]?.message).toBe('Port 443 on 0.0.0.0 is taken by another program.');
    expect(error?.all[2]?.message).toMatch(/^\/opt\/factsway cannot be made/);
  });

  it('counts in one line', () => {
    const result = (status: CheckResult['status']): CheckResult => ({
      name: 'x',
      status,
      found: '',
      remedy: '',
    });
    expect(preflightSummary([result('pass'), result('warn'), result('pass')])).toBe(
      '3 checks: 2 passed, 1 warned',
    );
    expect(preflightSummary([result('skip'), result('fail')])).toBe(
      '2 checks: 1 failed, 1 skipped',
    );
  });
});

describe('before an installation', () => {
  const pass = (skip: readonly string[] = []) =>
    passPreflight({ purpose: 'install', skip }, desired, ports);

  it('a green one is a single line', async () => {
    await pass();
    expect(ports.reporter.events).toEqual(['note: Preflight, 29 checks: 29 passed.']);
  });

  it('what is not green is told with what to do, and does not stop it', async () => {
    ports.machine.nameServerAnswers = async () => false;
    const results = await pass(['clock']);
    expect(ports.reporter.events).toEqual([
      'note: clock is skipped: would be pass: kept right (timedatectl)',
      'note: ! dns: 192.0.2.53 does not answer',
      expect.stringMatching(/^note: {3}→ Look at it: resolvectl status/),
      'note: Preflight, 29 checks: 27 passed, 1 warned, 1 skipped.',
    ]);
    expect(of(results, 'dns').status).toBe('warn');
  });

  it('what the configuration warns of already is not told twice', async () => {
    const small = desiredWith({ host: { memory: '6GiB' }, images: { source: 'debian' } });
    const results = await passPreflight({ purpose: 'install', skip: [] }, small, ports);
    expect(of(results, 'memory-two-slots').status).toBe('warn');
    expect(ports.reporter.events.join()).not.toContain('one slot');
  });

  it('a failed check stops it', async () => {
    ports.clock.elapsedMs = -48 * hours;
    const error = await rejectionOf(pass());
    expect([error.code, error.exitCode]).toEqual(['FW-CLOCK-WRONG', 3]);
  });

  it('Ctrl-C while it looks ends it without a verdict', async () => {
    const abort = new AbortController();
    abort.abort();
    ports = { ...ports, signal: abort.signal };
    expect((await rejectionOf(pass())).code).toBe('FW-CANCELLED');
  });
});
