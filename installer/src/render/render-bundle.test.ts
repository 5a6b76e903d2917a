import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import {
  catalogWith,
  configWith,
  desiredWith,
  ENGINE,
  fileOf,
  TEMPLATES,
} from '../../../test/fakes/builders.ts';
import { buildCatalog } from '../catalog/catalog.ts';
import { SERVICES } from '../catalog/services/index.generated.ts';
import { renderBundle } from './render-bundle.ts';
import { TemplateEngine } from './template-engine.ts';

describe('rendering', () => {
  it('twice gives the same bytes in the same order', () => {
    const once = renderBundle(catalogWith(), ENGINE);
    expect(renderBundle(catalogWith(), ENGINE)).toEqual(once);
    expect(once.files.map(({ path }) => path)).toEqual(once.files.map(({ path }) => path).sort());
  });

  it('does not care in which order the keys of factsway.yaml stand', async () => {
    const settings = { host: { name: 'a.b', cores: 4, memory: '16GiB' }, edge: { httpPort: 81 } };
    const other = { edge: { httpPort: 81 }, host: { memory: '16GiB', cores: 4, name: 'a.b' } };
    const engine = new TemplateEngine(
      Object.fromEntries(Object.entries(await TEMPLATES.load()).reverse()),
    );
    expect(renderBundle(buildCatalog(configWith(other)), engine)).toEqual(
      renderBundle(buildCatalog(configWith(settings)), ENGINE),
    );
  });

  it('writes no file twice, all of them inside the directory, and only the override is a seed', () => {
    const { files } = renderBundle(catalogWith({}), ENGINE);
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
    for (const { path } of files) expect(path).toMatch(/^[\w.][\w./-]*$/);
    for (const { path } of files) expect(path).not.toContain('..');
    expect(files.filter(({ ownership }) => ownership === 'seed').map(({ path }) => path)).toEqual([
      'compose.override.yaml',
    ]);
  });

  it('makes scripts executable and nothing writable by others', () => {
    const settings = { services: { passwordInEnvironment: true } };
    for (const { path, mode } of renderBundle(catalogWith(settings), ENGINE).files)
      expect([path, mode]).toEqual([path, path.endsWith('.sh') ? 0o755 : 0o644]);
  });

  it('gives a directory a new hash when a file in it changes, and no other', () => {
    const before = renderBundle(catalogWith({}), ENGINE).configHashes;
    const after = renderBundle(
      catalogWith({ edge: { maxRequestSize: '1GiB' } }),
      ENGINE,
    ).configHashes;
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(['edge']);
  });

  it('has no directory for a component that is not there', () => {
    const paths = renderBundle(catalogWith(), ENGINE).files.map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith('config/grafana/'))).toEqual([]);
    expect(paths.filter((path) => path.startsWith('config/services/'))).toEqual([]);
  });

  it('stops where a mounted directory would be empty', async () => {
    const sources = Object.fromEntries(
      Object.entries(await TEMPLATES.load()).filter(([path]) => !path.includes('/blackbox/')),
    );
    expect(() => renderBundle(catalogWith(), new TemplateEngine(sources))).toThrow(
      'a workload mounts config/blackbox, but no template renders into it',
    );
  });
});

describe('a file of config-templates without .hbs', () => {
  const PAGE = 'config-templates/edge/pages/a.html';
  const withFiles = async (more: Record<string, string>): Promise<TemplateEngine> =>
    new TemplateEngine({ ...(await TEMPLATES.load()), ...more });

  it('is copied as it is, braces and all, and counts for the component that mounts it', async () => {
    const text = '{{service}} {{{x}}} {{> nothing}} $HOME';
    const bundle = renderBundle(catalogWith(), await withFiles({ [PAGE]: text }));
    expect(bundle.files.find(({ path }) => path === 'config/edge/pages/a.html')).toEqual({
      path: 'config/edge/pages/a.html',
      content: text,
      mode: 0o644,
      ownership: 'rendered',
    });
    const before = renderBundle(catalogWith(), ENGINE).configHashes;
    const changed = Object.keys(before).filter(
      (name) => before[name] !== bundle.configHashes[name],
    );
    expect(changed).toEqual(['edge']);
  });

  it('is not there where nobody mounts its directory', async () => {
    const engine = await withFiles({ 'config-templates/nobody/a.html': 'x' });
    const paths = renderBundle(catalogWith(), engine).files.map(({ path }) => path);
    expect(paths.filter((path) => path.includes('nobody'))).toEqual([]);
  });

  it('cannot stand beside a template of the same name', async () => {
    const engine = await withFiles({ 'config-templates/edge/Caddyfile': 'x' });
    expect(() => renderBundle(catalogWith(), engine)).toThrow(
      'config/edge/Caddyfile is there twice: as a template and as a file',
    );
  });
});

