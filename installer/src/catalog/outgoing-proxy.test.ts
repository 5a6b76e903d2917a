import { describe, expect, it } from 'vitest';
import { catalogWith, configWith } from '../../../test/fakes/builders.ts';
import { plain, type Workload } from '../model/workload.ts';
import { catalogRules } from './config-rules.ts';
import { NETWORKS } from './networks.ts';
import { SERVICES } from './services/index.generated.ts';

const PROXY = 'http://proxy.example.com:3128';
const OTHER = 'http://other.example.com:8080';
const ACME = { tls: { mode: 'acme', email: 'a@example.com' } };
const HOST = { host: { name: 'factsway.example.com' } };
const both = (noProxy: string[] = []) => ({
  network: { proxy: { http: OTHER, https: PROXY, noProxy } },
});
const VARIABLE = /^(https?|no)_proxy$/i;

const variablesOf = ({ environment }: Workload): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([key, value]) =>
      VARIABLE.test(key) ? [[key, plain(value)]] : [],
    ),
  );
const told = (settings: object, slots: ('a' | 'b')[] = ['a']): string[] => [
  ...new Set(
    catalogWith(settings, slots)
      .workloads.filter((workload) => Object.keys(variablesOf(workload)).length > 0)
      .map(({ component }) => component),
  ),
];
const service = (settings: object): Workload =>
  catalogWith(settings).workloads.find(({ id }) => id === 'records-service-a')!;
const spared = (settings: object): string[] =>
  variablesOf(service(settings))['NO_PROXY']!.split(',');

describe('who is told of the proxy', () => {
  const names = SERVICES.map(({ name }) => name);

  it.each([
    ['with ACME', { ...HOST, edge: ACME }, ['edge', 'alertmanager', ...names]],
    ['without ACME', {}, ['alertmanager', ...names]],
    ['with Grafana', { images: { source: 'upstream' } }, ['alertmanager', ...names]],
  ])('%s: whoever speaks to the world outside and nobody else', (_, settings, components) => {
    expect(told({ ...settings, ...both() }, ['a', 'b'])).toEqual(components);
  });

  it('is nobody without one, and each workload is what it was', () => {
    expect(told({ ...HOST, edge: ACME })).toEqual([]);
    const spares = { network: { proxy: { noProxy: ['a.example'] } } };
    expect(told(spares)).toEqual([]);
    expect(catalogWith(spares).workloads).toEqual(catalogWith({}).workloads);
    expect(catalogWith(spares).notes).toContainEqual(
      expect.stringContaining('network.proxy.noProxy has no effect'),
    );
  });

  it('can get there: each is on a network with a way out', () => {
    const internal = new Set<string>(
      NETWORKS.filter((network) => network.internal).map(({ name }) => name),
    );
    for (const source of ['upstream', 'debian'])
      for (const { id, speaksOut, networks } of catalogWith({
        ...HOST,
        edge: ACME,
        images: { source },
      }).workloads)
        if (speaksOut !== undefined)
          expect([id, networks.some(({ name }) => !internal.has(name))]).toEqual([id, true]);
  });
});

describe('what they are told', () => {
  it('stands in both cases, and a proxy that is not given is not made up', () => {
    const variables = variablesOf(service(both()));
    expect(variables).toMatchObject({
      HTTP_PROXY: OTHER,
      http_proxy: OTHER,
      HTTPS_PROXY: PROXY,
      https_proxy: PROXY,
    });
    expect(variables['no_proxy']).toBe(variables['NO_PROXY']);
    const one = variablesOf(service({ network: { proxy: { https: PROXY } } }));
    expect(Object.keys(one)).toEqual(['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy']);
  });

  it('spares every name and alias of every combination, both slots, whatever runs now', () => {
    const list = spared(both());
    const combinations = [
      catalogWith({ images: { source: 'upstream' } }, ['a', 'b']),
      catalogWith({ images: { source: 'debian' } }, ['a', 'b']),
    ];
    for (const { workloads } of combinations)
      for (const { id, component, networks } of workloads) {
        expect(list).toContain(id);
        if (component !== 'migrations') expect(list).toContain(component);
        for (const alias of networks.flatMap(({ aliases }) => aliases ?? []))
          expect(list).toContain(alias);
      }
    expect(list).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1']));
  });

  it('does not change with what else runs: a second slot or Grafana must make nothing anew', () => {
    expect(spared({ ...both(), monitoring: { grafana: 'off' } })).toEqual(spared(both()));
    const [one, two] = [catalogWith(both(), ['a']), catalogWith(both(), ['a', 'b'])].map(
      ({ workloads }) => workloads.find(({ id }) => id === 'facts-service-a')!.environment,
    );
    expect(one).toEqual(two);
  });

  it('spares the name of the server, a database elsewhere, the range inside, then what the customer names', () => {
    const external = { host: 'db.example.com', tls: { mode: 'require' } };
    const list = spared({
      ...HOST,
      postgres: { mode: 'external', external },
      network: {
        subnet: '10.77.0.0/24',
        proxy: { https: PROXY, noProxy: ['.firm.example', 'localhost', '10.0.0.0/8'] },
      },
    });
    expect(list.slice(-5)).toEqual([
      'factsway.example.com',
      'db.example.com',
      '10.77.0.0/24',
      '.firm.example',
      '10.0.0.0/8',
    ]);
    expect(list.filter((one) => one === 'localhost')).toHaveLength(1);
    const idle = spared({ postgres: { mode: 'bundled', external }, ...both() });
    expect(idle).not.toContain('db.example.com');
  });

  it('says why, beside it', () => {
    const { environment } = service(both());
    expect(environment['HTTPS_PROXY']).toEqual({
      value: PROXY,
      because: 'network.proxy: may ask services of the internet, error reports among them',
    });
  });

  it('health is asked of the container itself: the wget of BusyBox knows no NO_PROXY', () => {
    const health = (settings: object): readonly string[] | undefined =>
      catalogWith(settings).workloads.find(({ id }) => id === 'alertmanager')?.health?.argv;
    expect(health(both())?.slice(0, 4)).toEqual(['wget', '-Y', 'off', '-q']);
    expect(health({})?.slice(0, 2)).toEqual(['wget', '-q']);
    expect(service(both()).health).toEqual(service({}).health);
  });
});

describe('the same variables in services.environment', () => {
  const environment = { HTTPS_PROXY: PROXY, NO_PROXY: 'a.example' };
  const issues = (settings: object): string[] =>
    catalogRules(configWith(settings)).map(({ path, message }) => `${path.join('.')} ${message}`);

  it('are refused beside network.proxy, and stay the customer’s without it', () => {
    expect(issues({ services: { environment }, ...both() })).toEqual(
      ['HTTPS_PROXY', 'NO_PROXY'].map(
        (name) => `services.environment.${name} is set by network.proxy for everybody who needs it`,
      ),
    );
    expect(issues({ services: { environment } })).toEqual([]);
  });
});
