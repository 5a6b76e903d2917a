import { describe, expect, it } from 'vitest';
import { catalogWith, desiredWith, fileOf, ENGINE } from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { configSchema } from '../model/config.ts';
import { plain } from '../model/workload.ts';
import { renderBundle } from '../render/render-bundle.ts';
import { renderRoles } from '../render/render-roles.ts';
import { buildCatalog, type Catalog } from './catalog.ts';

const settings = (external: object = {}, more: object = {}) => ({
  postgres: { mode: 'external', external: { host: 'db.example.com', ...external } },
  images: { source: 'debian' },
  ...more,
});
const workload = ({ workloads }: Catalog, id: string) => {
  const found = workloads.find((one) => one.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
};
const environment = (catalog: Catalog, id: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(workload(catalog, id).environment).map(([name, value]) => [name, plain(value)]),
  );
const PEM = '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n';

describe('with a PostgreSQL of the customer', () => {
  const catalog = catalogWith(settings());

  it('there is no container, no volume, no superuser and no network without a way out', () => {
    expect(catalog.workloads.map(({ component }) => component)).not.toContain('postgres');
    const compose = fileOf(desiredWith(settings()), 'compose.yaml');
    expect(compose).not.toMatch(/postgres-data|superuser| {2}data:/);
    expect(compose).toContain('  database:\n    internal: false');
    expect(catalog.secrets.map(({ name, given }) => [name, given])).toEqual([
      ['postgres-owner-password', true],
      ['postgres-app-password', true],
      ['postgres-monitor-password', true],
    ]);
  });

  it('migrations and services go to it encrypted, each as its role', () => {
    expect(environment(catalog, 'migrations-a')).toMatchObject({
      POSTGRES_HOST: 'db.example.com',
      POSTGRES_PORT: '5432',
      POSTGRES_USER: 'factsway_owner',
      POSTGRES_SSLMODE: 'verify-full',
    });
    expect(environment(catalog, 'records-service-a')).toMatchObject({
      POSTGRES_HOST: 'db.example.com',
      POSTGRES_USER: 'factsway_app',
      POSTGRES_SSLMODE: 'verify-full',
    });
    expect(environment(catalog, 'postgres-exporter')['DATA_SOURCE_URI']).toBe(
      'db.example.com:5432/factsway?sslmode=verify-full&connect_timeout=4',
    );
    expect(workload(catalog, 'migrations-a').dependsOn).toEqual([]);
  });

  it('no network joins the slots; migrations and statistics have a way out, and nobody else on it', () => {
    const both = catalogWith(settings(), ['a', 'b']);
    const on = (name: string) =>
      both.workloads.flatMap(({ id, networks }) =>
        networks.some((network) => network.name === name) ? [id] : [],
      );
    expect(on('data')).toEqual([]);
    expect(on('database')).toEqual(['postgres-exporter', 'migrations-a', 'migrations-b']);
  });

  it('nothing is reserved for it, and less memory is enough', () => {
    expect(catalog.context.sizing.postgres.memory.value).toBe(0);
    const small = catalogWith(settings({}, { host: { memory: '4GiB' } }));
    expect(small.context.sizing.twoSlots.value).toBe(false);
    expect(
      errorOf(() => catalogWith(settings({}, { host: { memory: '3.9GiB' } }))).message,
    ).toContain('at least 4GiB');
    const fitting = catalogWith(settings({}, { host: { memory: '6GiB' } }), ['a', 'b']);
    expect(fitting.context.sizing.twoSlots.value).toBe(true);
    expect(catalog.context.sizing.serviceUnit.because).not.toContain('PostgreSQL');
  });

  it('its authority is mounted where it is read, and a new one makes the containers again', () => {
    const config = configSchema.parse(settings({ tls: { caFile: 'db-ca.pem' } }));
    const with_ = (postgresAuthority: string) => {
      const made = buildCatalog(config, undefined, undefined, { postgresAuthority });
      return { made, bundle: renderBundle(made, ENGINE) };
    };
    const { made, bundle } = with_(`subject=CN = ours\n${PEM}`);
    const file = bundle.files.find(({ path }) => path === 'config/postgres-tls/ca.crt');
    expect(file?.content).toBe(PEM);
    for (const id of ['migrations-a', 'records-service-a', 'postgres-exporter'])
      expect(workload(made, id).config).toMatchObject({
        directory: 'postgres-tls',
        mount: '/etc/factsway/postgres-tls',
        reload: { how: 'recreate' },
      });
    expect(environment(made, 'records-service-a')['POSTGRES_SSLROOTCERT']).toBe(
      '/etc/factsway/postgres-tls/ca.crt',
    );
    expect(environment(made, 'postgres-exporter')['DATA_SOURCE_URI']).toMatch(
      /sslmode=verify-full&connect_timeout=4&sslrootcert=\/etc\/factsway\/postgres-tls\/ca\.crt$/,
    );
    const other = with_(PEM.replace('QUJD', 'REVG')).bundle;
    const app = ({ files }: typeof bundle) =>
      files.find(({ path }) => path === 'compose.app-a.yaml')?.content;
    expect(app(other)).not.toBe(app(bundle));
  });

  it('an address of IPv6 stands in brackets where it is a part of a URL', () => {
    const six = catalogWith(settings({ host: 'fd00::7' }));
    expect(environment(six, 'postgres-exporter')['DATA_SOURCE_URI']).toMatch(/^\[fd00::7\]:5432/);
    expect(environment(six, 'records-service-a')['POSTGRES_HOST']).toBe('fd00::7');
  });

  it('why nothing is encrypted stands in the rendered file', () => {
    const tls = { mode: 'off', reason: 'a cable between two servers' };
    const off = desiredWith(settings({ host: '10.0.0.7', tls }));
    expect(fileOf(off, 'compose.app-a.yaml')).toContain(
      '# not encrypted: a cable between two servers\n      POSTGRES_SSLMODE: disable',
    );
  });
});

describe('what cannot be meant is refused', () => {
  const refusal = (postgres: object): string =>
    configSchema
      .safeParse({ postgres })
      .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
      .join('; ') ?? 'accepted';
  const external = { host: 'db.example.com' };

  it.each([
    [{ mode: 'external' }, 'postgres.external is missing'],
    [{ mode: 'external', external: { host: 'localhost' } }, 'is the container itself'],
    [{ mode: 'external', external: { host: '127.0.0.1' } }, 'is the container itself'],
    [{ mode: 'external', external: { host: 'user@db' } }, 'must be a name or an address'],
    [{ mode: 'external', external: { host: 'db;rm -rf /' } }, 'must be a name or an address'],
    [{ mode: 'external', external: { ...external, tls: { mode: 'off' } } }, 'in the clear'],
    [
      { mode: 'external', external: { host: '8.8.8.8', tls: { mode: 'off', reason: 'x' } } },
      'is a public address',
    ],
    [
      { mode: 'external', external: { ...external, tls: { mode: 'require', caFile: 'x' } } },
      'has no effect',
    ],
    [
      { mode: 'external', external: { ...external, users: { app: 'factsway_owner' } } },
      'names one role twice',
    ],
  ])('%j', (postgres, words) => {
    expect(refusal(postgres)).toContain(words);
  });

  it('with mode bundled it is kept for later, and told', () => {
    expect(refusal({ mode: 'bundled', external })).toBe('accepted');
    const { notes } = catalogWith({
      postgres: { mode: 'bundled', external },
      images: { source: 'debian' },
    });
    expect(notes.join()).toContain('postgres.external has no effect');
  });
});

describe('the statements for an administrator', () => {
  const sql = (users: object = {}): string =>
    renderRoles(configSchema.parse(settings({ users })), ENGINE);

  it('make three roles and no administrator', () => {
    expect(sql()).toContain('CREATE ROLE "factsway_app" LOGIN;');
    expect(sql()).not.toMatch(/SUPERUSER|CREATEROLE|CREATEDB/);
  });

  it('let the services log in under a name of your own, as a member of the role that has the rights', () => {
    expect(sql({ app: 'fw_login' })).toContain(
      'CREATE ROLE "factsway_app" NOLOGIN;\nCREATE ROLE "fw_login" LOGIN IN ROLE "factsway_app";',
    );
  });
});
