import type { Catalog } from '../catalog/catalog.ts';
import { ALERTMANAGER_PORT } from '../catalog/components/alertmanager.ts';
import { BACKUP_PORT, LOG_MOUNT } from '../catalog/components/backup.ts';
import { EDGE_ADMIN, EDGE_PORTS, EDGE_RUNBOOKS } from '../catalog/components/edge.ts';
import { hasBackups } from '../catalog/backup-rules.ts';
import { edgeEndsTls, type CatalogContext } from '../catalog/context.ts';
import { EXPORTER_PORTS } from '../catalog/components/exporters.ts';
import { DASHBOARDS, GRAFANA_PORT } from '../catalog/components/grafana.ts';
import { UPDATES_PORTS } from '../catalog/components/updates.ts';
import { PROMETHEUS_PORT } from '../catalog/components/prometheus.ts';
import { externalPostgres } from '../catalog/database-access.ts';
import { monitoringContext, runs } from '../catalog/monitoring-context.ts';
import type { ServiceEntry } from '../catalog/services/service.ts';
import { ROLES, SLOT_ROLES } from '../catalog/roles.ts';
import { UPDATES_PATH } from '../model/updates/places.ts';
import { ERROR_BODIES } from '../model/updates/protocol.ts';
import { DATASOURCE_UID } from '../model/monitoring.ts';
import type { Slot } from '../model/workload.ts';
import { parseSize } from '../model/units.ts';
import { RECORDINGS } from '../../../monitoring/recordings.ts';
import { alertGroups } from '../../../monitoring/rules.ts';
import { backupContext } from './backup-context.ts';
import { alertmanagerContext } from './alertmanager-context.ts';

/** The typed context of each directory of config-templates/, by directory. */
export function configContexts(catalog: Catalog): Record<string, object> {
  return {
    postgres: postgresContext(catalog),
    'postgres-init': {
      database: catalog.context.config.postgres.database,
      roles: ROLES,
      slotRoles: SLOT_ROLES,
    },
    'postgres-tls': { authority: catalog.context.postgresAuthority },
    services: {},
    backup: backupContext(catalog),
    'backup-tls': { authority: catalog.context.backupAuthority },
    edge: edgeContext(catalog),
    prometheus: prometheusContext(catalog),
    alertmanager: alertmanagerContext(catalog),
    blackbox: { hostName: catalog.context.config.host.name },
    grafana: {
      uid: DATASOURCE_UID,
      url: `http://prometheus:${PROMETHEUS_PORT}`,
      dashboards: DASHBOARDS,
    },
  };
}

/** What the proxy answers besides the services. */
const OWN_ROUTES = ['/healthz', '/runbooks', '/grafana', UPDATES_PATH, '/factsway-root.crt'];
/** The oldest a piece of the log gets before it is handed over; RPO is this, the way into the backup and a margin. */
const ARCHIVE_SECONDS = 60;

/** Name under which every pod of a component is found in the DNS, ready or not. */
export const podsOf = (component: string): string => `${component}-pods`;

/** Where a service of a slot is reached; in Kubernetes its pods share one address and there are no slots. */
function address({ target }: CatalogContext, { name, port }: ServiceEntry, slot: Slot): string {
  return target === 'kubernetes' ? `${name}:${port}` : `${name}-${slot}:${port}`;
}

type Probed = { readonly module: string; readonly target: string; readonly service: string };

function postgresContext({ context }: Catalog): object {
  const { config, sizing } = context;
  const archive = { socket: `${LOG_MOUNT}/socket`, seconds: ARCHIVE_SECONDS };
  return {
    ...sizing.postgres,
    timeZone: config.host.timeZone,
    roles: ROLES,
    ...(hasBackups(context) ? { archive } : {}),
  };
}

