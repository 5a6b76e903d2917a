import type { ProxyAnswer, ProxyQuestion } from '../model/proxy-answer.ts';

/** One place on a disk as the kernel sees it. */
export type FileSystem = {
  /** The path asked for, without links, or the nearest above it that exists. */
  readonly path: string;
  readonly device: number;
  readonly totalBytes: number;
  /** What this user may still write. */
  readonly freeBytes: number;
  /** Zero where the file system makes them as it needs them. */
  readonly inodes: number;
  readonly freeInodes: number;
  /** Whether this user may make a file in `path`. */
  readonly writable: boolean;
};

export type PathKind = 'absent' | 'directory' | 'file' | 'dangling-link';

/**
 * What `preflight` asks the machine beyond the other ports. Nothing in here changes it, and every call
 * ends by itself.
 */
export type Machine = {
  /** As Node.js names them: `linux`, `x64`, and the release of the kernel. */
  platform(): Promise<{ system: string; architecture: string; kernel: string }>;
  /** Of this machine's interfaces, loopback included. */
  addresses(): Promise<string[]>;
  /** When this installer was built; undefined when it runs from source. */
  builtAt(): Promise<Date | undefined>;
  /** Of these variables of the environment the ones that are set and not empty. */
  environment(names: readonly string[]): Promise<Record<string, string>>;
  kindOf(path: string): Promise<PathKind>;
  fileSystem(path: string): Promise<FileSystem>;
  /**
   * Milliseconds of each synced write of `bytes`, one after the other, until one of the limits is
   * reached. Into a file without a name: nothing is left behind, even by a kill.
   */
  writeLatencies(
    directory: string,
    limits: { bytes: number; samples: number; milliseconds: number },
  ): Promise<number[]>;
  /** `nginx (pid 812)` for who listens on a TCP port; undefined where that cannot be seen. */
  portHolder(port: number): Promise<string | undefined>;
  nameServers(): Promise<string[]>;
  /** Whether a name server sends an answer, whatever it says. */
  nameServerAnswers(): Promise<boolean>;
  /** Addresses of a name; empty when it does not resolve. */
  resolve(name: string): Promise<string[]>;
  /** Asks a proxy from this host, for three seconds at most. */
  askProxy(question: ProxyQuestion): Promise<ProxyAnswer>;
  /** Runs a program that only reads; undefined when it is not installed or does not end. */
  ask(argv: readonly string[]): Promise<{ exitCode: number; stdout: string } | undefined>;
};
