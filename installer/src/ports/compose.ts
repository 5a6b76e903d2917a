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
  /** Creates (or recreates where the definition changed) without starting. Empty list: every service. */
  create(directory: string, services: readonly string[]): Promise<void>;
  /** Stops and removes the project's containers and networks; volumes stay. */
  down(directory: string, project: string): Promise<void>;
  /** Runs a one-off container of a service and returns what it printed. */
  run(directory: string, service: string, argv: readonly string[]): Promise<ComposeRun>;
  /** Lines of `docker compose logs`; with `follow` they go to the terminal instead and the list is empty. */
  logs(
    directory: string,
    services: readonly string[],
    options: { follow: boolean; tail: string; since?: string },
  ): Promise<string[]>;
};
