import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { buildCatalog } from '../../catalog/catalog.ts';
import type { Slot } from '../../model/workload.ts';
import { configWith, ENGINE } from '../../../../test/fakes/builders.ts';
import { renderBundle } from '../render-bundle.ts';
import { IDLE_FILE, PLAIN_FILE, SLOTS_FILE, specOf } from '../compose/render-compose.ts';

const config = configWith({ images: { source: 'debian' } });
const bundleOf = (slot: Slot, overrideText?: string) => {
  const given = overrideText === undefined ? {} : { overrideText };
  const catalog = buildCatalog(config, [slot], undefined, given);
  const bundle = renderBundle(catalog, ENGINE);
  const textOf = (path: string) => bundle.files.find((file) => file.path === path)?.content;
  return { catalog, bundle, textOf };
};
const servicesOf = (text: string | undefined): Record<string, unknown> =>
  (parse(text ?? '', { logLevel: 'silent' }) as { services?: Record<string, unknown> } | null)
    ?.services ?? {};

const OVERRIDE = `
x-limits: &limits {mem_limit: 1g, labels: {who: firm}}
services:
  records-service-a:
    <<: *limits
    cpus: 0644
    depends_on: [facts-service-a, migrations-a]
    links: ["facts-service-a:facts"]
    volumes_from: ["facts-service-a:ro"]
    network_mode: !reset null
    networks: {app-a: {aliases: [records-service-a, mine]}}
    environment:
      FACTS: http://facts-service-a:3000/x
      NAME: facts-service-a
      EMPTY:
    command: !override ["facts-service-a"]
  facts-service:
    pids_limit: 333
    depends_on: {migrations: {condition: service_started}}
  tool:
    image: tool
    depends_on: {records-service-a: {condition: service_healthy}, postgres: {condition: service_healthy}}
`;

describe('an override that names no service of another slot', () => {
  const plain = bundleOf('a');
  it.each([
    'services: {}',
    'services:\n  records-service-a: {mem_limit: 1g}\n  tool: {image: x, depends_on: [records-service-a]}\n',
    'services: [',
    'services:\n  records-service-b: {}\n  records-service-b: {}\n',
    '- records-service-b',
    '',
  ])('changes nothing that is rendered: %j', (text) => {
    expect(bundleOf('a', text).bundle.files).toEqual(plain.bundle.files);
    expect(bundleOf('a', text).bundle.configHashes).toEqual(plain.bundle.configHashes);
  });
});

describe('an override that names services of slot a, when slot b serves', () => {
  const { textOf, catalog, bundle } = bundleOf('b', OVERRIDE);

  it('is accepted: what it names is there, with an image, and never starts', () => {
    const idle = servicesOf(textOf(IDLE_FILE));
    expect(Object.keys(idle)).toEqual([
      'facts-service',
      'facts-service-a',
      'migrations',
      'migrations-a',
      'records-service-a',
    ]);
    expect(idle['records-service-a']).toEqual({
      image: catalog.workloads.find(({ id }) => id === 'records-service-b')?.image,
      profiles: ['idle'],
    });
    expect(textOf('.env')).toContain(
      'COMPOSE_FILE=compose.yaml:compose.app-b.yaml:compose.app-idle.yaml:compose.monitoring.yaml:compose.override.yaml:compose.override.slots.yaml:compose.override.services.yaml\n',
    );
  });

  it('counts for slot b, and what it says of others is led there', () => {
    const text = textOf(SLOTS_FILE) ?? '';
    // As written: Compose reads an octal number here, and YAML 1.2 does not.
    expect(text).toContain('cpus: 0644\n');
    expect(text).toContain('network_mode: !reset null\n');
    expect(text).toContain('command: !override [ "facts-service-a" ]\n');
    expect(text).toMatch(/EMPTY:\n/);
    expect(servicesOf(text)['records-service-b']).toEqual({
      '<<': { mem_limit: '1g', labels: { who: 'firm' } },
      cpus: 644,
      depends_on: ['facts-service-b', 'migrations-b'],
      links: ['facts-service-b:facts'],
      volumes_from: ['facts-service-b:ro'],
      network_mode: 'null',
      networks: { 'app-b': { aliases: ['records-service-b', 'mine'] } },
      environment: { FACTS: 'http://facts-service-b:3000/x', NAME: 'facts-service-a', EMPTY: null },
      command: ['facts-service-a'],
    });
    expect(servicesOf(textOf(PLAIN_FILE))).toEqual({
      'facts-service-b': {
        pids_limit: 333,
        depends_on: { 'migrations-b': { condition: 'service_started' } },
      },
    });
  });

  it('has a service of its own depend on what is there, and on nothing else', () => {
    expect(textOf(SLOTS_FILE)).toContain('depends_on: !override');
    expect(servicesOf(textOf(SLOTS_FILE))['tool']).toEqual({
      depends_on: {
        'records-service-b': { condition: 'service_healthy' },
        postgres: { condition: 'service_healthy' },
      },
    });
  });

  it('has a container made again where what it says of that one changes, and no other', () => {
    const changed = bundleOf('b', OVERRIDE.replace('1g', '2g'));
    const differing = catalog.workloads.filter(
      (workload) =>
        specOf(workload, bundle.configHashes) !== specOf(workload, changed.bundle.configHashes),
    );
    expect(differing.map(({ id }) => id)).toEqual(['records-service-b']);
  });
});

it('what is derived from an override that others may not read is not for them either', () => {
  const given = { overrideText: OVERRIDE, overrideMode: 0o640 };
  const { files } = renderBundle(buildCatalog(config, ['b'], undefined, given), ENGINE);
  const modes = Object.fromEntries(files.map(({ path, mode }) => [path, mode]));
  expect([modes[SLOTS_FILE], modes[PLAIN_FILE], modes['compose.yaml']]).toEqual([
    0o640, 0o640, 0o644,
  ]);
});

it('a part for each slot counts for that slot alone', () => {
  const text = `services:\n  records-service-a: {cpus: 1}\n  records-service-b: {cpus: 2}\n`;
  const { textOf } = bundleOf('b', text);
  expect(textOf(SLOTS_FILE)).toBeUndefined();
  expect(Object.keys(servicesOf(textOf(IDLE_FILE)))).toEqual(['records-service-a']);
});

it('what is said of the network of one slot holds for that of the other', () => {
  const { textOf } = bundleOf('b', 'networks:\n  app-a: {driver_opts: {x: "1"}}\n');
  expect(parse(textOf(SLOTS_FILE) ?? '')).toEqual({
    networks: { 'app-b': { driver_opts: { x: '1' } } },
  });
});

it('what a service extends stays in the file it was written in', () => {
  const { textOf } = bundleOf(
    'b',
    'services:\n  base: {image: x}\n  records-service-a: {extends: base}\n',
  );
  expect(servicesOf(textOf(SLOTS_FILE))['records-service-b']).toEqual({
    extends: { service: 'base', file: 'compose.override.yaml' },
  });
});

it('aliases without end are left to Compose', () => {
  const levels = Array.from({ length: 12 }, (_, n) => `x${n}: &x${n} [${`*x${n - 1},`.repeat(9)}]`);
  const bomb = ['x0: &x0 [1]', ...levels.slice(1), 'services:', '  records-service-a: *x11'];
  expect(bundleOf('b', bomb.join('\n')).textOf(SLOTS_FILE)).toBeUndefined();
});
