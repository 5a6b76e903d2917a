import type { Files } from '../../../ports/files.ts';
import type { MachineFacts } from '../../facts-preflight.ts';
import type { PreflightView } from './view.ts';

const ENGINE_PID = '/var/run/docker.pid';

/** The server itself, from the kernel's own files. */
export async function collectMachine({ ports }: PreflightView): Promise<MachineFacts> {
  const { machine, host, files } = ports;
  const [platform, overcommit, openFiles, engineOpenFiles] = await Promise.all([
    machine.platform(),
    readNumber('/proc/sys/vm/overcommit_memory', files),
    readOpenFiles(files),
    readEngineLimit(files),
  ]);
  return {
    ...platform,
    cores: host.cores(),
    memoryBytes: host.memoryBytes(),
    overcommit,
    openFiles,
    engineOpenFiles,
  };
}

/** Absent where the kernel has no such file or this user may not read it. */
const read = (path: string, files: Files): Promise<string | undefined> =>
  files.readText(path).catch(() => undefined);

async function readNumber(path: string, files: Files): Promise<number | undefined> {
  const text = (await read(path, files))?.trim();
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

/** file-nr: open, free among the allocated (always 0), most. */
async function readOpenFiles(files: Files): Promise<MachineFacts['openFiles']> {
  const match = /^(\d+)\s+\d+\s+(\d+)/.exec((await read('/proc/sys/fs/file-nr', files)) ?? '');
  return match ? { open: Number(match[1]), most: Number(match[2]) } : undefined;
}

async function readEngineLimit(files: Files): Promise<number | undefined> {
  const pid = await readNumber(ENGINE_PID, files);
  if (pid === undefined) return undefined;
  const limits = (await read(`/proc/${pid}/limits`, files)) ?? '';
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
}
