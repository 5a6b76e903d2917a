import type {
  ExternalDatabaseFacts,
  RoleFacts,
} from '../../installer/src/checks/facts-database.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

const ROLE: RoleFacts = {
  versionNumber: 170_004,
  version: '17.4',
  encoding: 'UTF8',
  standby: false,
  readOnly: false,
  nowMs: NOW,
  encrypted: true,
  maxConnections: 200,
  reserved: 3,
  databaseLimit: -1,
  roleLimit: -1,
  foreign: 0,
  attributes: [],
  mayCreateSchemas: false,
  createsIn: [],
  schemas: [],
  memberOf: [],
  appRoleExists: true,
  askedMs: NOW - 5,
  answeredMs: NOW + 5,
};

type Changes = {
  readonly owner?: Partial<RoleFacts>;
  readonly app?: Partial<RoleFacts>;
  readonly monitor?: Partial<RoleFacts>;
};

/** A PostgreSQL of the customer's with the roles of `database sql`, changed role by role. */
export function externalDatabase({ owner, app, monitor }: Changes = {}): ExternalDatabaseFacts {
  return {
    addresses: ['10.0.0.7'],
    roles: {
      owner: {
        ...ROLE,
        mayCreateSchemas: true,
        createsIn: ['public'],
        memberOf: ['factsway_owner'],
        ...owner,
      },
      app: { ...ROLE, memberOf: ['factsway_app'], ...app },
      monitor: { ...ROLE, memberOf: ['pg_monitor'], roleLimit: 5, ...monitor },
    },
  };
}
