/** What `docker compose config --format json` prints, as far as it is read (Compose specification). */
export type ComposeProject = {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets?: Readonly<Record<string, { readonly file?: string }>>;
};

export type ComposeService = {
  readonly image: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[] | null;
  readonly command?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly restart?: string;
  readonly init?: boolean;
  readonly pull_policy?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly secrets?: readonly {
    readonly source: string;
    readonly target?: string;
    readonly mode?: string;
  }[];
  readonly volumes?: readonly {
    readonly type: string;
    readonly source?: string;
    readonly target: string;
    readonly read_only?: boolean;
  }[];
  readonly tmpfs?: readonly string[];
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly network_mode?: string;
  readonly pid?: string;
  readonly ipc?: string;
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly target: number;
    readonly published?: string;
  }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: {
    readonly test?: readonly string[];
    readonly interval?: string;
    readonly timeout?: string;
    readonly retries?: number;
    readonly start_period?: string;
    readonly disable?: boolean;
  };
  readonly mem_limit?: string;
  readonly memswap_limit?: string;
  readonly cpus?: number;
  readonly pids_limit?: number;
  readonly shm_size?: string;
  readonly stop_grace_period?: string;
  readonly stop_signal?: string;
  readonly logging?: {
    readonly driver?: string;
    readonly options?: Readonly<Record<string, string>>;
  };
  readonly labels?: Readonly<Record<string, string>>;
};

/** A key that is not here would be a fact nobody compares. */
export const SERVICE_KEYS = [
  ...['image', 'user', 'entrypoint', 'command', 'environment', 'restart', 'pull_policy', 'init'],
  ...['read_only', 'privileged', 'cap_add', 'cap_drop', 'security_opt', 'secrets', 'volumes'],
  ...['tmpfs', 'networks', 'network_mode', 'pid', 'ipc', 'ports', 'depends_on', 'healthcheck'],
  ...['mem_limit', 'memswap_limit', 'cpus', 'pids_limit', 'shm_size', 'stop_grace_period'],
  ...['stop_signal', 'logging', 'labels'],
] as const;

/**
 * A duration as Compose prints it, e.g. `1m30s`, in seconds.
 * @throws Error where it is none
 */
export function seconds(text: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new Error(`"${text}" is no duration of Compose`);
  return parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0),
    0,
  );
}

/** `config` prints every dollar the way a Compose file has to write it: twice. */
export function undollared<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('$$', '$') as T;
  if (Array.isArray(value)) return value.map((one: unknown) => undollared(one)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => [
      undollared(key),
      undollared(one),
    ]),
  ) as T;
}

/**
 * An extractor that overlooks a key would call two sides equal that are not: what it cannot read stops it.
 * @throws Error naming the key and where it stands
 */
export function onlyKnown(value: object, known: readonly string[], where: string): void {
  const strange = Object.entries(value).find(
    ([key, content]) => content !== undefined && content !== null && !known.includes(key),
  );
  if (strange) throw new Error(`${where}: nobody reads "${strange[0]}" here`);
}

/** The parts of `registry/name:tag@digest`. */
export function imageParts(reference: string): { name: string; tag: string; digest: string } {
  const [rest = '', digest = ''] = reference.split('@');
  const colon = rest.lastIndexOf(':');
  const tagged = colon > rest.lastIndexOf('/');
  return {
    name: tagged ? rest.slice(0, colon) : rest,
    tag: tagged ? rest.slice(colon + 1) : '',
    digest,
  };
}
