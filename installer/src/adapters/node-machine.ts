import { execa } from 'execa';
import { Resolver, getServers } from 'node:dns/promises';
import { constants, fdatasyncSync, writeSync } from 'node:fs';
import { access, lstat, open, readFile, realpath, stat, statfs, unlink } from 'node:fs/promises';
import { networkInterfaces, release } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProxyAnswer, ProxyQuestion } from '../model/proxy-answer.ts';
import type { FileSystem, Machine, PathKind } from '../ports/machine.ts';
import { codeOf } from './file-errors.ts';
import { findPortHolder } from './port-holder.ts';
import { probeProxy } from './proxy-probe.ts';

/** Put in by the build; a run from source has none. */
declare const FACTSWAY_BUILT: string | undefined;

const ASK_MS = 3000;
const RESOLVE_MS = 1500;
const PROXY_MS = 3000;
/** open(2), O_TMPFILE without its O_DIRECTORY: the same on x64 and arm64, and missing in Node.js. */
const TMPFILE = 0o20000000;
/** Overwritten again and again, as the database does with a segment of its log. */
const BLOCKS = 16;

export class NodeMachine implements Machine {
  platform() {
    const { platform: system, arch: architecture } = process;
    return Promise.resolve({ system, architecture, kernel: release() });
  }

  addresses(): Promise<string[]> {
    const lists = Object.values(networkInterfaces());
    return Promise.resolve(lists.flatMap((list) => (list ?? []).map(({ address }) => address)));
  }

  builtAt(): Promise<Date | undefined> {
    const built = typeof FACTSWAY_BUILT === 'undefined' ? '' : FACTSWAY_BUILT;
    return Promise.resolve(built === '' ? undefined : new Date(built));
  }

  environment(names: readonly string[]): Promise<Record<string, string>> {
    const set = names.flatMap((name) => {
      const value = process.env[name] ?? '';
      return value === '' ? [] : [[name, value] as const];
    });
    return Promise.resolve(Object.fromEntries(set));
  }

  async kindOf(path: string): Promise<PathKind> {
    const target = await stat(path).catch(() => undefined);
    if (target) return target.isDirectory() ? 'directory' : 'file';
    return (await lstat(path).catch(() => undefined)) ? 'dangling-link' : 'absent';
  }

  async fileSystem(path: string): Promise<FileSystem> {
    const nearest = await nearestExisting(path);
    const [figures, { dev }, writable] = await Promise.all([
      statfs(nearest),
      stat(nearest),
      access(nearest, constants.W_OK).then(
        () => true,
        () => false,
      ),
    ]);
    return {
      path: nearest,
      device: dev,
      totalBytes: figures.blocks * figures.bsize,
      freeBytes: figures.bavail * figures.bsize,
      inodes: figures.files,
      freeInodes: figures.ffree,
      writable,
    };
  }

  async writeLatencies(
    directory: string,
    { bytes, samples, milliseconds }: Parameters<Machine['writeLatencies']>[1],
  ): Promise<number[]> {
    const file = await openNameless(directory);
    try {
      const block = Buffer.alloc(bytes, 0x5a);
      const taken: number[] = [];
      const start = performance.now();
      while (taken.length < samples && performance.now() - start < milliseconds) {
        const before = performance.now();
        // Not awaited, or the time of everything else we do would be in it.
        writeSync(file.fd, block, 0, bytes, (taken.length % BLOCKS) * bytes);
        fdatasyncSync(file.fd);
        taken.push(performance.now() - before);
        await nextTurn();
      }
      return taken;
    } finally {
      await file.close();
    }
  }

  portHolder(port: number): Promise<string | undefined> {
    return findPortHolder(port);
  }

  nameServers(): Promise<string[]> {
    return Promise.resolve(getServers());
  }

  async nameServerAnswers(): Promise<boolean> {
    try {
      await resolver().resolve('.', 'NS');
      return true;
    } catch (error) {
      // Whatever else it is, somebody said it.
      return !['ETIMEOUT', 'ECONNREFUSED', 'ECANCELLED', 'EAI_AGAIN'].includes(codeOf(error));
    }
  }

  /** Not getaddrinfo: it cannot be told to stop, and would keep us from ending. */
  async resolve(name: string): Promise<string[]> {
    if (/^[\d.]+$|:/.test(name)) return [name];
    const local = await fromHostsFile(name);
    if (local.length > 0) return local;
    if (/^(.+\.)?localhost$/i.test(name)) return ['127.0.0.1'];
    const found = await Promise.all([
      resolver()
        .resolve4(name)
        .catch(() => []),
      resolver()
        .resolve6(name)
        .catch(() => []),
    ]);
    return found.flat();
  }

  async askProxy(question: ProxyQuestion): Promise<ProxyAnswer> {
    const start = performance.now();
    const [address] = await this.resolve(new URL(question.proxy).hostname.replace(/^\[|\]$/g, ''));
    if (address === undefined) return { answer: 'unreachable', reason: 'its name leads nowhere' };
    return probeProxy(question, address, PROXY_MS - (performance.now() - start));
  }

  async ask(argv: readonly string[]) {
    const [program = '', ...rest] = argv;
    const { exitCode, stdout } = await execa(program, rest, {
      stdin: 'ignore',
      reject: false,
      timeout: ASK_MS,
      env: { LC_ALL: 'C' },
    });
    return exitCode === undefined ? undefined : { exitCode, stdout };
  }
}

const resolver = (): Resolver => new Resolver({ timeout: RESOLVE_MS, tries: 1 });

async function nearestExisting(path: string): Promise<string> {
  for (let above = path; ; above = dirname(above)) {
    const found = await realpath(above).catch(() => undefined);
    if (found !== undefined || above === dirname(above)) return found ?? above;
  }
}

/** A file no directory lists: gone with its last handle, whatever becomes of us. */
async function openNameless(directory: string) {
  try {
    return await open(directory, TMPFILE | constants.O_DIRECTORY | constants.O_RDWR, 0o600);
  } catch (error) {
    if (!['EOPNOTSUPP', 'EISDIR', 'ENOENT'].includes(codeOf(error))) throw error;
  }
  // Old and network file systems: named for the blink of an eye.
  const path = join(directory, `.factsway-latency-${process.pid}`);
  const file = await open(path, 'wx', 0o600);
  await unlink(path);
  return file;
}

async function fromHostsFile(name: string): Promise<string[]> {
  const text = await readFile('/etc/hosts', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return names.some((one) => one.toLowerCase() === name.toLowerCase()) ? [address] : [];
  });
}
