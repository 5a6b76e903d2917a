import type { DatabaseRole } from '../catalog/database-access.ts';

/** What the server told one of the three roles about itself and about the role. */
export type RoleFacts = {
  /** 170004 for 17.4 */
  readonly versionNumber: number;
  readonly version: string;
  readonly encoding: string;
  readonly standby: boolean;
  readonly readOnly: boolean;
  /** Milliseconds since 1970, by the server. */
  readonly nowMs: number;
  readonly encrypted: boolean;
  readonly maxConnections: number;
  /** Of these, kept for superusers and the like. */
  readonly reserved: number;
  /** Limits of the database and of the role; -1 for none. */
  readonly databaseLimit: number;
  readonly roleLimit: number;
  /** Client connections to the server that are not ours. */
  readonly foreign: number;
  /** Of superuser, createrole, createdb, replication and bypassrls those it has. */
  readonly attributes: readonly string[];
  readonly mayCreateSchemas: boolean;
  /** Schemas it may make objects in, those of PostgreSQL left out. */
  readonly createsIn: readonly string[];
  /** Of the platform's schemas those that are there, with their owners. */
  readonly schemas: readonly { readonly name: string; readonly owner: string }[];
  /** Of factsway_app, pg_monitor and the owner those it may act as. */
  readonly memberOf: readonly string[];
  /** Whether there is a role factsway_app at all. */
  readonly appRoleExists: boolean;
  /** Milliseconds, by this machine, before and after the question. */
  readonly askedMs: number;
  readonly answeredMs: number;
};

/** A PostgreSQL of the customer's as the three roles of the platform see it. */
export type ExternalDatabaseFacts = {
  /** Addresses of its name. */
  readonly addresses: readonly string[];
  readonly roles: Readonly<Record<DatabaseRole, RoleFacts>>;
};
