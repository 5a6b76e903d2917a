import { LOG_LEVELS } from '../../shared-utils/src/logger.ts';
import {
  PostgresTlsError,
  readPostgresTls,
  type PostgresTls,
} from '../../shared-utils/src/postgres-tls.ts';
import { readSecretFile } from '../../shared-utils/src/secret-file.ts';
import { readFaults, type Faults } from './faults.ts';
import { SERVICES } from './services/index.ts';
import type { ServiceDefinition } from './resource.ts';

export interface DatabaseConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly passwordFile: string | undefined;
  readonly tls: PostgresTls;
  readonly poolMax: number;
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
}

export interface ServiceConfig {
  readonly definition: ServiceDefinition;
  /** `records-service`: the name in logs, health and metrics. */
  readonly service: string;
  readonly version: string;
  readonly port: number;
  readonly database: DatabaseConfig;
  readonly bodyLimitBytes: number;
  /** How long the renderer takes per page, in milliseconds: 2000 pages are a 20-second request. */
  readonly exportMsPerPage: number;
  /** Addresses of the other services, by SERVICE_NAME; only those that are set. */
  readonly peers: Readonly<Record<string, string>>;
  /** Whether this is the service that goes through the audit log in the background. */
  readonly verifiesAudit: boolean;
  /** undefined unless REFERENCE_FAULTS=on. */
  readonly faults: Faults | undefined;
}

/** The environment is not what the contract says. Names the variable. */
export class ConfigError extends Error {
  readonly variable: string;

  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.name = 'ConfigError';
    this.variable = variable;
  }
}

/** Reads the contract's environment. @throws ConfigError for the first variable that is wrong */
export function readConfig(
  env: NodeJS.ProcessEnv,
  buildVersion: string | undefined,
): ServiceConfig {
  const read = reader(env);
  const version = read.text('APP_VERSION', buildVersion);
  if (buildVersion !== undefined && version !== buildVersion) {
    throw new ConfigError('APP_VERSION', `is ${version}, but this build is ${buildVersion}`);
  }
  read.choice('DEPLOYMENT_ENV', ['enterprise', 'cloud']);
  read.choice('LOG_LEVEL', LOG_LEVELS, 'info');
  // The platform reads these two itself; a wrong one must not become the default in silence.
  for (const name of ['DRAIN_SECONDS', 'SHUTDOWN_DEADLINE_SECONDS']) read.seconds(name);
  const name = read.choice(
    'SERVICE_NAME',
    SERVICES.map((service) => service.name),
  );
  const definition = SERVICES.find((service) => service.name === name);
  if (definition === undefined) throw new ConfigError('SERVICE_NAME', 'is not a service');
  return {
    definition,
    service: `${name}-service`,
    version,
    port: read.integer('PORT', 1, 65_535),
    database: readDatabase(env, `${name}-service`),
    bodyLimitBytes: read.integer('BODY_LIMIT_BYTES', 1024, 104_857_600, 1_048_576),
    exportMsPerPage: read.integer('EXPORT_MS_PER_PAGE', 0, 1000, 10),
    peers: readPeers(env),
    verifiesAudit: read.choice('AUDIT_VERIFY', ['on', 'off'], 'off') === 'on',
    faults: env['REFERENCE_FAULTS'] === 'on' ? readFaults(env) : undefined,
  };
}

function readDatabase(env: NodeJS.ProcessEnv, applicationName: string): DatabaseConfig {
  const read = reader(env);
  const passwordFile = env['POSTGRES_PASSWORD_FILE'];
  const byFile = passwordFile !== undefined && passwordFile !== '';
  return {
    host: read.text('POSTGRES_HOST'),
    port: read.integer('POSTGRES_PORT', 1, 65_535, 5432),
    database: read.text('POSTGRES_DB'),
    user: read.text('POSTGRES_USER'),
    password: byFile ? readPasswordFile(passwordFile) : read.text('POSTGRES_PASSWORD'),
    passwordFile: byFile ? passwordFile : undefined,
    tls: readTls(env),
    poolMax: read.integer('POSTGRES_POOL_MAX', 1, 500, 10),
    statementTimeoutMs: read.integer('POSTGRES_STATEMENT_TIMEOUT_MS', 100, 600_000, 15_000),
    applicationName,
  };
}

function readTls(env: NodeJS.ProcessEnv): PostgresTls {
  try {
    return readPostgresTls(env);
  } catch (error) {
    if (error instanceof PostgresTlsError) throw new ConfigError(error.variable, error.problem);
    throw error;
  }
}

function readPasswordFile(path: string): string {
  let password: string;
  try {
    password = readSecretFile(path);
  } catch {
    throw new ConfigError('POSTGRES_PASSWORD_FILE', `names ${path}, which cannot be read`);
  }
  if (password === '')
    throw new ConfigError('POSTGRES_PASSWORD_FILE', `names ${path}, an empty file`);
  return password;
}

function readPeers(env: NodeJS.ProcessEnv): Record<string, string> {
  const peers: Record<string, string> = {};
  for (const { name } of SERVICES) {
    const variable = `${name.toUpperCase()}_SERVICE_URL`;
    const value = env[variable];
    if (value === undefined || value === '') continue;
    if (!/^https?:$/.test(URL.canParse(value) ? new URL(value).protocol : '')) {
      throw new ConfigError(variable, 'is not an http or https URL');
    }
    peers[name] = value.replace(/\/+$/, '');
  }
  return peers;
}

/** Typed access to an environment; every failure names its variable. */
export function reader(env: NodeJS.ProcessEnv) {
  const text = (name: string, fallback?: string): string => {
    const value = env[name];
    if (value !== undefined && value !== '') return value;
    if (fallback !== undefined) return fallback;
    throw new ConfigError(name, 'is not set');
  };
  return {
    text,
    choice(name: string, allowed: readonly string[], fallback?: string): string {
      const value = text(name, fallback);
      if (allowed.includes(value)) return value;
      throw new ConfigError(name, `is "${value}"; allowed: ${allowed.join(', ')}`);
    },
    /** A number of seconds, or 0 when it is not set. */
    seconds(name: string): number {
      const value = Number(text(name, '0'));
      if (Number.isFinite(value) && value >= 0) return value;
      throw new ConfigError(name, 'must be a number of seconds');
    },
    integer(name: string, min: number, max: number, fallback?: number): number {
      const value = Number(text(name, fallback?.toString()));
      if (Number.isInteger(value) && value >= min && value <= max) return value;
      throw new ConfigError(name, `must be a whole number from ${min} to ${max}`);
    },
  };
}
