import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { lookup, lookupService } from 'node:dns/promises';
import { createServer } from 'node:net';
import { cpus, hostname, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { FactswayError } from '../model/errors.ts';
import type { Clock, Host, Random } from '../ports/host.ts';
import { INSTANCE_MARK } from './instance-mark.ts';

/** Field 22 of /proc/PID/stat: clock ticks from boot to the start of the process (proc(5)). */
const START_TIME = 22;

/** Field 3 of the same: ended, and not yet (Z) or just now (X, x) taken away. */
const ENDED = ['Z', 'X', 'x'];

/** The kernel picks one. */
const ANY_PORT = 0;

/** A resolver that does not answer must not be waited for. */
const RESOLVER_MS = 2000;

export class NodeHost implements Host {
  hostname(): string {
    return hostname();
  }

  /** As `hostname --fqdn` does it: the address of our own name, and the first name of that address. */
  async fullName(): Promise<string | undefined> {
    const name = hostname();
    if (name.includes('.')) return name;
    const asked = (async () => {
      const { address } = await lookup(name);
      const found = (await lookupService(address, 0)).hostname;
      return found.startsWith(`${name}.`) ? found : undefined;
    })().catch(() => undefined);
    return Promise.race([asked, sleep(RESOLVER_MS, undefined, { ref: false })]);
  }

  timeZone(): string {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  memoryBytes(): number {
    return totalmem();
  }

  cores(): number {
    return cpus().length;
  }

  isRoot(): boolean {
    return process.getuid?.() === 0;
  }

  pid(): number {
    return process.pid;
  }

  async processStart(pid: number): Promise<string | undefined> {
    try {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The command name, field 2, stands in parentheses and may hold spaces.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return ENDED.includes(fields[0] ?? '') ? undefined : fields[START_TIME - 3];
    } catch {
      return undefined;
    }
  }

  async workersOf(directory: string): Promise<number[]> {
    const mark = `${INSTANCE_MARK}=${directory}`;
    const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      pids.map(async (pid) => {
        // Of another user, or gone by now: of an ended process it is empty.
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
        return environment.split('\0').includes(mark) ? [Number(pid)] : [];
      }),
    );
    return found.flat();
  }

  async portBusy(bind: string, port: number): Promise<boolean> {
    return (await listenOnce(bind, port)) === 'EADDRINUSE';
  }

  async hasAddress(bind: string): Promise<boolean> {
    const refused = await listenOnce(bind, ANY_PORT);
    return refused !== 'EADDRNOTAVAIL' && refused !== 'EAFNOSUPPORT';
  }
}

/** Listens for a moment; the code of what refuses it, or nothing. */
function listenOnce(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code);
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });
}

export const nodeClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, signal ? { signal } : {});
    } catch {
      throw new FactswayError(
        'FW-CANCELLED',
        'Interrupted.',
        'Run the same command again to continue.',
      );
    }
  },
};

export const nodeRandom: Random = {
  secret: (bytes) => randomBytes(bytes).toString('base64url'),
  id: () => randomUUID().slice(0, 8),
};
