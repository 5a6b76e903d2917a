import type { Catalog } from '../catalog/catalog.ts';
import { publicUrl } from '../catalog/public-url.ts';
import { UPDATES_PATH } from '../model/updates/places.ts';
import { formatTable } from './format.ts';

/** Where everything is, for the end of an installation. */
export function describeInstance({ context: { config }, workloads }: Catalog, directory: string) {
  const url = publicUrl(config);
  const internal = config.edge.tls.mode === 'internal';
  const grafana = workloads.some(({ component }) => component === 'grafana');
  const updates = workloads.some(({ component }) => component === 'updates');
  const plainPort = config.edge.httpPort === 80 ? '' : `:${config.edge.httpPort}`;
  const facts = {
    url,
    grafana: grafana ? `${url}/grafana/` : null,
    ...(updates ? { updates: `${url}${UPDATES_PATH}/` } : {}),
    prometheus: `http://127.0.0.1:${config.monitoring.prometheusPort}`,
    alertmanager: `http://127.0.0.1:${config.monitoring.alertmanagerPort}`,
    rootCertificate: internal ? `${directory}/state/root-ca.crt` : null,
    rootCertificateUrl: internal
      ? `http://${config.host.name}${plainPort}/factsway-root.crt`
      : null,
    directory,
  };
  const rows: string[][] = [
    ['Platform', facts.url],
    ...(facts.grafana
      ? [
          ['Grafana', facts.grafana],
          ['', '(user admin, password in secrets/grafana-admin-password)'],
        ]
      : []),
    ...(facts.updates ? [['Desktop updates', facts.updates]] : []),
    ['Prometheus', `${facts.prometheus}  (this host only)`],
    ['Alertmanager', `${facts.alertmanager}  (this host only)`],
    ...(facts.rootCertificate
      ? [
          ['Root certificate', facts.rootCertificate],
          ['', `(for the browsers of the firm; also at ${facts.rootCertificateUrl ?? ''})`],
        ]
      : []),
    ['Instance', facts.directory],
  ];
  return { facts, text: `${formatTable(rows)}\n\nNext: factsway-install status` };
}
