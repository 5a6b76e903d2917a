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
  await files.makeDirectory(paths.state, 0o755);
  const owner: Owner = {
    pid: host.pid(),
    processStart: (await host.processStart(host.pid())) ?? '',
    host: host.hostname(),
    command,
    since: clock.now().toISOString(),
  };
  const text = `${JSON.stringify(owner)}\n`;
  if (!(await files.createExclusive(paths.lock, text, 0o644))) await takeOver(paths, text, ports);
  try {
    return await work();
  } finally {
    // Only our own lock: somebody may have judged us dead.
    if ((await files.readText(paths.lock)) === text) await files.remove(paths.lock);
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
  const aside = `${paths.lock}.stale-${random.id()}`;
  try {
    await files.rename(paths.lock, aside);
  } catch {
    throw locked(undefined);
  }
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
