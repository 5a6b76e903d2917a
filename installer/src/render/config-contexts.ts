import type { Catalog } from '../catalog/catalog.ts';
import { ALERTMANAGER_PORT } from '../catalog/components/alertmanager.ts';
import { EDGE_ADMIN, EDGE_PORTS, EDGE_RUNBOOKS } from '../catalog/components/edge.ts';
import { EXPORTER_PORTS } from '../catalog/components/exporters.ts';
import { DASHBOARDS, GRAFANA_PORT } from '../catalog/components/grafana.ts';
import { PROMETHEUS_PORT } from '../catalog/components/prometheus.ts';
import { externalPostgres } from '../catalog/database-access.ts';
import { monitoringContext, runs } from '../catalog/monitoring-context.ts';
import { ROLES } from '../catalog/roles.ts';
import { DATASOURCE_UID } from '../model/monitoring.ts';
import { parseSize } from '../model/units.ts';
import { RECORDINGS } from '../../../monitoring/recordings.ts';
import { alertGroups } from '../../../monitoring/rules.ts';
import { alertmanagerContext } from './alertmanager-context.ts';

/** The typed context of each directory of config-templates/, by directory. */
export function configContexts(catalog: Catalog): Record<string, object> {
  return {
    postgres: postgresContext(catalog),
    'postgres-init': { database: catalog.context.config.postgres.database, roles: ROLES },
    'postgres-tls': { authority: catalog.context.postgresAuthority },
    services: {},
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

function postgresContext({ context: { config, sizing } }: Catalog): object {
  return { ...sizing.postgres, timeZone: config.host.timeZone, roles: ROLES };
}

function edgeContext({ context: { config, activeSlot }, services, workloads }: Catalog): object {
  const { tls, requestTimeoutSeconds, maxRequestSize, httpsPort } = config.edge;
  const secure = tls.mode !== 'off';
  return {
    hostName: config.host.name,
    secure,
    redirectPort: httpsPort === 443 ? '' : `:${httpsPort}`,
    internal: tls.mode === 'internal',
    provided: tls.mode === 'provided',
    acme: tls.mode === 'acme',
    email: tls.email ?? '',
    acmeDirectory: tls.acmeDirectory ?? '',
    admin: EDGE_ADMIN,
    runbooks: EDGE_RUNBOOKS,
    ports: EDGE_PORTS,
    maxRequestBytes: parseSize(maxRequestSize),
    requestTimeoutSeconds,
    slot: activeSlot,
    upstreams: services.map((service) => ({
      name: service.name,
      routes: service.routes.map((prefix) => ({ exact: prefix, below: `${prefix}/*` })),
      address: `${service.name}-${activeSlot}:${service.port}`,
    })),
    grafana: workloads.some((workload) => workload.component === 'grafana'),
    grafanaAddress: `grafana:${GRAFANA_PORT}`,
  };
}

/**
 * `name;datname` of what is kept of a server that has databases of others as well: their long transactions are no alert
 * of ours. Connections are counted for all, because all share them.
 */
const ownDatabase = (database: string): string => `pg_stat_activity_count;.*|[^;]*;(${database})?`;

function prometheusContext(catalog: Catalog): object {
  const { context, services } = catalog;
  const { config, slots } = context;
  const edgeTarget =
    config.edge.tls.mode === 'off'
      ? `http://edge:${EDGE_PORTS.http}/healthz`
      : `https://edge:${EDGE_PORTS.https}/healthz`;
  const job = (name: string, target: string) => ({ name, target });
  return {
    alertmanager: `alertmanager:${ALERTMANAGER_PORT}`,
    services: services.map((service) => ({
      name: service.name,
      targets: slots.map((slot) => ({ address: `${service.name}-${slot}:${service.port}`, slot })),
    })),
    components: [
      job('prometheus', `localhost:${PROMETHEUS_PORT}`),
      job('alertmanager', `alertmanager:${ALERTMANAGER_PORT}`),
      job('edge', `edge:${EDGE_PORTS.metrics}`),
      job('node', `node-exporter:${EXPORTER_PORTS.node}`),
      {
        ...job('postgres', `postgres-exporter:${EXPORTER_PORTS.postgres}`),
        ...(externalPostgres(config) ? { onlyOf: ownDatabase(config.postgres.database) } : {}),
      },
      job('blackbox', `blackbox-exporter:${EXPORTER_PORTS.blackbox}`),
      ...(runs(catalog, 'grafana') ? [job('grafana', `grafana:${GRAFANA_PORT}`)] : []),
    ],
    blackbox: `blackbox-exporter:${EXPORTER_PORTS.blackbox}`,
    probes: [
      ...services.flatMap((service) =>
        slots.map((slot) => ({
          module: 'http_health',
          target: `http://${service.name}-${slot}:${service.port}/health`,
          service: service.name,
        })),
      ),
      {
        module: config.edge.tls.mode === 'off' ? 'http_edge' : 'https_edge',
        target: edgeTarget,
        service: 'edge',
      },
    ],
    recordings: RECORDINGS,
    alertGroups: alertGroups(monitoringContext(catalog)),
  };
}
