/**
 * What is true of the platform, whoever runs it. Both extractors write it and share nothing else, so that a fault of
 * one renderer cannot be copied by the code that is to find it. Sizes are bytes, times seconds, processors cores.
 */
export type Facts = { readonly components: Readonly<Record<string, ComponentFacts>> };

/** An empty record says nothing; `null` says that the side has no word for it. */
export type ComponentFacts = {
  /** Only Compose keeps two releases side by side. */
  readonly slot: string | null;
  readonly kind: 'service' | 'one-shot';
  /** Who shares its network and its end: containers of one pod. */
  readonly beside: readonly string[];
  /** Whether somebody collects what programs it started leave behind. */
  readonly collectsOrphans: boolean;
  /** What happens when its process ends, in the words of the side. */
  readonly restart: string;
  readonly job: { readonly retries: number; readonly deadlineSeconds: number | null };
  readonly image: {
    /** Registry and repository. */
    readonly name: string;
    readonly tag: string;
    readonly digest: string;
    readonly pull: string;
  };
  /** Empty where the image decides. */
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** By path in the container. */
  readonly secrets: Readonly<Record<string, SecretFacts>>;
  readonly secretDirectories: Readonly<Record<string, string>>;
  /** Config files by path in the container. */
  readonly files: Readonly<Record<string, FileFacts>>;
  readonly volumes: Readonly<Record<string, VolumeFacts>>;
  readonly tmpfs: Readonly<Record<string, TmpfsFacts>>;
  /** What of the machine below it sees: path in the container → path there. */
  readonly hostPaths: Readonly<Record<string, string>>;
  readonly security: SecurityFacts;
  readonly resources: ResourceFacts;
  readonly health: Partial<HealthFacts>;
  readonly readiness: Partial<ProbeFacts>;
  readonly liveness: Partial<ProbeFacts>;
  readonly stop: {
    /** From the signal to the kill. */
    readonly graceSeconds: number;
    /** Before the signal. */
    readonly preStopSeconds: number;
    readonly signal: string | null;
  };
  readonly logs: {
    readonly driver: string | null;
    readonly size: string | null;
    readonly files: string | null;
  };
  readonly copies: {
    readonly least: number;
    readonly most: number;
    /** How many may be taken away at a time by whoever empties a machine. */
    readonly away: number | null;
  };
  /** Component → what has to be true of it first. */
  readonly waitsFor: Readonly<Record<string, string>>;
  readonly gates: Readonly<Record<string, GateFacts>>;
  /** What is begun for it by the clock. */
  readonly tasks: Readonly<Record<string, TaskFacts>>;
  /** TCP ports, ascending. */
  readonly listens: readonly number[];
  /** Names under which others find it → ports, as `port` or `port→port inside`. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** Port inside → `address:port` where the world asks. */
  readonly exposure: Readonly<Record<string, readonly string[]>>;
  /** Component → ports of it that can be reached from here; a `?` where that depends on the network plugin. */
  readonly reaches: Readonly<Record<string, readonly string[]>>;
  /** Ports that can be reached by somebody who is no part of the platform. */
  readonly entered: readonly string[];
  /** Ports of the world that can be reached, `*` for any. */
  readonly leaves: readonly string[];
  readonly resolvesNames: boolean;
};

export type SecretFacts = {
  readonly name: string;
  readonly key: string;
  readonly mode: number | null;
};
export type FileFacts = {
  readonly text: string;
  readonly executable: boolean;
  readonly writable: boolean;
};
export type VolumeFacts = {
  readonly kind: 'persistent' | 'scratch';
  readonly bytes: number | null;
  readonly writable: boolean;
  /** Who has it as well, as `component:path`. */
  readonly sharedWith: readonly string[];
};
export type TmpfsFacts = {
  readonly bytes: number;
  readonly mode: string | null;
  readonly flags: string | null;
  readonly uid: number | null;
  readonly gid: number | null;
  readonly sharedWith: readonly string[];
};

export type SecurityFacts = {
  readonly uid: number;
  readonly gid: number;
  /** Group to which volumes are given. */
  readonly volumeGroup: number | null;
  /** Whether root is refused, whatever the image says. */
  readonly nonRoot: boolean | null;
  readonly privileged: boolean;
  readonly escalation: boolean;
  readonly readOnlyRoot: boolean;
  readonly added: readonly string[];
  readonly dropped: readonly string[];
  readonly seccomp: string;
  /** Whether it is given a way to speak to whoever runs it. */
  readonly controlToken: boolean;
  readonly hostNamespaces: readonly string[];
};

export type ResourceFacts = {
  readonly memoryBytes: number;
  readonly swapBytes: number | null;
  readonly cpus: number;
  readonly pids: number | null;
  readonly shmBytes: number | null;
  readonly requestedMemoryBytes: number | null;
  readonly requestedCpus: number | null;
  readonly diskBytes: number | null;
  readonly requestedDiskBytes: number | null;
};

export type HealthFacts = {
  readonly argv: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  /** Failures before that do not count. */
  readonly startPeriodSeconds: number;
};

export type ProbeFacts = {
  /** `exec a b`, `http /path port`, `tcp port`. */
  readonly check: string;
  readonly everySeconds: number;
  readonly timeoutSeconds: number;
  readonly failures: number;
};

/** A container that has to end well before the component starts. */
export type GateFacts = {
  readonly image: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly escalation: boolean;
  readonly privileged: boolean;
  readonly readOnlyRoot: boolean;
  readonly added: readonly string[];
  readonly dropped: readonly string[];
  readonly mounts: readonly string[];
};

/** A container that is begun by a clock and ends by itself. */
export type TaskFacts = {
  /** Five fields, as cron has them, in a time zone. */
  readonly schedule: string;
  readonly timeZone: string;
  readonly overlapping: string;
  readonly suspended: boolean;
  /** How late it may begin. */
  readonly lateSeconds: number | null;
  readonly kept: readonly number[];
  readonly restart: string;
  readonly retries: number;
  readonly deadlineSeconds: number | null;
  readonly image: string;
  readonly pull: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly string[];
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly graceSeconds: number;
  readonly security: SecurityFacts;
  readonly reaches: Readonly<Record<string, readonly string[]>>;
  readonly entered: readonly string[];
  readonly leaves: readonly string[];
  readonly resolvesNames: boolean;
};
