import { createWriteStream } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { directoryStore } from '../../installer/src/adapters/updates/directory-store.ts';
import { withFillLock } from '../../installer/src/adapters/updates/fill-lock.ts';
import { tarSource } from '../../installer/src/adapters/updates/tar-source.ts';
import { carryOutMirror, lookAtMirror } from '../../installer/src/flows/updates/mirror-updates.ts';
import { FactswayError } from '../../installer/src/model/errors.ts';
import { FILL_LOCK } from '../../installer/src/model/updates/mirror.ts';
import { CHANNELS } from '../../installer/src/model/updates/protocol.ts';

/** Served by nobody, and of no name that the store would take for one of its own. */
const INCOMING = /^\.incoming.*\.tar$/;
const KEEP = 2;

/**
 * Fills the directory from an archive on standard input, as `release mirror` does from one on disk: where the volume is
 * reached through its pod alone. One run at a time; what a run that was killed left is removed by the next. Returns the
 * exit code.
 */
export async function fill(
  directory: string,
  input: NodeJS.ReadableStream,
  tell: (line: string) => void,
): Promise<number> {
  const abort = new AbortController();
  process.once('SIGTERM', () => {
    abort.abort();
  });
  try {
    await withFillLock(join(directory, FILL_LOCK), () =>
      take(directory, input, tell, abort.signal),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
    tell(`${error.code}: ${error.message}\n  → ${error.hint}`);
    return 3;
  }
}

async function take(
  directory: string,
  input: NodeJS.ReadableStream,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const left of (await readdir(directory)).filter((name) => INCOMING.test(name)))
    await rm(join(directory, left), { force: true });
  const incoming = join(directory, `.incoming-${randomUUID()}.tar`);
  try {
    await pipeline(input, createWriteStream(incoming, { flags: 'wx' }));
    const places = { source: await tarSource(incoming), store: directoryStore(directory) };
    const request = { channels: CHANNELS, version: undefined, keep: KEEP };
    const plan = await lookAtMirror(request, places);
    await carryOutMirror(plan, places, { signal, reporter: { note: tell, warning: tell } });
    for (const { name, version } of plan.manifests) tell(`${name} offers ${version}`);
    if (plan.manifests.length === 0) tell('nothing is offered that was not before');
  } finally {
    await rm(incoming, { force: true });
  }
}
