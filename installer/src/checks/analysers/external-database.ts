import type { CatalogContext } from '../../catalog/context.ts';
import { externalPostgres, type DatabaseRole } from '../../catalog/database-access.ts';
import { ROLES } from '../../catalog/roles.ts';
import type { Sizing } from '../../catalog/sizing.ts';
import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import { isPrivateAddress, type ExternalPostgres } from '../../model/external-postgres.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { ExternalDatabaseFacts, RoleFacts } from '../facts-database.ts';

/** The oldest the reference schema is made for, and the newest anybody tried. */
export const OLDEST_POSTGRES = 15;
export const NEWEST_POSTGRES = 17;
/** Seconds two clocks may be apart before it is worth a word, and before it is wrong. */
export const CLOCK_WARNS = 5;
export const CLOCK_FAILS = 60;

/** What one look at the customer's PostgreSQL came to. */
export type Judgement = {
  readonly status: 'pass' | 'warn' | 'fail';
  readonly found: string;
  readonly remedy: string;
  readonly details: readonly string[];
  readonly code?: ErrorCode;
};

const good = (found: string): Judgement => ({ status: 'pass', found, remedy: '', details: [] });
const doubtful = (found: string, remedy: string): Judgement => ({
  status: 'warn',
  found,
  remedy,
  details: [],
});
const bad = (
  code: ErrorCode,
  found: string,
  remedy: string,
  details: readonly string[] = [],
): Judgement => ({ status: 'fail', found, remedy, details, code });

const STATEMENTS =
  'The statements that make the roles as they should be: factsway-install database sql';

/** Encrypted as configured, and not in the clear over anybody's network. */
export function judgeConnection(
  { addresses, roles }: ExternalDatabaseFacts,
  { host, port, tls }: ExternalPostgres,
): Judgement {
  const where = `${host}:${port}`;
  if (tls.mode === 'off') {
    const open = addresses.filter((address) => !isPrivateAddress(address));
    return open.length > 0
      ? bad(
          'FW-DB-TLS',
          `tls.mode is off, and ${host} is ${open.join(', ')}, which is no address of a network of your own`,
          'Use tls.mode verify-full: --set postgres.external.tls.mode=verify-full',
        )
      : doubtful(
          `${where} lets the three roles in; nothing is encrypted (${tls.reason ?? 'no reason given'})`,
          'Where that is no longer so: --set postgres.external.tls.mode=verify-full',
        );
  }
  if (!roles.app.encrypted)
    return bad('FW-DB-TLS', `${where} does not encrypt`, 'Look at ssl in its postgresql.conf.');
  return tls.mode === 'require'
    ? doubtful(
        `${where} lets the three roles in, encrypted; who answers there is not checked`,
        'Give the authority that signed its certificate: --set postgres.external.tls.mode=verify-full --set postgres.external.tls.caFile=FILE',
      )
    : good(`${where} lets the three roles in, encrypted, with a certificate that checks out`);
}

/** Version, encoding, and that it takes writes. */
export function judgeServer({ roles: { owner } }: ExternalDatabaseFacts): Judgement {
  const major = Math.floor(owner.versionNumber / 10_000);
  if (major < OLDEST_POSTGRES)
    return bad(
      'FW-DB-TOO-OLD',
      `it is PostgreSQL ${owner.version}; ${OLDEST_POSTGRES} or newer is needed`,
      `Upgrade it to ${NEWEST_POSTGRES}, or use the platform's own: --set postgres.mode=bundled`,
    );
  if (owner.encoding !== 'UTF8')
    return bad(
      'FW-DB-ENCODING',
      `the database is in ${owner.encoding}; client data needs UTF8`,
      "Make it anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
    );
  if (owner.standby || owner.readOnly)
    return bad(
      'FW-DB-READ-ONLY',
      owner.standby ? 'it is a standby' : 'it is set to read only (default_transaction_read_only)',
      'Name the primary: --set postgres.external.host=HOST',
    );
  const found = `PostgreSQL ${owner.version}, ${owner.encoding}, takes writes`;
  return major > NEWEST_POSTGRES
    ? doubtful(
        `${found}; newer than ${NEWEST_POSTGRES}, with which this release was tried`,
        'Try it on a copy first.',
      )
    : good(found);
}

type Findings = { readonly missing: string[]; readonly excess: string[] };

/** Each role has the rights its work needs and no others (spec 01, "Migrations"). */
export function judgeRights(
  { roles }: ExternalDatabaseFacts,
  { users }: ExternalPostgres,
): Judgement {
  const findings: Findings = { missing: [], excess: [] };
  for (const role of ['owner', 'app', 'monitor'] as const)
    judgeRole(role, roles[role], users, findings);
  const { missing, excess } = findings;
  if (missing.length > 0)
    return bad('FW-DB-RIGHTS-MISSING', several(missing), STATEMENTS, [
      ...missing.slice(1),
      ...excess,
    ]);
  if (excess.length > 0)
    return bad('FW-DB-RIGHTS-EXCESS', several(excess), STATEMENTS, excess.slice(1));
  return good('owner, application and monitor have the rights they need and no others');
}

