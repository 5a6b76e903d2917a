import type { KeptLine } from '../model/log-line.ts';
import type { ObservedContainer, ObservedImage } from '../model/observed.ts';

export type EngineInfo = {
  readonly version: string;
  readonly apiVersion: string;
  readonly rootDirectory: string;
};
export type ExecResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};
export type LogOptions = { readonly tail: number };
/** Which lines of a container; both ends, RFC 3339 in UTC, belong to it. */
export type KeptWindow = {
  readonly since?: string;
  readonly until?: string;
  /** The last so many; without it all. */
  readonly tail?: number;
  /** Those that are still to come as well, until it ends. */
  readonly follow: boolean;
};
/** A program at work in a container: its lines while they come, and how it ended once there are no more. */
export type ProgramLines = {
  readonly lines: AsyncIterable<string>;
  readonly ended: () => Promise<ExecResult>;
};

/** The Docker Engine. Every call throws FW-DOCKER-UNREACHABLE when no engine answers. */
export type Docker = {
  info(): Promise<EngineInfo>;
  /** All containers of a Compose project, stopped ones included. */
  containers(project: string): Promise<ObservedContainer[]>;
  container(id: string): Promise<ObservedContainer | undefined>;
  /** Images of these references that are on the host. */
  images(references: readonly string[]): Promise<Record<string, ObservedImage>>;
  /** Names of the project's volumes, without the project prefix. */
  volumes(project: string): Promise<string[]>;
  /** Names of the project's networks, without the project prefix. */
  networks(project: string): Promise<string[]>;
  /** IPv4 range of each of the project's networks, by its name without the project prefix. */
  subnets(project: string): Promise<Record<string, string>>;
  /** Removes these networks of the project; one that is gone already is as good as removed. */
  removeNetworks(project: string, names: readonly string[]): Promise<void>;
  /** Pulls one image; `progress` receives a short line now and then. Throws FW-IMAGE-PULL. */
  pull(reference: string, progress: (line: string) => void): Promise<void>;
  start(id: string): Promise<void>;
  /** Stops within the container's own grace period. */
  stop(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Whether Docker starts it again by itself: after it ended, and with the server. */
  comesBack(id: string, always: boolean): Promise<void>;
  /** How much of a processor it gets when others want it as well; `background`: what they leave. It may run meanwhile. */
  weigh(id: string, weight: 'background' | 'normal'): Promise<void>;
  signal(id: string, signal: string): Promise<void>;
  /**
   * Runs a program inside the container, without a shell; `input` is what it reads, and seen by nobody else. `watch` is
   * given what it writes to stdout as it comes, in pieces of any size.
   */
  exec(
    id: string,
    argv: readonly string[],
    input?: string,
    watch?: (piece: string) => void,
  ): Promise<ExecResult>;
  /**
   * Runs an image as a container of its own that reads `input` and leaves nothing: it writes to memory alone, in these
   * directories. It has a way out, and reads the directories of this server that are given.
   */
  runApart(
    image: string,
    argv: readonly string[],
    options: {
      readonly input: string;
      readonly user: string;
      readonly memory: readonly string[];
      readonly reads?: readonly { readonly directory: string; readonly mount: string }[];
    },
  ): Promise<ExecResult>;
  /**
   * Runs an image as a container of its own, without a network, beside these volumes; it writes to them and, in these
   * directories, to memory. A container of that name which an earlier run left at work is ended first. `watch` as above.
   */
  runBeside(
    image: string,
    argv: readonly string[],
    options: {
      readonly name: string;
      readonly user: string;
      readonly memory: readonly string[];
      /** By the names Docker knows them by. */
      readonly volumes: readonly {
        readonly name: string;
        readonly mount: string;
        readonly readOnly?: true;
      }[];
      readonly watch: (piece: string) => void;
    },
  ): Promise<ExecResult>;
  /** The last lines of a container, stdout and stderr in order. */
  logs(id: string, options: LogOptions): Promise<string[]>;
  /**
   * The lines of a container, running or not, in the order Docker took them over: read as they are asked for, never all
   * at once. None of one that is gone. Ctrl-C ends them.
   */
  keptLines(id: string, window: KeptWindow): Promise<AsyncIterable<KeptLine>>;
  /** As `exec`, for output of any length. Ctrl-C ends the lines. */
  execLines(id: string, argv: readonly string[]): Promise<ProgramLines>;
};
