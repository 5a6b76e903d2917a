import type { InstanceConfig } from '../model/config.ts';
import { mebibytes } from '../model/units.ts';
import type { Reasoned, Slot } from '../model/workload.ts';
import { reason } from './components/hardened.ts';
import { databaseAddress, serviceUser, tlsVariables } from './database-access.ts';
import type { Target } from './context.ts';
import { errorReportVariables } from './error-reports.ts';
import { tracesVariables } from './traces.ts';
import type { ServiceEntry } from './services/service.ts';
import type { Sizing } from './sizing.ts';

const PASSWORD_FILE = '/run/secrets/postgres-app-password';

type Source = {
  readonly config: InstanceConfig;
  readonly target: Target;
  readonly sizing: Sizing;
  readonly entry: ServiceEntry;
  readonly slot: Slot;
  /** Bytes. */
  readonly memory: number;
};
type PlatformVariable = {
  /** Absent where the value never stands in the container's definition. */
  readonly value?: (source: Source) => string | Reasoned<string>;
  /** The key of factsway.yaml that decides it. */
  readonly key?: string;
};

/**
 * What the platform contract (spec 01) has the installer tell every service, addresses aside. Whatever is listed
 * here is also what a person may not set.
 */
const PLATFORM_VARIABLES: Readonly<Record<string, PlatformVariable>> = {
  DEPLOYMENT_ENV: { value: ({ target }) => deploymentEnvironment(target) },
  SERVICE_NAME: { value: ({ entry }) => entry.shortName },
  PORT: { value: ({ entry }) => String(entry.port) },
  APP_VERSION: { value: ({ config }) => config.release.version, key: 'release.version' },
  LOG_LEVEL: { value: ({ config }) => config.services.logLevel, key: 'services.logLevel' },
  POSTGRES_HOST: {
    value: ({ config }) => databaseAddress(config).host,
    key: 'postgres.external.host',
  },
  POSTGRES_PORT: {
    value: ({ config }) => String(databaseAddress(config).port),
    key: 'postgres.external.port',
  },
  POSTGRES_DB: { value: ({ config }) => config.postgres.database, key: 'postgres.database' },
  POSTGRES_USER: {
    value: ({ config, slot }) => serviceUser(config, slot),
    key: 'postgres.external.users.app',
  },
  POSTGRES_PASSWORD_FILE: { value: () => PASSWORD_FILE },
  // Read from that file when the process starts: with-password.sh.
  POSTGRES_PASSWORD: { key: 'services.passwordInEnvironment' },
  // There only where PostgreSQL is elsewhere: tlsVariables.
  POSTGRES_SSLMODE: { key: 'postgres.external.tls.mode' },
  POSTGRES_SSLROOTCERT: { key: 'postgres.external.tls.caFile' },
  // There only where errors are reported: errorReportVariables.
  SENTRY_DSN: { key: 'monitoring.sentry.dsn' },
  SENTRY_ENVIRONMENT: { key: 'monitoring.sentry.environment' },
  SENTRY_TRACES_SAMPLE_RATE: { key: 'monitoring.sentry.sampleRate' },
  SENTRY_QUEUE_DIR: {},
  // There only where traces are exported: tracesVariables.
  OTEL_EXPORTER_OTLP_ENDPOINT: { key: 'monitoring.traces.otlpEndpoint' },
  OTEL_EXPORTER_OTLP_HEADERS_FILE: { key: 'monitoring.traces.headers' },
  OTEL_TRACES_SAMPLER_ARG: { key: 'monitoring.traces.sampleRate' },
  // There only for the service that does it: auditVariables.
  AUDIT_VERIFY: {},
  POSTGRES_POOL_MAX: {
    value: ({ sizing: { poolPerService: pool } }) => reason(String(pool.value), pool.because),
    key: 'host.cores',
  },
  DRAIN_SECONDS: {
    value: ({ config }) => String(config.services.drainSeconds),
    key: 'services.drainSeconds',
  },
  NODE_OPTIONS: {
    // The rest of the limit is for buffers, code and the stacks of Node's own threads.
    value: ({ memory }) =>
      reason(
        `--max-old-space-size=${mebibytes(memory * 0.75)}`,
        'three quarters of the memory limit, in MiB',
      ),
    key: 'host.memory',
  },
};

/** Value of DEPLOYMENT_ENV (spec 01, "Contract of a service"). */
export const deploymentEnvironment = (target: Target): string =>
  target === 'kubernetes' ? 'cloud' : 'enterprise';

/** Name of the variable that carries a service's address: `RECORDS_SERVICE_URL`. */
const urlVariable = (service: ServiceEntry): string =>
  `${service.shortName.toUpperCase()}_SERVICE_URL`;

/** The addresses of all services by variable: the same for each of them. */
export function serviceAddresses(services: readonly ServiceEntry[]): Record<string, string> {
  return Object.fromEntries(
    services.map((service) => [urlVariable(service), `http://${service.name}:${service.port}`]),
  );
}

/** Environment of one service: what a person adds comes first, so that it can displace nothing. */
export function serviceEnvironment(
  source: Source,
  addresses: Readonly<Record<string, string>>,
): Record<string, string | Reasoned<string>> {
  const platform = Object.entries(PLATFORM_VARIABLES).flatMap(([name, { value }]) =>
    value ? [[name, value(source)] as const] : [],
  );
  return {
    ...sortedByKey(source.config.services.environment),
    ...Object.fromEntries(platform),
    ...tlsVariables(source.config),
    ...errorReportVariables(source.config, source.entry),
    ...tracesVariables(source.config),
    ...auditVariables(source.entry),
    ...addresses,
  };
}

/** One service is enough: all of them write to one log, in one database. */
const auditVariables = (entry: ServiceEntry): Record<string, string> =>
  entry.verifiesAudit ? { AUDIT_VERIFY: 'on' } : {};

/** The order of keys in a file says nothing and must change nothing. */
function sortedByKey(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a variable is the platform's, and which key of factsway.yaml decides it if one does. */
export function platformVariable(
  name: string,
  services: readonly ServiceEntry[],
): { readonly key?: string } | undefined {
  if (services.some((service) => urlVariable(service) === name)) return {};
  return Object.hasOwn(PLATFORM_VARIABLES, name) ? PLATFORM_VARIABLES[name] : undefined;
}
