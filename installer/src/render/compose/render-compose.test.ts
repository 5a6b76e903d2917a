import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { catalogWith, ENGINE, TEMPLATES } from '../../../../test/fakes/builders.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Slot } from '../../model/workload.ts';
import { renderConfigs } from '../render-configs.ts';
import { TemplateEngine, TemplateError } from '../template-engine.ts';
import { renderCompose, specOf } from './render-compose.ts';

type Service = { environment: Record<string, string>; [key: string]: unknown };
type ComposeText = {
  name?: string;
  networks?: Record<string, { internal: boolean }>;
  volumes?: object;
  secrets?: Record<string, { file: string }>;
  services: Record<string, Service>;
};

function compose(catalog: Catalog): Record<string, string> {
  const files = renderCompose(catalog, renderConfigs(catalog, ENGINE).hashes, ENGINE);
  return Object.fromEntries(files.map(({ path, content }) => [path, content]));
}
const read = (text: string | undefined): ComposeText => parse(text ?? '') as ComposeText;

const SOURCES = ['upstream', 'debian'];
const MODES = ['internal', 'off'];
const GRAFANA = ['auto', 'off'];
const MATRIX = SOURCES.flatMap((source) =>
  MODES.flatMap((mode) =>
    GRAFANA.flatMap((grafana) =>
      [false, true].map((compatible) => [source, mode, grafana, compatible] as const),
    ),
  ),
);

describe.each(MATRIX)('source %s, TLS %s, Grafana %s, compatibility %s', (...choice) => {
  const [source, mode, grafana, passwordInEnvironment] = choice;
  const catalog = catalogWith(
    {
      images: { source },
      edge: { tls: { mode } },
      monitoring: { grafana },
      services: { passwordInEnvironment },
    },
    ['a', 'b'],
  );
  const files = compose(catalog);
  const parts = Object.keys(files)
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => read(files[path]));
  const core = read(files['compose.yaml']);

  it('every file is YAML and together they hold every workload once', () => {
    const ids = parts.flatMap(({ services }) => Object.keys(services));
    expect(ids.sort()).toEqual(catalog.workloads.map(({ id }) => id).sort());
  });

  it('every network, volume, secret and dependency that is used is declared', () => {
    const services = parts.flatMap((part) => Object.values(part.services));
    const keys = (value: unknown): string[] => Object.keys(value ?? {});
    const ids = new Set(catalog.workloads.map(({ id }) => id));
    for (const service of services) {
      for (const network of keys(service['networks']))
        expect(core.networks).toHaveProperty(network);
      for (const id of keys(service['depends_on'])) expect(ids).toContain(id);
      for (const secret of (service['secrets'] ?? []) as string[])
        expect(core.secrets?.[secret]?.file).toBe(`./secrets/${secret}`);
      for (const mount of (service['volumes'] ?? []) as string[])
        if (!/^[./]/.test(mount)) expect(core.volumes).toHaveProperty(mount.split(':')[0]!);
    }
  });

  it('no value of a secret and no Docker socket is in any file', () => {
    const all = Object.values(files).join('\n');
    expect(all).not.toContain('docker.sock');
    expect(all).not.toMatch(/^ +POSTGRES_PASSWORD:/m);
  });
});

describe('the Compose files', () => {
  const files = compose(catalogWith(undefined, ['a', 'b']));

  it('are those that .env names, so that a hand-typed command sees the same system', () => {
    expect(Object.keys(files)).toEqual([
      'compose.yaml',
      'compose.app-a.yaml',
      'compose.app-b.yaml',
      'compose.monitoring.yaml',
      '.env',
      'compose.override.yaml',
    ]);
    expect(files['.env']).toContain(
      '\nCOMPOSE_FILE=compose.yaml:compose.app-a.yaml:compose.app-b.yaml:compose.monitoring.yaml:compose.override.yaml\n',
    );
    expect(files['.env']).toContain('\nCOMPOSE_PROJECT_NAME=factsway\n');
  });

  it('keep the two slots apart: own network, own migrations, the same services', () => {
    for (const slot of ['a', 'b'] satisfies Slot[]) {
      const { services } = read(files[`compose.app-${slot}.yaml`]);
      expect(Object.keys(services)).toHaveLength(9);
      for (const [id, service] of Object.entries(services)) {
        expect(id).toMatch(new RegExp(`-${slot}$`));
        expect(JSON.stringify(service)).not.toContain(slot === 'a' ? 'app-b' : 'app-a');
      }
    }
  });

  it('make data and monitoring internal and nothing else', () => {
    const networks = read(files['compose.yaml']).networks ?? {};
    const internal = Object.keys(networks).filter((name) => networks[name]?.internal);
    expect(internal).toEqual(['data', 'monitoring']);
  });

  it('say beside a derived number why it is that', () => {
    expect(files['compose.app-a.yaml']).toContain(
      [
        '    # half a share, so that two slots fit, of what PostgreSQL, monitoring and the system leave of 8GiB',
        '    mem_limit: "198m"',
      ].join('\n'),
    );
  });

  it('name the exception where a hardening rule is broken', () => {
    expect(compose(catalogWith({}))['compose.yaml']).toMatch(
      /# Exception to "non-root user": .+\n {2}edge:/,
    );
  });

  it('declare only volumes that somebody uses', () => {
    const volumes = Object.keys(read(files['compose.yaml']).volumes ?? {});
    expect(volumes).not.toContain('grafana-data');
    expect(volumes).toContain('postgres-data');
  });

  it('leave the override to the customer', () => {
    const override = renderCompose(catalogWith(), {}, ENGINE).find(
      ({ path }) => path === 'compose.override.yaml',
    );
    expect(override?.ownership).toBe('seed');
    expect(read(override?.content)).toEqual({ services: {} });
  });
});

