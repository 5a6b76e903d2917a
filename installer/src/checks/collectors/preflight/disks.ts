import type { DirectoryFacts, DiskFacts, DiskPlace, LatencyFacts } from '../../facts-preflight.ts';
import { join } from 'node:path';
import { mountOf, readMounts } from './mounts.ts';
import type { PreflightView } from './view.ts';

/** A page of PostgreSQL, as often and as long as a person does not notice. */
const LATENCY = { bytes: 8192, samples: 200, milliseconds: 700 } as const;

/** Where the instance directory is, or would be made, and where Docker keeps its data, as far as that is here. */
export async function collectDisks(view: PreflightView): Promise<DiskFacts> {
  const { machine, files } = view.ports;
  const root = await view.fact('engine').then(
    ({ rootDirectory, rootIsHere }) => (rootIsHere ? rootDirectory : undefined),
    () => undefined,
  );
  const mounts = await readMounts(files);
  const look = async (use: DiskPlace['use'], path: string): Promise<DiskPlace> => {
    const found = await machine.fileSystem(path);
    const mount = mountOf(found.path, mounts);
    return { ...found, use, type: mount?.type ?? '', readOnly: mount?.readOnly ?? false };
  };
  const places = await Promise.all([
    look('instance', view.directory),
    ...(root === undefined ? [] : [look('docker', root)]),
  ]);
  return { places };
}

/** Each disk once; one that cannot be written to tells nothing. */
export async function collectLatency(view: PreflightView): Promise<LatencyFacts> {
  const { machine } = view.ports;
  const { places } = await view.fact('disks');
  const disks = places.filter(
    ({ device }, index) => places.findIndex((other) => other.device === device) === index,
  );
  const measured = await Promise.all(
    disks.map(async ({ path }) => ({
      path,
      samplesMs: await machine.writeLatencies(path, LATENCY).catch(() => []),
    })),
  );
  return { places: measured };
}

export async function collectDirectory(view: PreflightView): Promise<DirectoryFacts> {
  const { machine, files } = view.ports;
  const path = view.directory;
  const [kind, found, mounts, release] = await Promise.all([
    machine.kindOf(path),
    machine.fileSystem(path),
    readMounts(files),
    readRelease(view),
  ]);
  const mount = mountOf(found.path, mounts);
  return {
    path,
    // A file on the way to it is as much in the way as a file in its place.
    kind: kind === 'absent' && (await machine.kindOf(found.path)) === 'file' ? 'file' : kind,
    nearest: found.path,
    writable: found.writable,
    type: mount?.type ?? '',
    readOnly: mount?.readOnly ?? false,
    release,
  };
}

async function readRelease({ directory, ports }: PreflightView): Promise<string | undefined> {
  try {
    const text = await ports.files.readText(join(directory, 'state/release.json'));
    const { version } = JSON.parse(text ?? '{}') as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
