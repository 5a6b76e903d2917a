import type { RunbookInstance } from '../../../monitoring/runbooks/instance.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { databaseAddress, externalPostgres } from '../catalog/database-access.ts';

/** Where this directory of config-templates/ is: pages with marks that each installation fills in. */
export const RUNBOOKS_DIRECTORY = 'runbooks';

/** What this installation writes into its runbooks. */
export function runbookInstance({ context: { config, directory } }: Catalog): RunbookInstance {
  const { host, port, users } = databaseAddress(config);
  const { certificateFile, keyFile } = config.edge.tls;
  return {
    directory,
    project: config.project,
    hostName: config.host.name,
    prometheusPort: config.monitoring.prometheusPort,
    alertmanagerPort: config.monitoring.alertmanagerPort,
    httpPort: config.edge.httpPort,
    httpsPort: config.edge.httpsPort,
    ...(certificateFile === undefined
      ? {}
      : { certificateFile: absolute(certificateFile, directory) }),
    ...(keyFile === undefined
      ? {}
      : { keyDirectory: absolute(keyFile, directory).replace(/\/[^/]*$/, '') }),
    database: config.postgres.database,
    owner: users.owner,
    monitor: users.monitor,
    ...(externalPostgres(config) ? { external: { host, port } } : {}),
  };
}

const absolute = (path: string, directory: string): string =>
  path.startsWith('/') ? path : `${directory}/${path}`;