const several = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first}, and ${others.length} more of that kind`;

function judgeRole(
  role: DatabaseRole,
  facts: RoleFacts,
  users: ExternalPostgres['users'],
  { missing, excess }: Findings,
): void {
  const user = users[role];
  if (facts.attributes.length > 0) excess.push(`${user} is ${facts.attributes.join(', ')}`);
  if (role === 'owner') {
    const needed = ['factsway', 'factsway_migrations'];
    const owned = facts.schemas.filter(({ owner }) => owner === user).map(({ name }) => name);
    const others = facts.schemas.filter(({ owner }) => owner !== user);
    if (!facts.mayCreateSchemas && needed.some((name) => !owned.includes(name)))
      missing.push(`${user} may not create schemas in the database`);
    for (const { name, owner } of others)
      missing.push(`schema ${name} belongs to ${owner}, not to ${user}`);
    if (!facts.appRoleExists) missing.push(`role ${ROLES.app} does not exist`);
    return;
  }
  // What a superuser may is everything; once is enough.
  if (facts.attributes.includes('superuser')) return;
  if (facts.mayCreateSchemas) excess.push(`${user} may create schemas`);
  if (facts.createsIn.length > 0)
    excess.push(`${user} may create objects in ${facts.createsIn.join(', ')}`);
  if (facts.memberOf.includes(users.owner)) excess.push(`${user} may act as ${users.owner}`);
  if (role === 'app' && !facts.memberOf.includes(ROLES.app))
    missing.push(`${user} is neither ${ROLES.app} nor a member of it`);
  if (role === 'monitor') {
    if (!facts.memberOf.includes('pg_monitor')) missing.push(`${user} has no pg_monitor`);
    if (facts.memberOf.includes(ROLES.app)) excess.push(`${user} may act as ${ROLES.app}`);
  }
}

/** Pools of both slots and everybody else fit into what the server lets in. */
export function judgeConnections(
  { roles: { owner, app, monitor } }: ExternalDatabaseFacts,
  { connections }: Sizing,
): Judgement {
  const limits = [
    {
      what: `max_connections ${monitor.maxConnections}, less ${monitor.reserved} reserved and ${monitor.foreign} of others`,
      left: monitor.maxConnections - monitor.reserved - monitor.foreign,
      needs: connections.value,
    },
    {
      what: 'CONNECTION LIMIT of the database',
      left: owner.databaseLimit,
      needs: connections.value,
    },
    {
      what: 'CONNECTION LIMIT of the role of the services',
      left: app.roleLimit,
      needs: connections.perSlot * 2,
    },
  ].filter(({ left }) => left !== -1);
  const short = limits.filter(({ left, needs }) => left < needs);
  const [first] = short;
  if (!first)
    return good(`${limits[0]?.left ?? 0} connections are free, ${connections.value} are needed`);
  const remedy = `Raise it there to what leaves ${first.needs} (ALTER SYSTEM SET max_connections = …, then a restart; ALTER ROLE … or DATABASE … CONNECTION LIMIT), or let the pools be smaller: --set host.cores=2`;
  const found = `${first.what}: ${first.left} left, and both slots need ${first.needs}`;
  const hopeless = short.some(({ left, needs }) => left < needs - connections.perSlot);
  return hopeless
    ? bad('FW-DB-CONNECTIONS', found, remedy, [connections.because])
    : doubtful(`${found}; one slot fits, and an upgrade has to stop the old release first`, remedy);
}

/** Rows are stamped there, certificates and metrics here. */
export function judgeClock({ roles: { owner } }: ExternalDatabaseFacts): Judgement {
  const { askedMs, nowMs, answeredMs } = owner;
  // Nobody knows when between question and answer it looked.
  const apart = Math.max(askedMs - nowMs, nowMs - answeredMs, 0) / 1000;
  const found = `its clock and ours are ${apart < 1 ? 'less than a second' : `${Math.round(apart)} s`} apart`;
  const remedy = 'Let both keep time with the same source: timedatectl, chronyc tracking';
  if (apart > CLOCK_FAILS) return bad('FW-DB-CLOCK', found, remedy);
  return apart > CLOCK_WARNS ? doubtful(found, remedy) : good(found);
}

/** All of it as one gate of `verify`. */
export function analyseExternalDatabase(
  facts: ExternalDatabaseFacts,
  { config, sizing }: CatalogContext,
): CheckResult {
  const external = externalPostgres(config);
  if (!external) throw new Error('PostgreSQL is not elsewhere');
  const judgements = [
    judgeConnection(facts, external),
    judgeServer(facts),
    judgeRights(facts, external),
    judgeConnections(facts, sizing),
    judgeClock(facts),
  ];
  const failed = judgements.filter(({ status }) => status === 'fail');
  const [first, ...others] = failed;
  if (first) {
    const details = [...first.details, ...others.map(({ found }) => found)];
    const result = fail('database', first.found, first.remedy, details);
    return first.code === undefined ? result : { ...result, code: first.code };
  }
  const warned = judgements.find(({ status }) => status === 'warn');
  const { version, maxConnections } = facts.roles.monitor;
  return pass(
    'database',
    `PostgreSQL ${version} at ${external.host}, up to ${maxConnections} connections, three roles with least rights${warned ? `; ${warned.found}` : ''}`,
  );
}
