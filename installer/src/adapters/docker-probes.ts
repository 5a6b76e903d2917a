import Dockerode from 'dockerode';
import type { EngineDetails } from '../model/engine-details.ts';
import { unreachable } from './docker-calls.ts';
import type { EngineProbes, NetworkDetails, RegistryImage } from '../ports/engine-probes.ts';
import { findLogin, readDockerConfig } from './registry-login.ts';

const DEFAULT_ENDPOINT = 'unix:///var/run/docker.sock';
const CALL_MS = 5000;
const REGISTRY_MS = 8000;

type Info = {
  readonly DockerRootDir?: string;
  readonly OperatingSystem?: string;
  readonly OSType?: string;
  readonly Architecture?: string;
  readonly Driver?: string;
  readonly DriverStatus?: readonly (readonly [string, string])[] | null;
  readonly CgroupVersion?: string;
  readonly MemoryLimit?: boolean;
  readonly PidsLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly SecurityOptions?: readonly string[] | null;
  readonly LiveRestoreEnabled?: boolean;
  readonly HttpsProxy?: string;
  readonly HttpProxy?: string;
  readonly DefaultAddressPools?: readonly { readonly Base: string; readonly Size: number }[] | null;
  readonly RegistryConfig?: {
    readonly IndexConfigs?: Readonly<Record<string, { readonly Secure?: boolean }>> | null;
  } | null;
};
type Distribution = {
  readonly Descriptor?: { readonly digest?: string };
  readonly Platforms?: readonly { readonly os?: string; readonly architecture?: string }[] | null;
};

/** The kernel's name of a processor → Docker's. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

export class DockerProbes implements EngineProbes {
  readonly #client = new Dockerode({ timeout: CALL_MS });
  readonly #patient = new Dockerode({ timeout: REGISTRY_MS });

  async details(): Promise<EngineDetails> {
    const [version, info, config] = await Promise.all([
      this.#client.version().catch(noEngine),
      (this.#client.info() as Promise<Info>).catch(noEngine),
      readDockerConfig(),
    ]);
    const endpoint = process.env['DOCKER_HOST'] ?? '';
    const context = process.env['DOCKER_CONTEXT'] ?? config.currentContext ?? '';
    const proxies = Object.values(config.proxies ?? {});
    const architecture = info.Architecture ?? '';
    return {
      version: version.Version,
      endpoint: endpoint === '' ? DEFAULT_ENDPOINT : endpoint,
      // DOCKER_HOST goes before every context.
      context: endpoint !== '' || context === 'default' ? '' : context,
      rootDirectory: info.DockerRootDir ?? '',
      operatingSystem: info.OperatingSystem ?? '',
      platform: `${info.OSType ?? 'linux'}/${ARCHITECTURES[architecture] ?? architecture}`,
      driver: info.Driver ?? '',
      driverStatus: Object.fromEntries(info.DriverStatus ?? []),
      cgroupVersion: info.CgroupVersion ?? '',
      memoryLimit: info.MemoryLimit ?? false,
      pidsLimit: info.PidsLimit ?? false,
      cpuQuota: info.CpuCfsQuota ?? false,
      securityOptions: info.SecurityOptions ?? [],
      liveRestore: info.LiveRestoreEnabled ?? false,
      proxy: firstSet(info.HttpsProxy, info.HttpProxy),
      addressPools: (info.DefaultAddressPools ?? []).map(({ Base, Size }) => ({
        base: Base,
        size: Size,
      })),
      insecureRegistries: Object.entries(info.RegistryConfig?.IndexConfigs ?? {})
        .filter(([, { Secure }]) => Secure === false)
        .map(([host]) => host),
      containerProxy: firstSet(...proxies.flatMap((one) => [one.httpProxy, one.httpsProxy])),
    };
  }

  async networks(): Promise<NetworkDetails[]> {
    const found = await this.#client.listNetworks().catch(noEngine);
    return found.map(({ Id, Name, IPAM, Options }) => ({
      name: Name,
      device:
        (Options as Record<string, string> | null)?.['com.docker.network.bridge.name'] ??
        `br-${Id.slice(0, 12)}`,
      subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    }));
  }

  async platforms(references: readonly string[]): Promise<Record<string, string>> {
    const found = await Promise.all(
      references.map(async (reference) => {
        const image = await this.#client
          .getImage(reference)
          .inspect()
          .catch(() => undefined);
        return image ? [[reference, `${image.Os}/${image.Architecture}`] as const] : [];
      }),
    );
    return Object.fromEntries(found.flat());
  }

  async askRegistry(reference: string): Promise<RegistryImage> {
    const first = reference.split('/')[0] ?? '';
    const host = /[.:]/.test(first) || first === 'localhost' ? first : 'docker.io';
    const login = await findLogin(host);
    try {
      const { Platforms, Descriptor } = (await this.#patient
        .getImage(reference)
        .distribution(login === undefined ? {} : { authconfig: login })) as Distribution;
      const platforms = (Platforms ?? []).map(
        ({ os = '', architecture = '' }) => `${os}/${architecture}`,
      );
      const digest = Descriptor?.digest;
      return {
        status: 200,
        platforms: platforms.filter((one) => one !== 'unknown/unknown'),
        ...(digest === undefined ? {} : { digest }),
      };
    } catch (error) {
      const { statusCode: status = 0, json } = error as {
        statusCode?: number;
        json?: { message?: string };
      };
      const message = error instanceof Error ? error.message : String(error);
      return { status, reason: json?.message ?? message };
    }
  }
}

const firstSet = (...values: readonly (string | undefined)[]): string =>
  values.find((value) => value !== undefined && value !== '') ?? '';

/** Whatever is there, it is no engine this user can use. */
function noEngine(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  throw unreachable(code ?? message.replace(/\s+/g, ' ').slice(0, 120));
}
