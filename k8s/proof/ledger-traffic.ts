import type { Entry, Pair } from './ledger-entry.ts';
import {
  endsTls,
  hostName,
  is,
  isOfRelease,
  isService,
  isStateful,
  lastWord,
} from './ledger-terms.ts';
import { same, type Leaf } from './leaves.ts';

/** On a network with a way out, of which they have no need. */
const STAY_IN = ['edge', 'blackbox-exporter', 'prometheus'];
const HTTPS = 8443;
const withoutHttps = (ports: unknown): unknown =>
  Array.isArray(ports) ? ports.filter((port) => String(port) !== String(HTTPS)) : ports;

/** Who runs more than once, or keeps data. */
const hasPodNames = (pair: Pair): boolean =>
  isService(pair) || isStateful(pair) || pair.component === 'edge' || pair.component === 'updates';

const listOf = (value: Leaf | undefined): readonly (string | number)[] =>
  typeof value === 'object' && value !== null ? value : [];

const PROXY_VARIABLE = /^environment (https?_proxy|no_proxy)$/i;
/** Variables by which whoever speaks to the world is told of network.proxy. */
const proxyVariables = ({ all }: Pair): [string, string][] =>
  Object.entries(all.compose.components['alertmanager']?.environment ?? {}).filter(([name]) =>
    PROXY_VARIABLE.test(`environment ${name}`),
  );
/** Asks the authority for its certificate, by way of network.proxy. */
const asksByProxy = (pair: Pair): boolean =>
  pair.component === 'edge' &&
  proxyVariables(pair).length > 0 &&
  /^\ttls \S+@/m.test(pair.here.files['/etc/caddy/Caddyfile']?.text ?? '');

