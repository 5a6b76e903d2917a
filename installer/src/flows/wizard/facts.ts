import type { FoundProxy } from './found-proxy.ts';

/** What was found out about the machine before the first question. */
export type Facts = {
  /** The instance directory, absolute. */
  readonly directory: string;
  /** Fully qualified where the resolver knows it; undefined where it is no name users could reach. */
  readonly hostName: string | undefined;
  readonly timeZone: string;
  /** Bytes. */
  readonly memoryBytes: number;
  readonly cores: number;
  readonly engine: EngineFacts;
  /** Images of the platform that were built on this host, of how many there are. */
  readonly built: { readonly found: number; readonly of: number };
  /** How this server reaches the internet; undefined where nothing shows, and for an instance that says itself. */
  readonly proxy: FoundProxy | undefined;
  /** Ports of interest that another program listens on. */
  readonly busyPorts: ReadonlySet<number>;
  /** Ports that the instance's own containers listen on. */
  readonly ownPorts: ReadonlySet<number>;
};

export type EngineFacts =
  | { readonly answers: true; readonly version: string; readonly compose: string }
  | { readonly answers: false; readonly problem: string; readonly remedy: string };

export const isBuiltHere = ({ built }: Pick<Facts, 'built'>): boolean =>
  built.of > 0 && built.found === built.of;
