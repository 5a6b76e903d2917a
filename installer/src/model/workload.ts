/**
 * The neutral description of one container the platform runs. Compose files and Kubernetes manifests
 * are both lowered from it, so nothing in here speaks of either.
 */

/** A derived number together with the sentence that explains it; the sentence is rendered beside it. */
export type Reasoned<T> = { readonly value: T; readonly because: string };

export type SecretName =
  | 'postgres-superuser-password'
  | 'postgres-owner-password'
  | 'postgres-app-password'
  | 'postgres-monitor-password'
  | 'grafana-admin-password'
  | 'pagerduty-routing-key'
  | 'slack-webhook-url'
  | 'teams-webhook-url'
  | 'alert-webhook-url'
  | 'smtp-password'
  | 'dead-mans-switch-url'
  | 'traces-headers'
  | 'backup-key'
  | 'backup-s3-access-key-id'
  | 'backup-s3-secret-access-key';

export type NetworkName =
  'edge' | 'app-a' | 'app-b' | 'data' | 'database' | 'monitoring' | 'egress';
/** Where the database is: another volume after each restore, by number. */
export type DataVolume = 'postgres-data' | `postgres-data-${number}`;
export type VolumeName =
  | DataVolume
  | 'postgres-restore-points'
  | 'postgres-log'
  | 'backup-repository'
  | 'backup-state'
  | 'edge-data'
  | 'prometheus-data'
  | 'alertmanager-data'
  | 'grafana-data'
  | 'updates-data'
  | 'error-reports';

export type Slot = 'a' | 'b';

/** Which rendered Compose file a workload lives in, and the order groups start in. */
export type WorkloadGroup = 'core' | 'app' | 'monitoring';

/** How a running component takes up a changed configuration file. */
export type Reload =
  | { readonly how: 'recreate' }
  | { readonly how: 'signal'; readonly signal: 'SIGHUP' }
  | { readonly how: 'exec'; readonly argv: readonly string[] };

export type Health = {
  /** Run inside the container without a shell; exit 0 is healthy. */
  readonly argv: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  /** Failures in this time after the start do not count. */
  readonly startPeriodSeconds: number;
};

export type PublishedPort = {
  readonly bind: string;
  readonly host: number;
  readonly container: number;
  readonly purpose: string;
};

/** A deliberate step away from a hardening rule, with the reason a reviewer will ask for. */
export type HardeningException = { readonly rule: string; readonly reason: string };

export type Workload = {
  /** Component name, the same in every slot: `records-service`. */
  readonly component: string;
  /** Compose service name: the component, with its slot where it has one: `records-service-a`. */
  readonly id: string;
  readonly slot?: Slot;
  readonly group: WorkloadGroup;
  readonly kind: 'service' | 'one-shot';
  /** That it starts programs which may be left without a parent: somebody has to collect them. */
  readonly init?: true;
  /** One line for the administrator who reads the rendered file. */
  readonly purpose: string;
  /** Why it speaks to the world outside; absent where it does not. Whoever does is told of network.proxy. */
  readonly speaksOut?: string;
  readonly image: string;
  /** That it is on this host or nowhere: a registry that has one of this name has somebody else's. */
  readonly localImage?: boolean;
  /** `uid:gid`, numeric, so that no image decides it by name. */
  readonly user: string;
  readonly entrypoint?: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | Reasoned<string>>>;
  readonly secrets: readonly SecretName[];
  /**
   * Which files its secrets are, where people put others in their place: a container keeps those it was made with, so
   * another file means another container. Never what is in them.
   */
  readonly secretFiles?: string;
  /** Directory below `config/` mounted read-only, and what to do when a file in it changes. */
  readonly config?: {
    readonly directory: string;
    readonly mount: string;
    readonly reload: Reload;
    /** Run inside the container, changes nothing: exit 0 where the program would take up the files as they are. */
    readonly check?: readonly string[];
  };
  /** Further read-only mounts of config directories: they never need a reload. */
  readonly extraConfig?: readonly { readonly directory: string; readonly mount: string }[];
  /** Directories below `secrets/`, mounted read-only whole: for secrets that change while the container runs. */
  readonly secretDirectories?: readonly { readonly directory: string; readonly mount: string }[];
  /**
   * Directories below `state/`, mounted read-only: what the installer tells of itself. There is none in a cluster, where
   * nothing is installed by it.
   */
  readonly stateDirectories?: readonly { readonly directory: string; readonly mount: string }[];
  readonly volumes: readonly {
    readonly name: VolumeName;
    readonly mount: string;
    readonly readOnly?: true;
  }[];
  /** Directories of the host; one that is written to has to be there, and is never made by Docker. */
  readonly hostMounts: readonly {
    readonly host: string;
    readonly mount: string;
    readonly writable?: true;
    /** It is read only, and has to be there all the same. */
    readonly mustExist?: true;
  }[];
  readonly tmpfs: readonly {
    readonly mount: string;
    readonly sizeBytes: number;
    readonly mode?: string;
  }[];
  readonly networks: readonly {
    readonly name: NetworkName;
    readonly aliases?: readonly string[];
  }[];
  readonly ports: readonly PublishedPort[];
  /** Where it is reached by others of the platform. Names are those of Kubernetes: 15 letters at most. */
  readonly listens: readonly { readonly name: string; readonly port: number }[];
  readonly dependsOn: readonly {
    readonly id: string;
    readonly condition: 'healthy' | 'completed';
  }[];
  readonly health?: Health;
  readonly readOnly: boolean;
  readonly capabilities: readonly string[];
  readonly exceptions: readonly HardeningException[];
  readonly memory: Reasoned<number>;
  readonly cpus: Reasoned<number>;
  readonly pids: number;
  readonly shmBytes?: number;
  readonly stopGraceSeconds: number;
  readonly stopSignal?: string;
};

/** The plain value of an environment entry or of any derived number. */
export function plain<T extends string | number>(entry: T | Reasoned<T>): T {
  return typeof entry === 'object' ? entry.value : entry;
}