/** What differs in who is found, and who reaches whom. */
export const TRAFFIC_ENTRIES: readonly Entry[] = [
  {
    id: 'tls-in-front',
    relation: 'DECLARED',
    reason: 'TLS ends at the Ingress or Gateway: the proxy has no HTTPS port of its own.',
    field: /^(listens|names edge|entered)$/,
    about: (one) => one.component === 'edge' && endsTls(one),
    holds: ({ compose, kubernetes }) =>
      Array.isArray(compose) &&
      compose.some((port) => String(port) === String(HTTPS)) &&
      same(withoutHttps(compose), kubernetes),
  },
  {
    id: 'tls-in-front-for-others',
    relation: 'DECLARED',
    reason: 'Nobody reaches the HTTPS port of the proxy, because it has none.',
    field: /^reaches edge$/,
    about: ({ all }) => '8443' in (all.compose.components['edge']?.exposure ?? {}),
    holds: ({ compose, kubernetes, all }) =>
      same(compose, all.compose.components['edge']?.listens.map(String)) &&
      same(withoutHttps(compose), kubernetes),
  },
  {
    id: 'entry-of-the-cluster',
    relation: 'DECLARED',
    reason:
      'The world comes in by the Ingress or the Gateway, at the ports every browser knows, by the name of this platform alone.',
    field: /^exposure (8080|8443)$/,
    about: is('edge'),
    holds: ({ field, compose, kubernetes, here, there, all }) => {
      const published = (ways: unknown): boolean =>
        Array.isArray(ways) && ways.length === 1 && /^[0-9a-f.:]+:\d{1,5}$/.test(String(ways[0]));
      if (field === 'exposure 8443') return published(compose) && kubernetes === undefined;
      const host = hostName(all);
      const ways = '8443' in here.exposure ? [`${host}:80`, `${host}:443`] : [`${host}:80`];
      return (
        published(compose) &&
        same(Object.keys(there.exposure), ['8080']) &&
        (same(kubernetes, ways) || same(kubernetes, [`${host}:gateway`]))
      );
    },
  },
  {
    id: 'loopback-ports',
    relation: 'DECLARED',
    reason:
      'A port for the administrator at the server: in a cluster kubectl port-forward opens one.',
    field: /^exposure (9090|9093)$/,
    about: is('prometheus', 'alertmanager'),
    holds: ({ compose, kubernetes }) =>
      Array.isArray(compose) &&
      compose.length === 1 &&
      /^127\.0\.0\.1:\d{1,5}$/.test(String(compose[0])) &&
      kubernetes === undefined,
    asksFor: ({ component, here }) =>
      is('prometheus', 'alertmanager')({ component }) ? [`exposure ${here.listens.join()}`] : [],
  },
  {
    id: 'no-name-of-a-slot',
    relation: 'DECLARED',
    reason: 'The name with a slot in it is for who tells slots apart.',
    field: /^names .*-[ab]$/,
    about: isOfRelease,
    holds: (one) =>
      lastWord(one) === `${one.component}-${String(one.here.slot)}` &&
      same(one.compose, one.here.listens.map(String)) &&
      one.kubernetes === undefined,
    asksFor: ({ component, here: { slot, listens } }) =>
      slot === null || listens.length === 0 ? [] : [`names ${component}-${slot}`],
  },
  {
    id: 'name-of-each-pod',
    relation: 'REFINES',
    reason:
      'A second name gives the address of every pod: Prometheus asks each, and the set finds itself.',
    field: /^names .*-pods$/,
    about: hasPodNames,
    holds: (one) =>
      lastWord(one) === `${one.component}-pods` &&
      one.compose === undefined &&
      same(one.kubernetes, one.there.listens.map(String)),
    asksFor: (pair) => (hasPodNames(pair) ? [`names ${pair.component}-pods`] : []),
  },
  {
    id: 'machine-of-the-cluster-out-of-reach',
    relation: 'DECLARED',
    reason: 'The node exporter is not exported, so nobody reaches it.',
    field: /^reaches node-exporter$/,
    holds: ({ compose, kubernetes, all }) =>
      kubernetes === undefined &&
      same(compose, all.compose.components['node-exporter']?.listens.map(String)),
    // Whom it meets on a network meets it.
    asksFor: ({ component, all }) =>
      component in (all.compose.components['node-exporter']?.reaches ?? {})
        ? ['reaches node-exporter']
        : [],
  },
  {
    id: 'database-elsewhere-only',
    relation: 'REFINES',
    reason: 'Of the world it may reach the port of PostgreSQL, and no other.',
    field: /^leaves$/,
    about: ({ component, all }) =>
      !('postgres' in all.compose.components) &&
      ['migrations', 'postgres-exporter'].includes(component),
    holds: ({ compose, kubernetes, all }) => {
      const port = all.compose.components['migrations']?.environment['POSTGRES_PORT'];
      return same(compose, ['*']) && same(kubernetes, [port]);
    },
  },
  {
    id: 'stays-inside',
    relation: 'REFINES',
    reason:
      'Compose leaves a way out to everybody on a network with published ports; a policy gives one to who needs it.',
    field: /^leaves$/,
    about: is(...STAY_IN),
    holds: ({ compose, kubernetes }) => same(compose, ['*']) && same(kubernetes, []),
  },
  {
    id: 'no-authority-to-ask',
    relation: 'DECLARED',
    reason:
      'The proxy asks nobody in the world for a certificate, so it is told of no network.proxy, and its health check need not pass one by.',
    field: /^(environment (https?_proxy|no_proxy)|health argv)$/i,
    about: asksByProxy,
    holds: (one) => {
      const { field, compose, kubernetes } = one;
      if (field !== 'health argv')
        return (
          kubernetes === undefined &&
          proxyVariables(one).some(([name, value]) => name === lastWord(one) && value === compose)
        );
      // Where a customer has put a check of his own in its place, it is his on both sides.
      if (same(compose, kubernetes)) return !listOf(compose).includes('-Y');
      const [program, ...rest] = listOf(kubernetes);
      return program === 'wget' && same(compose, [program, '-Y', 'off', ...rest]);
    },
    asksFor: (pair) =>
      asksByProxy(pair) ? proxyVariables(pair).map(([name]) => `environment ${name}`) : [],
  },
  {
    id: 'waits-for-its-database',
    relation: 'DECLARED',
    reason:
      'A Job cannot depend on another object: the program of the migrations waits for the database it is told of, and the Job tries again.',
    field: /^waitsFor postgres$/,
    about: is('migrations'),
    holds: ({ compose, kubernetes, there }) =>
      compose === 'healthy' &&
      kubernetes === undefined &&
      there.environment['POSTGRES_HOST'] === 'postgres' &&
      there.job.retries > 0,
    asksFor: ({ component, all }) =>
      component === 'migrations' && 'postgres' in all.compose.components
        ? ['waitsFor postgres']
        : [],
  },
];
