/** `docker info`, and how the engine is reached. */
export type EngineDetails = {
  readonly version: string;
  /** How it is reached: `unix:///var/run/docker.sock`, `tcp://10.0.0.5:2376`. */
  readonly endpoint: string;
  /** Context the docker command would use instead; empty for the default one. */
  readonly context: string;
  readonly rootDirectory: string;
  readonly operatingSystem: string;
  /** As Docker names it: `linux/amd64`. */
  readonly platform: string;
  readonly driver: string;
  /** Of the storage driver: `Supports d_type: true`. */
  readonly driverStatus: Readonly<Record<string, string>>;
  readonly cgroupVersion: string;
  readonly memoryLimit: boolean;
  readonly pidsLimit: boolean;
  readonly cpuQuota: boolean;
  /** `name=rootless`, `name=userns` and the like. */
  readonly securityOptions: readonly string[];
  readonly liveRestore: boolean;
  /** Of the engine itself, as it pulls. */
  readonly proxy: string;
  /** Where it takes addresses of new networks from; empty: Docker's own defaults. */
  readonly addressPools: readonly { readonly base: string; readonly size: number }[];
  /** Registries it speaks to without TLS, by host or address range. */
  readonly insecureRegistries: readonly string[];
  /** Proxy the docker command writes into every container it makes; empty for none. */
  readonly containerProxy: string;
};
