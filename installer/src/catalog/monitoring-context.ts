import type { MonitoringContext } from '../../../monitoring/model.ts';
import type { Catalog } from './catalog.ts';
import { publicUrl } from './public-url.ts';

export const runs = ({ workloads }: Pick<Catalog, 'workloads'>, component: string): boolean =>
  workloads.some((workload) => workload.component === component);

/** What the catalogue of alerts has to know of the platform it watches. */
export function monitoringContext(catalog: Catalog): MonitoringContext {
  const { config } = catalog.context;
  return {
    services: catalog.services.map(({ name }) => name),
    publicUrl: publicUrl(config),
    grafana: runs(catalog, 'grafana'),
    tls: config.edge.tls.mode,
    backups: false,
  };
}