describe('values of a person in the environment of the services', () => {
  it.each([
    '$:{}"\'#\n%&é ${HOME} $$',
    'a\n"b"',
    '"a"\nb',
    '1_000',
    '0b101',
    '2024-01-01',
    'yes',
    '*a',
    '- a',
    '',
  ])('%j has every dollar doubled, so that Compose gives back what was meant', (value) => {
    const catalog = catalogWith({ services: { environment: { TITLE: value } } });
    const text = compose(catalog)['compose.app-a.yaml'] ?? '';
    const written = read(text).services['facts-service-a']?.environment['TITLE'];
    expect(written).toBe(value.replaceAll('$', '$$$$'));
    expect(written?.replaceAll('$$', '$')).toBe(value);
  });

  it('are the same text whatever their order', () => {
    const text = (environment: object): string | undefined =>
      compose(catalogWith({ services: { environment } }))['compose.app-a.yaml'];
    expect(text({ A: '1', B: '2' })).toBe(text({ B: '2', A: '1' }));
  });
});

describe('services that cannot read a password from a file', () => {
  const environment = (catalog: Catalog): Service =>
    read(compose(catalog)['compose.app-a.yaml']).services['facts-service-a']!;

  it('are started through the wrapper, and the container still holds no password', () => {
    const service = environment(catalogWith({ services: { passwordInEnvironment: true } }));
    expect(service['entrypoint']).toEqual(['/bin/sh', '/factsway/with-password.sh']);
    expect(service['command']).toEqual(['node', '/app/service.mjs']);
    expect(service['volumes']).toEqual(['./config/services:/factsway:ro']);
    expect(service.environment).not.toHaveProperty('POSTGRES_PASSWORD');
  });

  it('are the exception', () => {
    expect(environment(catalogWith())).not.toHaveProperty('entrypoint');
  });
});

describe('what is rendered', () => {
  it('is read back: a template that loses a line is refused', async () => {
    const sources = await TEMPLATES.load();
    const path = 'compose/partials/service.hbs';
    const lossy = {
      ...sources,
      [path]: sources[path]!.replace('    read_only: {{yaml read_only}}\n', ''),
    };
    expect(() => renderCompose(catalogWith(), {}, new TemplateEngine(lossy))).toThrow(
      /compose\.yaml: service postgres does not read back as it was rendered/,
    );
  });

  it('must be all of it: a template that loses a service is refused', async () => {
    const sources = await TEMPLATES.load();
    const path = 'compose/compose.monitoring.yaml.hbs';
    const lossy = { ...sources, [path]: '{{> header}}\nservices: {}\n' };
    expect(() => renderCompose(catalogWith(), {}, new TemplateEngine(lossy))).toThrow(
      TemplateError,
    );
  });
});

describe('the fingerprint of a container', () => {
  const of = (id: string, settings?: object, hashes: Record<string, string> = {}): string =>
    specOf(
      catalogWith(settings).workloads.find((workload) => workload.id === id)!,
      hashes,
    );

  it('is the same for the same definition', () => {
    expect(of('edge')).toBe(of('edge'));
    expect(of('edge')).toMatch(/^[0-9a-f]{16}$/);
  });

  it('changes with the definition, and only where it changed', () => {
    const changed = { images: { source: 'debian' }, edge: { httpPort: 8080 } };
    expect(of('edge', changed)).not.toBe(of('edge'));
    expect(of('postgres', changed)).toBe(of('postgres'));
  });

  it('counts configuration only for those who cannot take it up while they run', () => {
    expect(of('postgres', undefined, { postgres: 'new' })).not.toBe(of('postgres'));
    expect(of('edge', undefined, { edge: 'new' })).toBe(of('edge'));
    expect(of('prometheus', undefined, { prometheus: 'new' })).toBe(of('prometheus'));
  });
});
