import type { EngineDetails } from '../model/engine-details.ts';

export type NetworkDetails = {
  readonly name: string;
  /** Interface on the host: `br-1a2b3c`, `docker0`. */
  readonly device: string;
  readonly subnets: readonly string[];
};

/** What the engine says of an image at its registry; `status` is that of the engine's API. */
export type RegistryImage =
  | { readonly status: 200; readonly platforms: readonly string[]; readonly digest?: string }
  | { readonly status: number; readonly reason: string };

/** What `preflight` asks the Docker Engine beyond the port Docker. Reads only, and every call ends by itself. */
export type EngineProbes = {
  /** Throws FW-DOCKER-UNREACHABLE. */
  details(): Promise<EngineDetails>;
  networks(): Promise<NetworkDetails[]>;
  /** `linux/amd64` of each image that is on the host, by reference. */
  platforms(references: readonly string[]): Promise<Record<string, string>>;
  /** Has the engine ask the registry of an image for it, with the login stored for this user; nothing is pulled. */
  askRegistry(reference: string): Promise<RegistryImage>;
};
