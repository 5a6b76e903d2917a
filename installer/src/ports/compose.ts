import type { ComposedService } from '../model/observed.ts';

export type ComposeRun = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** What Docker Compose does best: reading its files and making containers, networks and volumes of them. */
export type Compose = {
  /** Version of the plugin; throws FW-COMPOSE-MISSING. */
  version(): Promise<string>;
  /** Whether Compose can read the files of the directory, the customer's override among them. */
  accepts(directory: string): Promise<boolean>;
  /** The files of the directory as Compose understands them, in JSON. Throws FW-COMPOSE-REFUSED. */
  config(directory: string): Promise<string>;
  /** Every service the files of the directory have, the customer's override included. Throws FW-COMPOSE-REFUSED. */
  read(directory: string): Promise<Record<string, ComposedService>>;
  /**
   * Creates (or recreates where the definition changed) without starting, and what they depend on with them: Compose
   * counts the dependencies it was told of as part of a definition, so they have to be the same every time. Images
   * must be there, unless the services are the customer's own. "Anew" makes them again whatever Compose thinks. Throws FW-COMPOSE-REFUSED.
   */
  create(
    directory: string,
    services: readonly string[],
    options?: { readonly own?: boolean; readonly anew?: boolean },
  ): Promise<void>;
  /**
   * Stops and removes the project's containers and networks; volumes stay. `byLabels`: whatever the files of the
   * directory say, or where there are none.
   */
  down(
    directory: string,
    project: string,
    options?: { readonly byLabels?: boolean },
  ): Promise<void>;
  /**
   * Runs a one-off container of a service and returns what it printed. `works`: it changes something, so whoever comes
   * after a run that was killed has to wait for it.
   */
  run(
    directory: string,
    service: string,
    argv: readonly string[],
    options?: { readonly works?: boolean },
  ): Promise<ComposeRun>;
};