describe('the Caddyfile', () => {
  const caddyfile = (settings?: object): string =>
    fileOf(desiredWith(settings), 'config/edge/Caddyfile');
  const DEBIAN = { images: { source: 'debian' } };

  it('sends every public route, exact and below, to its service in the serving slot', () => {
    const text = caddyfile();
    for (const { name, port, routes } of SERVICES) {
      const paths = routes.map((route) => `${route} ${route}/*`).join(' ');
      expect(text).toContain(`@${name} path ${paths}\n`);
      expect(text).toContain(`reverse_proxy ${name}-a:${port} {`);
    }
  });

  it('redirects to the port that is published', () => {
    expect(caddyfile()).toContain('redir https://{host}{uri} 308');
    expect(caddyfile({ ...DEBIAN, edge: { httpsPort: 8443 } })).toContain(
      'redir https://{host}:8443{uri} 308',
    );
  });

  it('speaks plain HTTP and sends no HSTS where TLS is off', () => {
    const text = caddyfile({ ...DEBIAN, edge: { tls: { mode: 'off' } } });
    expect(text).toContain('auto_https off');
    expect(text).not.toMatch(/tls internal|Strict-Transport-Security|redir https|https:\/\//);
    expect(caddyfile()).toMatch(/Strict-Transport-Security[^]*tls internal/);
  });

  it('has limits in bytes and seconds', () => {
    const text = caddyfile({
      ...DEBIAN,
      edge: { maxRequestSize: '1MiB', requestTimeoutSeconds: 77 },
    });
    expect(text).toContain('max_size 1048576\n');
    expect(text).toContain('read_body 77s\n');
    expect(text).toContain('response_header_timeout 77s\n');
  });

  it('takes the word of a proxy in front of it only where TLS ends there', () => {
    expect(caddyfile({ ...DEBIAN, edge: { tls: { mode: 'off' } } })).toContain('trusted_proxies');
    expect(caddyfile()).not.toContain('trusted_proxies');
  });

  it('has balanced braces whatever is on or off', () => {
    for (const source of ['upstream', 'debian'])
      for (const mode of ['internal', 'off']) {
        const text = caddyfile({ images: { source }, edge: { tls: { mode } } }).replaceAll(
          /`[^`]*`/g,
          '',
        );
        expect(text.split('{').length).toBe(text.split('}').length);
      }
  });
});

describe('prometheus.yml', () => {
  type Job = { job_name: string; static_configs: { targets: string[]; labels: object }[] };
  const jobs = (settings: object): Job[] =>
    (
      parse(fileOf(desiredWith(settings), 'config/prometheus/prometheus.yml')) as {
        scrape_configs: Job[];
      }
    ).scrape_configs;

  it('scrapes every service, with its name and slot', () => {
    const found = jobs({});
    for (const { name, port } of SERVICES)
      expect(found.find((job) => job.job_name === name)?.static_configs).toEqual([
        { targets: [`${name}-a:${port}`], labels: { service: name, slot: 'a' } },
      ]);
  });

  it('scrapes Grafana only where it runs', () => {
    const names = (settings: object): string[] => jobs(settings).map(({ job_name: name }) => name);
    expect(names({})).toContain('grafana');
    expect(names({ images: { source: 'debian' } })).not.toContain('grafana');
  });

  it('keeps of a server of the customer what is about our database, and the connections of all', () => {
    type Relabelled = Job & { metric_relabel_configs?: { regex: string; action: string }[] };
    const rules = (settings: object): Relabelled['metric_relabel_configs'] =>
      (jobs(settings) as Relabelled[]).find(({ job_name: name }) => name === 'postgres')
        ?.metric_relabel_configs;
    expect(rules({})).toBeUndefined();
    const external = { mode: 'external', database: 'firm', external: { host: 'db.example' } };
    const [rule] = rules({ postgres: external }) ?? [];
    expect(rule?.action).toBe('keep');
    const kept = (name: string, database: string): boolean =>
      new RegExp(`^(?:${rule?.regex ?? ''})$`).test(`${name};${database}`);
    expect(kept('pg_up', '')).toBe(true);
    expect(kept('pg_stat_activity_max_tx_duration', 'firm')).toBe(true);
    expect(kept('pg_stat_activity_max_tx_duration', 'firm2')).toBe(false);
    expect(kept('pg_stat_database_deadlocks', 'billing')).toBe(false);
    expect(kept('pg_stat_activity_count', 'billing')).toBe(true);
  });
});

describe('the roles of the database', () => {
  it('are made for a database of any name, that of a keyword included', () => {
    const text = fileOf(
      desiredWith({ images: { source: 'debian' }, postgres: { database: 'user' } }),
      'config/postgres-init/10-roles.sh',
    );
    expect(text.match(/DATABASE \S+/g)).toEqual(Array.from({ length: 3 }, () => 'DATABASE "user"'));
  });
});

describe('postgresql.conf', () => {
  it('has the derived numbers, each below its reason', () => {
    const text = fileOf(desiredWith(), 'config/postgres/postgresql.conf');
    expect(text).toMatch(
      /# 8 services × 4 pooled connections × 2 slots[^\n]*\nmax_connections = '80'\n/,
    );
    expect(text).toContain("shared_buffers = '614MB'\n");
    expect(text).toContain("timezone = 'UTC'\n");
  });
});
