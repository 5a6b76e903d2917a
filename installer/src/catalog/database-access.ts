import type { InstanceConfig } from '../model/config.ts';
import type { ExternalPostgres } from '../model/external-postgres.ts';
import type { SecretName, Slot, Workload } from '../model/workload.ts';
import { ROLES, slotRole } from './roles.ts';

export const POSTGRES_PORT = 5432;
/** The files of an authority the customer brings, as a directory of config/ and in a container. */
const CA_DIRECTORY = 'postgres-tls';
const CA_MOUNT = '/etc/factsway/postgres-tls';
const CA_PATH = `${CA_MOUNT}/ca.crt`;
/** The same file in the instance directory. */
export const AUTHORITY_FILE = `config/${CA_DIRECTORY}/ca.crt`;

/** The three roles of spec 01, each with the secret that opens it. */
export const DATABASE_ROLES = ['owner', 'app', 'monitor'] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];
export const passwordSecret = (role: DatabaseRole): SecretName => `postgres-${role}-password`;

/** The customer's own PostgreSQL; undefined where the platform brings its own. */
export function externalPostgres({ postgres }: InstanceConfig): ExternalPostgres | undefined {
  return postgres.mode === 'external' ? postgres.external : undefined;
}

/** Where PostgreSQL is for a container, and as whom a role speaks to it. */
export function databaseAddress(config: InstanceConfig): {
  readonly host: string;
  readonly port: number;
  readonly users: Readonly<Record<DatabaseRole, string>>;
} {
  const external = externalPostgres(config);
  return external
    ? { host: external.host, port: external.port, users: external.users }
    : { host: 'postgres', port: POSTGRES_PORT, users: ROLES };
}

/** As whom the services of a slot log in; a PostgreSQL of the customer's has one role for both. */
export const serviceUser = (config: InstanceConfig, slot: Slot): string =>
  externalPostgres(config)?.users.app ?? slotRole(slot);

const SSL_MODES = { 'verify-full': 'verify-full', require: 'require', off: 'disable' } as const;

/** What the platform contract says about encryption: nothing for the PostgreSQL of the platform itself. */
export function tlsVariables(
  config: InstanceConfig,
): Record<string, string | { value: string; because: string }> {
  const external = externalPostgres(config);
  if (!external) return {};
  const { mode, caFile, reason } = external.tls;
  const value = SSL_MODES[mode];
  return {
    POSTGRES_SSLMODE: reason === undefined ? value : { value, because: `not encrypted: ${reason}` },
    ...(caFile === undefined ? {} : { POSTGRES_SSLROOTCERT: CA_PATH }),
  };
}

/** Seconds, less than a scrape may take: who does not answer by then is away, and has to be said to be. */
const CONNECT_SECONDS = 4;

/** The same for postgres_exporter, which takes a part of a URL. */
export function dataSource(config: InstanceConfig): string {
  const { host, port } = databaseAddress(config);
  const external = externalPostgres(config);
  const mode = external ? SSL_MODES[external.tls.mode] : 'disable';
  const ca = external?.tls.caFile === undefined ? '' : `&sslrootcert=${CA_PATH}`;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${name}:${port}/${config.postgres.database}?sslmode=${mode}&connect_timeout=${CONNECT_SECONDS}${ca}`;
}

/** The authority of the customer's PostgreSQL, mounted; a new one makes the container again. */
export function databaseAuthority(config: InstanceConfig): Pick<Workload, 'config'> {
  return externalPostgres(config)?.tls.caFile === undefined
    ? {}
    : { config: { directory: CA_DIRECTORY, mount: CA_MOUNT, reload: { how: 'recreate' } } };
}

/**
 * The network on which a container that has no other way out reaches PostgreSQL. The services have one: in
 * external mode no network joins the two slots.
 */
export function databaseNetwork(config: InstanceConfig): 'data' | 'database' {
  return externalPostgres(config) ? 'database' : 'data';
}