function edgeContext({ context, services, workloads }: Catalog): object {
  const { config, activeSlot } = context;
  const { tls, requestTimeoutSeconds, maxRequestSize, httpsPort } = config.edge;
  const secure = edgeEndsTls(context);
  const slotted = context.target !== 'kubernetes';
  return {
    hostName: config.host.name,
    secure,
    redirectPort: httpsPort === 443 ? '' : `:${httpsPort}`,
    // Whoever ends TLS in front of a cluster speaks for this name alone, as this proxy would.
    strict: secure || (context.target === 'kubernetes' && tls.mode !== 'off'),
    internal: tls.mode === 'internal',
    provided: tls.mode === 'provided',
    acme: tls.mode === 'acme',
    email: tls.email ?? '',
    acmeDirectory: tls.acmeDirectory ?? '',
    admin: EDGE_ADMIN,
    runbooks: EDGE_RUNBOOKS,
    routesOnly: routesOnly(services.flatMap(({ routes }) => routes)),
    ports: EDGE_PORTS,
    maxRequestBytes: parseSize(maxRequestSize),
    requestTimeoutSeconds,
    slotted,
    upstreams: services.map((service) => ({
      name: service.name,
      routes: service.routes.map((prefix) => ({ exact: prefix, below: `${prefix}/*` })),
      ...(slotted
        ? {
            slots: [
              { slot: 'b', file: '/b', address: address(context, service, 'b') },
              { slot: 'a', file: '', address: address(context, service, 'a') },
            ],
          }
        : { slots: [], address: address(context, service, activeSlot) }),
    })),
    grafana: workloads.some((workload) => workload.component === 'grafana'),
    grafanaAddress: `grafana:${GRAFANA_PORT}`,
    updates: workloads.some((workload) => workload.component === 'updates'),
    updatesAddress: `updates:${UPDATES_PORTS.http}`,
    updatesPath: UPDATES_PATH,
    updatesUnavailable: JSON.stringify(ERROR_BODIES.unavailable),
  };
}

/** Of a path, what an access log may have: the route it begins with, and nothing of any other path. */
function routesOnly(routes: readonly string[]): string {
  const known = [...routes, ...OWN_ROUTES].map((route) => route.replaceAll('.', '\\.')).join('|');
  return `^(?:(${known})(?:[/?].*)?|(?s:.*))$`;
}

/**
 * `name;datname` of what is kept of a server that has databases of others as well: their long transactions are no alert
 * of ours. Connections are counted for all, because all share them.
 */
export const ownDatabase = (database: string): string =>
  `pg_stat_activity_count;.*|[^;]*;(${database})?`;

function prometheusContext(catalog: Catalog): object {
  const { context, services } = catalog;
  const { config, slots } = context;
  const inKubernetes = context.target === 'kubernetes';
  /** Where one address stands for several pods, each is asked by itself. */
  const pods = (name: string, port: number) =>
    inKubernetes ? { pods: { name: podsOf(name), port } } : {};
  const job = (name: string, target: string) => ({ name, target });
  return {
    alertmanager: `alertmanager:${ALERTMANAGER_PORT}`,
    services: services.map((service) => ({
      name: service.name,
      ...pods(service.name, service.port),
      targets: slots.map((slot) => ({ address: address(context, service, slot), slot })),
    })),
    components: [
      job('prometheus', `localhost:${PROMETHEUS_PORT}`),
      job('alertmanager', `alertmanager:${ALERTMANAGER_PORT}`),
      { ...job('edge', `edge:${EDGE_PORTS.metrics}`), ...pods('edge', EDGE_PORTS.metrics) },
      ...(runs(catalog, 'node-exporter')
        ? [job('node', `node-exporter:${EXPORTER_PORTS.node}`)]
        : []),
      {
        ...job('postgres', `postgres-exporter:${EXPORTER_PORTS.postgres}`),
        ...(externalPostgres(config) ? { onlyOf: ownDatabase(config.postgres.database) } : {}),
      },
      ...(runs(catalog, 'updates') ? [job('updates', `updates:${UPDATES_PORTS.metrics}`)] : []),
      ...(runs(catalog, 'backup') ? [job('backup', `backup:${BACKUP_PORT}`)] : []),
      job('blackbox', `blackbox-exporter:${EXPORTER_PORTS.blackbox}`),
      ...(runs(catalog, 'grafana') ? [job('grafana', `grafana:${GRAFANA_PORT}`)] : []),
    ],
    blackbox: `blackbox-exporter:${EXPORTER_PORTS.blackbox}`,
    probes: probesOf(catalog),
    recordings: RECORDINGS,
    alertGroups: alertGroups(monitoringContext(catalog)),
  };
}

/** What the blackbox exporter asks for Prometheus, as a client would. */
export function probesOf({ context, services }: Catalog): Probed[] {
  const { slots } = context;
  const secure = edgeEndsTls(context);
  const edgeTarget = secure
    ? `https://edge:${EDGE_PORTS.https}/healthz`
    : `http://edge:${EDGE_PORTS.http}/healthz`;
  return [
    ...services.flatMap((service) =>
      slots.map((slot) => ({
        module: 'http_health',
        target: `http://${address(context, service, slot)}/health`,
        service: service.name,
      })),
    ),
    {
      module: secure ? 'https_edge' : 'http_edge',
      target: edgeTarget,
      service: 'edge',
    },
  ];
}
