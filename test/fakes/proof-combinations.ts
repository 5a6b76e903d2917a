import { AXES, everyPair, merge, type Combination } from './matrix.ts';

/** Signs that mean something to Compose, to Kubernetes or to both. */
const ODD = `a$b{c}"d'e#f $(PORT) $$(PORT) $$ $$$`;

/** What of a configuration is the same on both sides says nothing of them; images of this host no cluster can fetch. */
const axes = [
  ...AXES.filter(({ name }) => name !== 'source' && name !== 'addresses'),
  {
    name: 'backups',
    values: {
      none: {},
      everywhere: {
        backup: {
          mode: 'on',
          s3: { bucket: 'firm', endpoint: 's3.firm.example:9000', style: 'path' },
        },
      },
      moved: { backup: { mode: 'on', time: '23:05' }, kubernetes: { databaseVolume: 2 } },
    },
  },
  {
    name: 'updates',
    values: {
      none: {},
      mirror: { updates: { mirror: 'on' } },
      disk: { updates: { mirror: 'on', directory: '/mnt/updates' } },
    },
  },
  {
    name: 'reports',
    values: {
      none: {},
      sentry: { monitoring: { sentry: { dsn: 'https://0123abcd@sentry.example.com/42' } } },
    },
  },
  { name: 'override', values: { plain: {}, changed: {} } },
  {
    name: 'entry',
    values: {
      ingress: {},
      gateway: {
        kubernetes: { entry: { kind: 'gateway', gateway: 'front', gatewayNamespace: 'gateways' } },
      },
      controller: { kubernetes: { entry: { controllerNamespace: 'ingress' } } },
    },
  },
];

/** Configurations in which any two choices meet at least once. */
/** What a customer changes: everything that is carried over, of three components. */
const OVERRIDE = `services:
  records-service-a:
    environment: { EXTRA: "a b", LOG_LEVEL: debug }
    mem_limit: 700m
    memswap_limit: 700m
    cpus: 1.5
    stop_grace_period: 1m30s
    healthcheck: { interval: 20s, timeout: 7s, retries: 4, start_period: 90s }
  prometheus:
    image: mirror.example.com/prometheus:v3.5.0
    command: [--config.file=/etc/prometheus/prometheus.yml, --storage.tsdb.path=/prometheus]
    mem_limit: 1g
    memswap_limit: 1g
    cpus: 2
  edge:
    healthcheck: { test: [CMD-SHELL, "wget -q -O /dev/null http://127.0.0.1:9180/healthz && true"] }
`;

export const COMBINATIONS: readonly (Combination & { readonly override?: string })[] = everyPair(
  axes,
).map(({ name, settings }) => ({
  name,
  settings: merge(settings, { images: { source: 'upstream' }, services: { environment: { ODD } } }),
  ...(name.split(' ').includes('changed') ? { override: OVERRIDE } : {}),
}));
