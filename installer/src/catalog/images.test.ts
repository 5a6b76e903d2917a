import { describe, expect, it } from 'vitest';
import { catalogWith } from '../../../test/fakes/builders.ts';
import {
  COMPONENT_IMAGES,
  ensureCommand,
  resolveComponentImage,
  resolveReleaseImage,
  type ComponentImage,
  type ImageSettings,
} from './images.ts';

const REGISTRY = 'registry.example.com/factsway';
const settings = (
  source: ImageSettings['source'],
  overrides: Readonly<Record<string, string>> = {},
): ImageSettings => ({ source, registry: REGISTRY, overrides });

describe('the image of a component', () => {
  it.each([
    ['postgres', 'upstream', {}, { reference: `${REGISTRY}/postgres:17-1`, user: '999:999' }],
    ['postgres', 'debian', {}, { reference: 'factsway/postgres:debian-13', user: '999:999' }],
    ['edge', 'upstream', {}, { reference: 'docker.io/library/caddy:2.10.2', user: '0:0' }],
    ['edge', 'debian', {}, { reference: 'factsway/edge:debian-13', user: '10001:10001' }],
    [
      'edge',
      'debian',
      { edge: 'mirror/caddy:2' },
      { reference: 'mirror/caddy:2', user: '10001:10001' },
    ],
    ['edge', 'upstream', { edge: 'mirror/caddy:2' }, { reference: 'mirror/caddy:2', user: '0:0' }],
    ['grafana', 'debian', {}, undefined],
    [
      'grafana',
      'debian',
      { grafana: 'mirror/grafana:12' },
      { reference: 'mirror/grafana:12', user: '472:472' },
    ],
    ['backup', 'upstream', {}, { reference: `${REGISTRY}/backup:17-1`, user: '999:999' }],
    [
      'postgres',
      'upstream',
      { edge: 'mirror/caddy:2' },
      { reference: `${REGISTRY}/postgres:17-1`, user: '999:999' },
    ],
  ] as const)('%s from %s with %o', (name, source, overrides, expected) => {
    expect(resolveComponentImage(name, settings(source, overrides))).toEqual(expected);
  });

  it.each(Object.keys(COMPONENT_IMAGES) as ComponentImage[])(
    '%s has a tag, never :latest, and a numeric user of its own group',
    (name) => {
      const image = resolveComponentImage(name, settings('upstream'))!;
      expect(image.reference).toMatch(/:[^/:]*\d[^/:]*$/);
      expect(image.reference).not.toContain(':latest');
      expect(image.user).toMatch(/^(\d+):\1$/);
    },
  );
});

describe('PostgreSQL of another major version', () => {
  it.each([
    ['postgres', 'upstream', `${REGISTRY}/postgres:15-1`],
    ['backup', 'upstream', `${REGISTRY}/backup:15-1`],
    ['postgres', 'debian', 'factsway/postgres:debian-13-15'],
    ['backup', 'debian', 'factsway/backup:debian-13-15'],
    ['postgres-exporter', 'debian', 'factsway/postgres-exporter:debian-13'],
    ['edge', 'upstream', 'docker.io/library/caddy:2.10.2'],
  ] as const)('%s from %s', (name, source, reference) => {
    const image = resolveComponentImage(name, { ...settings(source), postgres: 15 });
    expect(image?.reference).toBe(reference);
  });

  it('is built where somebody asks for it', () => {
    expect(ensureCommand('1.1.0', 17)).toBe('./scripts/images ensure --version 1.1.0');
    expect(ensureCommand('1.1.0', 15)).toBe(
      './scripts/images ensure --version 1.1.0 --postgres 15',
    );
  });

  it('is that of postgres.version, and so is what the components say of themselves', () => {
    const { workloads } = catalogWith({
      images: { source: 'debian' },
      postgres: { version: 15 },
      backup: { mode: 'on' },
    });
    const of = (id: string) => workloads.find((one) => one.id === id);
    expect([of('postgres')?.image, of('backup')?.image]).toEqual([
      'factsway/postgres:debian-13-15',
      'factsway/backup:debian-13-15',
    ]);
    expect(of('postgres')?.purpose).toContain('PostgreSQL 15');
  });
});

describe('the image of a service or of the migrations', () => {
  it.each([
    ['upstream', {}, `${REGISTRY}/migrations:1.1.0`],
    ['debian', {}, 'factsway/migrations:1.1.0'],
    ['debian', { migrations: 'mirror/m@sha256:0' }, 'mirror/m@sha256:0'],
  ] as const)('from %s with %o', (source, overrides, reference) => {
    expect(resolveReleaseImage('migrations', '1.1.0', settings(source, overrides))).toEqual({
      reference,
      user: '10001:10001',
    });
  });

  it('is of the one version of the release, for all nine', () => {
    const { workloads } = catalogWith({ release: { version: '3.4.5' } });
    const tags = workloads.filter(({ slot }) => slot).map(({ image }) => image.split(':').at(-1));
    expect(tags).toEqual(Array.from({ length: 9 }, () => '3.4.5'));
  });
});

describe('an override', () => {
  it.each(
    ['upstream', 'debian'].flatMap((source) =>
      catalogWith({ images: { source } }).workloads.map(({ component }) => [component, source]),
    ),
  )('of %s is what runs with source %s', (component, source) => {
    const reference = 'mirror.example.com/anything:1';
    const images = { source, overrides: { [component]: reference } };
    for (const { component: name, image } of catalogWith({ images }).workloads)
      expect([name, image === reference]).toEqual([name, name === component]);
  });

  it('gives a source a component it has none of', () => {
    const overrides = { grafana: 'mirror/grafana:12' };
    const components = (catalog: ReturnType<typeof catalogWith>): string[] =>
      catalog.workloads.map(({ component }) => component);
    const without = catalogWith({ images: { source: 'debian' } });
    expect(components(without)).not.toContain('grafana');
    expect(without.notes.join()).toContain('images.overrides.grafana');
    expect(without.warnings).toEqual([]);
    const given = catalogWith({ images: { source: 'debian', overrides } });
    expect(components(given)).toContain('grafana');
    expect([...given.notes, ...given.warnings].join()).not.toContain('grafana');
  });
});
