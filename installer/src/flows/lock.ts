import { join } from 'node:path';
import { FactswayError } from '../model/errors.ts';
import type { Files } from '../ports/files.ts';
import type { Clock, Host, Random } from '../ports/host.ts';
import type { InstancePaths } from './paths.ts';

type Owner = { pid: number; processStart: string; host: string; command: string; since: string };
type Ports = {
  readonly files: Files;
  readonly host: Host;
  readonly clock: Clock;
  readonly random: Random;
};

/** What a lock is called between being taken away from its dead owner and being removed. */
const STALE = 'lock.stale-';

/**
 * Runs `work` as the only run on this instance. A lock whose process is gone (or whose pid now belongs
 * to another process) is taken over. Throws FW-LOCKED, naming the owner.
 */
export async function withLock<T>(
  paths: InstancePaths,
  command: string,
  ports: Ports,
  work: () => Promise<T>,
): Promise<T> {
  const { files, host, clock } = ports;
  const owner: Owner = {
    pid: host.pid(),
    processStart: (await host.processStart(host.pid())) ?? '',
    host: host.hostname(),
    command,
    since: clock.now().toISOString(),
  };
  const text = `${JSON.stringify(owner)}\n`;
  if (!(await files.createExclusive(paths.lock, text, 0o644))) await takeOver(paths, text, ports);
  // Only our own lock: somebody may have judged us dead.
  const release = async (): Promise<void> => {
    if ((await files.readText(paths.lock)) === text) await files.remove(paths.lock);
  };
  try {
    await removeStale(paths, ports);
    const result = await work();
    await release();
    return result;
  } catch (error) {
    // Why the work failed is the news; a lock that cannot be removed is taken over by the next run.
    await release().catch(() => undefined);
    throw error;
  }
}

/** Whether a run that lives, or that cannot be seen from here, holds the lock. */
export async function isHeld(
  paths: InstancePaths,
  { files, host }: Pick<Ports, 'files' | 'host'>,
): Promise<boolean> {
  const owner = parseOwner((await files.readText(paths.lock)) ?? '');
  // Our own is no reason to look away.
  return owner !== undefined && owner.pid !== host.pid() && isAlive(owner, host);
}

/** Locks of dead owners whose taker was killed half way. That of a living one is about to be put back. */
async function removeStale(paths: InstancePaths, { files, host }: Ports): Promise<void> {
  const names = (await files.list(paths.state)).filter((name) => name.startsWith(STALE));
  for (const path of names.map((name) => join(paths.state, name))) {
    const owner = parseOwner((await files.readText(path)) ?? '');
    if (!owner || !(await isAlive(owner, host))) await files.remove(path);
  }
}

async function takeOver(
  paths: InstancePaths,
  text: string,
  { files, host, random }: Ports,
): Promise<void> {
  const found = await files.readText(paths.lock);
  const owner = found === undefined ? undefined : parseOwner(found);
  if (owner && (await isAlive(owner, host))) throw locked(owner);
  // A rename moves one file once: of two runs that see the same dead owner only one gets further.
  const aside = join(paths.state, `${STALE}${random.id()}`);
  if (!(await files.rename(paths.lock, aside))) throw locked(undefined);
  const moved = await files.readText(aside);
  await files.remove(aside);
  if (moved !== found) {
    // Somebody else took over in between and this is their lock: it goes back where it was.
    await files.createExclusive(paths.lock, moved ?? '', 0o644);
    throw locked(undefined);
  }
  if (!(await files.createExclusive(paths.lock, text, 0o644))) throw locked(undefined);
}

async function isAlive(owner: Owner, host: Host): Promise<boolean> {
  if (owner.host !== host.hostname()) return true;
  return (await host.processStart(owner.pid)) === owner.processStart;
}

function parseOwner(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    // A lock cut off while it was written belongs to a process that is gone.
    return undefined;
  }
}

function locked(owner: Owner | undefined): FactswayError {
  const who = owner
    ? `"${owner.command}" (pid ${owner.pid} on ${owner.host}, since ${owner.since})`
    : 'another run that started at the same moment';
  return new FactswayError(
    'FW-LOCKED',
    `This instance is in use by ${who}.`,
    owner
      ? `Wait for it, or look at it: ps -fp ${owner.pid}`
      : 'Run the command again in a moment.',
  );
}
