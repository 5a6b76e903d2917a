/** Facts about the machine we run on and the process we are. */
export type Host = {
  hostname(): string;
  /** The host name with its domain, where the resolver knows one; asks for two seconds at most. */
  fullName(): Promise<string | undefined>;
  timeZone(): string;
  /** Bytes of physical memory. */
  memoryBytes(): number;
  cores(): number;
  isRoot(): boolean;
  pid(): number;
  /**
   * When the process with this pid started, in a form that can only be compared; undefined when it is gone. One that
   * ended and waits for its parent to notice (a zombie) is gone.
   */
  processStart(pid: number): Promise<string | undefined>;
  /** Pids of what any run has started to change the engine for this instance, and that is still at work. */
  workersOf(directory: string): Promise<number[]>;
  /** Whether something listens on the port already. */
  portBusy(bind: string, port: number): Promise<boolean>;
  /** Whether one can listen on the address: it is one of this server's, or stands for all of them. */
  hasAddress(bind: string): Promise<boolean>;
};

export type Clock = {
  now(): Date;
  monotonicMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** Cryptographically strong randomness. */
export type Random = { secret(bytes: number): string; id(): string };
