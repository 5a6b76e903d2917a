import type { MonitoringContext } from '../../../monitoring/model.ts';
import type { Catalog } from './catalog.ts';
import { edgeEndsTls } from './context.ts';
import { externalPostgres } from './database-access.ts';
import { publicUrl } from './public-url.ts';

export const runs = ({ workloads }: Pick<Catalog, 'workloads'>, component: string): boolean =>
  workloads.some((workload) => workload.component === component);

/** What the catalogue of alerts has to know of the platform it watches. */
export function monitoringContext(catalog: Catalog): MonitoringContext {
  const { config } = catalog.context;
  const { mode, acmeDirectory } = config.edge.tls;
  return {
    services: catalog.services.map(({ name }) => name),
    publicUrl: publicUrl(config),
    grafana: runs(catalog, 'grafana'),
    // An authority of the firm's own gives certificates that may live for hours, as the edge's does.
    tls: !edgeEndsTls(catalog.context)
      ? 'off'
      : mode === 'acme' && acmeDirectory !== undefined
        ? 'internal'
        : mode,
    externalDatabase: externalPostgres(config) !== undefined,
    backups: runs(catalog, 'backup'),
    mirror: runs(catalog, 'updates'),
    host: runs(catalog, 'node-exporter'),
  };
}
