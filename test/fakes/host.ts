import { FactswayError } from '../../installer/src/model/errors.ts';
import { GiB } from '../../installer/src/model/units.ts';
import type { Clock, Host, Random } from '../../installer/src/ports/host.ts';

/** More naps than any flow needs: a loop that waits for what never comes fails instead of hanging. */
const MOST_NAPS = 5000;

/** Time that passes only while somebody sleeps. `onSleep` is where a test changes the world. */
export class VirtualClock implements Clock {
  elapsedMs = 0;
  naps = 0;
  onSleep: (nap: number) => void = () => undefined;

  now(): Date {
    return new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + this.elapsedMs);
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.naps += 1;
    if (this.naps > MOST_NAPS) throw new Error('this waits for something that never comes');
    this.elapsedMs += ms;
    this.onSleep(this.naps);
    await Promise.resolve();
    if (signal?.aborted) throw new FactswayError('FW-CANCELLED', 'Interrupted.', 'Again.');
  }
}

/** Counts, so that two values are never the same and every run gives the same ones. */
export function countingRandom(): Random {
  let count = 0;
  return {
    secret: (bytes) => `secret-of-${bytes}-bytes-${(count += 1)}`,
    id: () => `id-${(count += 1)}`,
  };
}

export class FakeHost implements Host {
  /** Processes that live, by pid, and when they started. */
  readonly processes = new Map<number, string>([[100, 'boot+100']]);
  readonly busy = new Set<string>();
  /** Addresses of other servers. */
  readonly absent = new Set<string>();
  /** Pids of what a run that is gone left at work. */
  workers: number[] = [];
  ownPid = 100;
  root = true;
  name = 'server1';
  domain = '';
  zone = 'Europe/Berlin';
  memory = 16 * GiB;
  cpus = 4;

  hostname(): string {
    return this.name;
  }
  async fullName(): Promise<string | undefined> {
    return this.domain === '' ? undefined : `${this.name}.${this.domain}`;
  }
  timeZone(): string {
    return this.zone;
  }
  memoryBytes(): number {
    return this.memory;
  }
  cores(): number {
    return this.cpus;
  }
  isRoot(): boolean {
    return this.root;
  }
  pid(): number {
    return this.ownPid;
  }
  async processStart(pid: number): Promise<string | undefined> {
    return this.processes.get(pid);
  }
  async workersOf(): Promise<number[]> {
    return this.workers;
  }
  async portBusy(bind: string, port: number): Promise<boolean> {
    return this.busy.has(`${bind}:${port}`);
  }
  async hasAddress(bind: string): Promise<boolean> {
    return !this.absent.has(bind);
  }
}
