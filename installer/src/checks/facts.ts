/** What collectors bring home and analysers judge: plain data, so that a check can run on another machine's facts. */

/** The endpoints every service has (spec 01). */
export const CONTRACT_PATHS = ['/health', '/health/live', '/health/ready', '/metrics'] as const;

export type EndpointAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
};
export type ServiceEndpoints = {
  readonly service: string;
  /** Why nothing could be asked; empty when the service was asked. */
  readonly unreachable: string;
  readonly answers: Readonly<Partial<Record<(typeof CONTRACT_PATHS)[number], EndpointAnswer>>>;
};

export type MigrationStatus = {
  readonly exitCode: number;
  readonly result:
    | {
        readonly after: string | null;
        readonly pending: readonly string[];
        readonly code: string | null;
      }
    | undefined;
  readonly output: string;
};

export type Target = {
  readonly job: string;
  readonly instance: string;
  readonly health: string;
  readonly lastError: string;
  /** Whether its last scrape is from before somebody asked: then it says how things were. */
  readonly stale: boolean;
};
export type PrometheusState = {
  /** Why Prometheus could not be asked; empty when it was. */
  readonly unreachable: string;
  readonly targets: readonly Target[];
  /** Series of factsway_build_info: service label → version label. */
  readonly builds: readonly { readonly service: string; readonly version: string }[];
  readonly alertmanagers: number;
  /** Series a scraped service ought to have and has not. */
  readonly missing: readonly { readonly service: string; readonly metric: string }[];
  readonly rules: readonly RuleState[];
};

/** What programs say of their configuration files as they are on disk. */
export type ConfigFilesState = {
  readonly components: readonly {
    readonly service: string;
    /** Why it could not be asked; empty when it was. */
    readonly unasked: string;
    /** Its own words, with the file; empty when it would take them up. */
    readonly problems: readonly string[];
  }[];
  /** Who could not read them when last told to. */
  readonly refused: readonly string[];
};

/** One alert rule as Prometheus has it. */
export type RuleState = {
  readonly alert: string;
  /** ok, err, or unknown before its first evaluation. */
  readonly health: string;
  readonly lastError: string;
  readonly severity: string;
  /** Summaries of what fires now. */
  readonly firing: readonly string[];
};

export type RouteAnswer = {
  readonly route: string;
  readonly service: string;
  readonly status: number;
  readonly error: string;
};

/** What the edge showed of itself, where that is a certificate somebody has to renew. */
export type ServedCertificate = {
  readonly daysLeft: number;
  /** False where it is not the one that was brought in. */
  readonly asGiven: boolean;
};

/** What the edge answers where the links of alerts lead. */
export type PageAnswer = {
  readonly status: number;
  readonly contentType: string;
  /** Why there was no answer; empty when there was. */
  readonly error: string;
};

/** What a desktop app gets that asks for an update. */
export type UpdatesAnswer = {
  readonly url: string;
  /** 0 where nobody answered. */
  readonly status: number;
  readonly body: string;
  readonly error: string;
};

export type EdgeAnswers = {
  readonly url: string;
  readonly routes: readonly RouteAnswer[];
  readonly runbooks: PageAnswer;
  readonly certificate?: ServedCertificate;
};

export type DatabaseFacts = {
  readonly unreachable: string;
  readonly version: string;
  readonly maxConnections: number;
  readonly connections: number;
  readonly checksums: boolean;
  readonly appCanCreate: boolean;
  readonly appIsSuperuser: boolean;
  readonly roles: readonly string[];
  /** Roles that do not get in with the password in their secret file. */
  readonly refused: readonly string[];
};

export type SecretFacts = {
  readonly directoryMode: number | undefined;
  readonly files: readonly {
    readonly name: string;
    readonly mode: number | undefined;
    /** Whether it belongs to the user of the container that reads it: then nobody else has to. */
    readonly owned?: boolean;
    /** Users of containers that need it and cannot read it. */
    readonly closedTo?: readonly number[];
    readonly empty: boolean;
  }[];
  /** `service NAME` for each environment entry that holds the value of a secret. */
  readonly exposed: readonly string[];
};
