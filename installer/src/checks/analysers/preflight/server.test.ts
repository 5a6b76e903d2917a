import { describe, expect, it } from 'vitest';
import { judge, lineOf, NOW } from '../../../../../test/fakes/preflight.ts';
import { GiB } from '../../../model/units.ts';
import type { MachineFacts } from '../../facts-preflight.ts';
import type { AnyCheck } from './check.ts';
import { clock } from './clock.ts';
import { cores } from './cores.ts';
import { kernel } from './kernel.ts';
import { memoryTwoSlots } from './memory-two-slots.ts';
import { memory } from './memory.ts';
import { openFiles } from './open-files.ts';
import { overcommit } from './overcommit.ts';
import { platform } from './platform.ts';

const on = (check: AnyCheck, machine: Partial<MachineFacts>, settings?: object) =>
  judge(
    check,
    (facts) => ({ machine: { ...facts.machine, ...machine } }),
    settings === undefined ? {} : { settings },
  );

describe('platform', () => {
  it.each([
    ['linux', 'x64', 'pass'],
    ['linux', 'arm64', 'pass'],
    ['linux', 'riscv64', 'fail'],
    ['darwin', 'arm64', 'fail'],
  ])('%s on %s: %s', (system, architecture, status) => {
    expect(on(platform, { system, architecture }).status).toBe(status);
  });
});

describe('kernel', () => {
  it.each([
    ['4.17.19', 'fail FW-KERNEL-TOO-OLD: 4.17.19; 4.18 or newer is needed'],
    ['4.18.0-553.el8', 'pass: 4.18.0-553.el8'],
    ['4.19.0', 'pass: 4.19.0'],
    ['3.10.0', 'fail FW-KERNEL-TOO-OLD: 3.10.0; 4.18 or newer is needed'],
    ['10.0.0', 'pass: 10.0.0'],
    ['nonsense', 'warn: the kernel calls itself "nonsense"'],
  ])('%s', (version, line) => {
    expect(lineOf(on(kernel, { kernel: version }))).toBe(line);
  });
});

describe('cores', () => {
  const settings = (amount: number) => ({ host: { cores: amount }, images: { source: 'debian' } });

  it.each([
    [2, 1, 'fail'],
    [2, 2, 'pass'],
    [2, 3, 'pass'],
    [1, 1, 'warn'],
  ])('%d promised, %d there: %s', (promised, there, status) => {
    expect(on(cores, { cores: there }, settings(promised)).status).toBe(status);
  });

  it('names the setting with the number that fits', () => {
    const { code, remedy } = on(cores, { cores: 3 }, settings(8));
    expect([code, remedy]).toEqual(['FW-CORES-TOO-FEW', 'Say what is there: --set host.cores=3']);
  });
});

describe('memory', () => {
  it.each([
    // What is sold as 6 GiB shows a little less.
    [5.4, '6GiB', 'fail'],
    [5.5, '6GiB', 'warn'],
    [6, '6GiB', 'pass'],
    [7.2, '8GiB', 'fail'],
    [7.3, '8GiB', 'warn'],
    [8, '8GiB', 'pass'],
    [16, '8GiB', 'pass'],
  ])('%d GiB there, host.memory %s: %s', (there, promised, status) => {
    const settings = { host: { memory: promised }, images: { source: 'debian' } };
    expect(on(memory, { memoryBytes: there * GiB }, settings).status).toBe(status);
  });

  it('says which setting fits what is there', () => {
    const settings = { host: { memory: '64GiB' }, images: { source: 'debian' } };
    const verdict = on(memory, { memoryBytes: 15.7 * GiB }, settings);
    expect(verdict.code).toBe('FW-MEMORY-TOO-SMALL');
    expect(verdict.remedy).toContain('host.memory=15872MiB');
  });

  it('warns where two slots do not fit, in the words of the sizing', () => {
    const of = (size: string) =>
      judge(memoryTwoSlots, undefined, {
        settings: { host: { memory: size }, images: { source: 'debian' } },
      });
    expect(of('8GiB').status).toBe('pass');
    expect(lineOf(of('6GiB'))).toContain('warn: 6GiB hold one slot only');
  });
});

describe('limits of the kernel', () => {
  it.each([
    [0, 'pass'],
    [1, 'pass'],
    [2, 'warn'],
    [undefined, 'pass'],
  ])('vm.overcommit_memory %s: %s', (mode, status) => {
    expect(on(overcommit, { overcommit: mode }).status).toBe(status);
  });

  it.each([
    [4095, 'warn'],
    [4096, 'pass'],
    [undefined, 'pass'],
  ])('%s open files for a container: %s', (engineOpenFiles, status) => {
    expect(on(openFiles, { engineOpenFiles }).status).toBe(status);
  });

  it.each([
    [65_535, 'warn'],
    [65_536, 'pass'],
  ])('%d left on the server: %s', (left, status) => {
    const verdict = on(openFiles, { openFiles: { open: 1000, most: 1000 + left } });
    expect(verdict.status).toBe(status);
  });
});

describe('clock', () => {
  const skewed = (seconds: number) =>
    judge(clock, (facts) => ({
      clock: {
        ...facts.clock,
        registry: { host: 'registry.example.com', theirsMs: NOW, oursMs: NOW + seconds * 1000 },
      },
    }));

  it.each([
    [5, 'pass'],
    [5.1, 'warn'],
    [-5.1, 'warn'],
    [300, 'warn'],
    [300.1, 'fail'],
    [-86_400, 'fail'],
  ])('%d s off the registry: %s', (seconds, status) => {
    expect(skewed(seconds).status).toBe(status);
  });

  it('says both times and how far they are apart', () => {
    expect(lineOf(skewed(86_400))).toBe(
      'fail FW-CLOCK-WRONG: 2026-01-03 03:04:05 UTC here, 2026-01-02 03:04:05 UTC at registry.example.com: 24 h apart',
    );
  });

  it('before this installer was made is wrong, five minutes aside', () => {
    const built = (ms: number) =>
      judge(clock, (facts) => ({ clock: { ...facts.clock, builtMs: NOW + ms } }));
    expect(built(300_000).status).toBe('pass');
    expect(lineOf(built(300_001))).toContain('fail FW-CLOCK-WRONG');
  });

  it.each([
    [{ yes: true, source: 'chronyc' }, 'pass: kept right (chronyc)'],
    [{ yes: false, source: 'timedatectl' }, 'warn: no time service keeps it right (timedatectl)'],
    [
      undefined,
      'warn: whether it is kept right cannot be told: neither timedatectl nor chronyc answers',
    ],
  ])('kept right: %j', (synchronised, line) => {
    const verdict = judge(clock, (facts) => ({ clock: { ...facts.clock, synchronised } }));
    expect(lineOf(verdict)).toBe(line);
  });
});
