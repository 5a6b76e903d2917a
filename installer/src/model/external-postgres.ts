import * as z from 'zod';
import { DEFAULT_POSTGRES, POSTGRES_VERSIONS } from './postgres-version.ts';

/** How to speak to a PostgreSQL elsewhere. The words between these that libpq has promise less than they sound. */
export const POSTGRES_TLS_MODES = ['verify-full', 'require', 'off'] as const;
export type PostgresTlsMode = (typeof POSTGRES_TLS_MODES)[number];

const LOOPBACK = /^(localhost(\.localdomain)?|127\.[\d.]+|::1|0\.0\.0\.0|::)$/i;
/** RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291: addresses no packet on the internet carries. */
const PRIVATE_V4 =
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|127\.)/;
const PRIVATE_V6 = /^(f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1$)/i;

/** Own to a container or to this host: from inside a container it is somebody else. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);
export const isPrivateAddress = (address: string): boolean =>
  address.includes(':') ? PRIVATE_V6.test(address) : PRIVATE_V4.test(address);
export const isAddress = (host: string): boolean =>
  host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host);

/** A name or an address; what else is in a connection string has keys of its own. */
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/;
/** Roles of PostgreSQL that need no quoting anywhere. */
const ROLE = /^[a-z_][a-z0-9_]{0,62}$/;

const role = (what: string, preset: string) =>
  z
    .string()
    .regex(ROLE, 'must be a lower-case PostgreSQL identifier')
    .default(preset)
    .describe(what);

/** `postgres.external`: where the customer's own PostgreSQL is, and as whom to speak to it. */
const externalSchema = z.strictObject({
  host: z
    .string()
    .regex(HOST, 'must be a name or an address such as db.example.com, without port and user')
    .describe('Name or address of your PostgreSQL, as containers of this server reach it.'),
  port: z.int().min(1).max(65535).default(5432).describe('Port of your PostgreSQL.'),
  tls: z
    .strictObject({
      mode: z
        .enum(POSTGRES_TLS_MODES)
        .default('verify-full')
        .describe(
          'verify-full: encrypted, and the certificate must be for that host; require: encrypted, whoever answers; off: not encrypted, for a network of your own and with a reason.',
        ),
      caFile: z
        .string()
        .min(1)
        .optional()
        .describe(
          'PEM file of the authority that signed its certificate, absolute or relative to the instance directory; without it public authorities are trusted. For verify-full.',
        ),
      reason: z
        .string()
        .min(1)
        .optional()
        .describe('Why tls.mode off is right here, for whoever reads the rendered files.'),
    })
    .prefault({}),
  users: z
    .strictObject({
      owner: role('Role that owns the schema and runs the migrations.', 'factsway_owner'),
      app: role(
        'Role of the eight services: factsway_app itself or a member of it.',
        'factsway_app',
      ),
      monitor: role('Role that reads statistics: a member of pg_monitor.', 'factsway_monitor'),
    })
    .prefault({}),
});

export const postgresSchema = z
  .strictObject({
    mode: z
      .enum(['bundled', 'external'])
      .default('bundled')
      .describe('bundled: PostgreSQL in a container of the platform; external: a server of yours.'),
    version: z
      .literal([...POSTGRES_VERSIONS])
      .default(DEFAULT_POSTGRES)
      .describe(
        'Major version of the bundled PostgreSQL. 15 is for a database of before; what is there is moved by upgrade --postgres, never by changing this.',
      ),
    database: z
      .string()
      .regex(ROLE, 'must be a lower-case PostgreSQL identifier')
      .default('factsway')
      .describe('Name of the database.'),
    external: externalSchema
      .optional()
      .describe('Your own PostgreSQL, with postgres.mode external.'),
  })
  .superRefine(judgePostgres)
  .prefault({});

export type ExternalPostgres = z.output<typeof externalSchema>;
type Postgres = { readonly mode: string; readonly external?: ExternalPostgres | undefined };

function judgePostgres({ mode, external }: Postgres, context: z.RefinementCtx): void {
  const issue = (path: string[], message: string, hint: string): void => {
    context.addIssue({ code: 'custom', path, message, params: { hint } });
  };
  if (mode === 'external' && !external)
    issue(
      ['external'],
      'is missing, and postgres.mode is external',
      'Name your server: --set postgres.external.host=db.example.com, or set postgres.mode to bundled.',
    );
  if (external) judgeExternal(external, issue);
}

function judgeExternal(
  { host, tls, users }: ExternalPostgres,
  issue: (path: string[], message: string, hint: string) => void,
): void {
  if (isLoopback(host))
    issue(
      ['external', 'host'],
      'is the container itself when a service asks for it',
      'Give the name or address under which other machines reach that server, and let PostgreSQL listen there.',
    );
  if (tls.mode === 'off' && tls.reason === undefined)
    issue(
      ['external', 'tls', 'mode'],
      'sends what clients write in the clear',
      'Use verify-full; or say in postgres.external.tls.reason why nobody can listen on that network.',
    );
  if (tls.mode === 'off' && isAddress(host) && !isPrivateAddress(host))
    issue(
      ['external', 'tls', 'mode'],
      'is for a network of your own, and that is a public address',
      'Use verify-full.',
    );
  if (tls.mode !== 'off' && tls.reason !== undefined)
    issue(['external', 'tls', 'reason'], 'is for tls.mode off only', 'Remove it.');
  if (tls.mode !== 'verify-full' && tls.caFile !== undefined)
    issue(
      ['external', 'tls', 'caFile'],
      `has no effect with tls.mode ${tls.mode}: nothing is checked`,
      'Use verify-full, or remove it.',
    );
  if (new Set(Object.values(users)).size < 3)
    issue(
      ['external', 'users'],
      'names one role twice',
      'Owner, application and monitor are three roles, so that each has the least rights that do its work.',
    );
}
