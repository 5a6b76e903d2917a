import type { Workload } from '../../model/workload.ts';
import { alertSecrets } from '../alert-secrets.ts';
import type { CatalogContext } from '../context.ts';
import type { ResolvedImage } from '../images.ts';
import { hardened, httpHealth } from './hardened.ts';

export const ALERTMANAGER_PORT = 9093;

export function alertmanager({ config, sizing }: CatalogContext, image: ResolvedImage): Workload {
  return hardened({
    component: 'alertmanager',
    id: 'alertmanager',
    group: 'monitoring',
    purpose: 'groups alerts and sends them to people',
    speaksOut: 'notifies receivers, which are mostly elsewhere',
    image: image.reference,
    user: image.user,
    listens: [{ name: 'http', port: ALERTMANAGER_PORT }],
    entrypoint: ['alertmanager'],
    command: [
      '--config.file=/etc/alertmanager/alertmanager.yml',
      '--storage.path=/alertmanager',
      `--web.listen-address=:${ALERTMANAGER_PORT}`,
      // As with Prometheus: a link that leads somewhere on this server.
      `--web.external-url=http://127.0.0.1:${config.monitoring.alertmanagerPort}/`,
      // One instance: without this it opens a gossip port for a cluster that does not exist.
      '--cluster.listen-address=',
      // A dead man's switch and a webhook are one integration; by name a drill can tell whose message arrived.
      '--enable-feature=receiver-name-in-metrics',
    ],
    environment: { TZ: config.host.timeZone },
    secrets: alertSecrets(config),
    config: {
      directory: 'alertmanager',
      mount: '/etc/alertmanager',
      reload: { how: 'signal', signal: 'SIGHUP' },
      check: ['amtool', 'check-config', '/etc/alertmanager/alertmanager.yml'],
    },
    volumes: [{ name: 'alertmanager-data', mount: '/alertmanager' }],
    networks: [{ name: 'monitoring' }, { name: 'egress' }],
    ports: [
      {
        bind: '127.0.0.1',
        host: config.monitoring.alertmanagerPort,
        container: ALERTMANAGER_PORT,
        purpose: 'alerts and silences, from this host only',
      },
    ],
    health: httpHealth(ALERTMANAGER_PORT, '/-/ready'),
    memory: sizing.fixed.alertmanager,
    cpus: sizing.fixedCpus,
  });
}
