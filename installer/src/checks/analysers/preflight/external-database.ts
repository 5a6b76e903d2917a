import type { Catalog } from '../../../catalog/catalog.ts';
import { externalPostgres } from '../../../catalog/database-access.ts';
import type { ExternalPostgres } from '../../../model/external-postgres.ts';
import {
  CLOCK_FAILS,
  CLOCK_WARNS,
  judgeClock,
  judgeConnection,
  judgeConnections,
  judgeRights,
  judgeServer,
  NEWEST_POSTGRES,
  OLDEST_POSTGRES,
} from '../external-database.ts';
import { defineCheck } from './check.ts';

/*
 * A PostgreSQL of the customer's (postgres.mode external). One collector asks it as each of the three roles;
 * what keeps it from being asked is told by the check `database` alone.
 */
const COMMON = {
  purposes: ['install', 'upgrade'],
  needs: ['externalDatabase'],
  applies: ({ context }: Catalog) => externalPostgres(context.config) !== undefined,
} as const;

function required({ context }: Catalog): ExternalPostgres {
  const external = externalPostgres(context.config);
  if (!external) throw new Error('PostgreSQL is not elsewhere');
  return external;
}

export const database = defineCheck({
  ...COMMON,
  name: 'database',
  proves:
    'Your own PostgreSQL answers, encrypted as configured, and lets the three roles in with their passwords.',
  warns: 'tls.mode is require or off',
  fails:
    'a password file is missing, no answer, another certificate than wanted, no such database, a role is refused',
  codes: ['FW-SECRET-NEEDED', 'FW-DB-UNREACHABLE', 'FW-DB-TLS', 'FW-DB-NOT-FOUND', 'FW-DB-LOGIN'],
  remedy: 'factsway-install database sql; --set postgres.external.tls.caFile=FILE',
  answersFor: 'externalDatabase',
  analyse: ({ externalDatabase }, { catalog }) =>
    judgeConnection(externalDatabase, required(catalog)),
});

export const databaseServer = defineCheck({
  ...COMMON,
  name: 'database-server',
  proves: 'Your own PostgreSQL is new enough, keeps text in UTF8 and takes writes.',
  warns: `newer than ${NEWEST_POSTGRES}`,
  fails: `older than ${OLDEST_POSTGRES}, another encoding, a standby or read only`,
  codes: ['FW-DB-TOO-OLD', 'FW-DB-ENCODING', 'FW-DB-READ-ONLY'],
  remedy: 'Upgrade it; name the primary',
  analyse: ({ externalDatabase }) => judgeServer(externalDatabase),
});

export const databaseRights = defineCheck({
  ...COMMON,
  name: 'database-rights',
  proves: 'The three roles have the rights their work needs, and no others.',
  fails: 'a role may do less than it has to, or more than it should',
  codes: ['FW-DB-RIGHTS-MISSING', 'FW-DB-RIGHTS-EXCESS'],
  remedy: 'factsway-install database sql',
  analyse: ({ externalDatabase }, { catalog }) => judgeRights(externalDatabase, required(catalog)),
});

export const databaseConnections = defineCheck({
  ...COMMON,
  name: 'database-connections',
  proves: 'Your own PostgreSQL allows the connections of both slots and of everybody else.',
  warns: 'the connections of one slot fit, those of two do not',
  fails: 'those of one slot do not fit',
  codes: ['FW-DB-CONNECTIONS'],
  remedy: 'Raise max_connections there',
  analyse: ({ externalDatabase }, { catalog }) =>
    judgeConnections(externalDatabase, catalog.context.sizing),
});

export const databaseClock = defineCheck({
  ...COMMON,
  name: 'database-clock',
  proves: 'The clocks of your own PostgreSQL and of this server agree.',
  warns: `more than ${CLOCK_WARNS} s apart`,
  fails: `more than ${CLOCK_FAILS} s apart`,
  codes: ['FW-DB-CLOCK'],
  remedy: 'timedatectl; chronyc tracking',
  analyse: ({ externalDatabase }) => judgeClock(externalDatabase),
});
