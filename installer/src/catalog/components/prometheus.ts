import type { Workload } from '../../model/workload.ts';
import type { CatalogContext } from '../context.ts';
import type { ResolvedImage } from '../images.ts';
import { hardened, httpHealth } from './hardened.ts';

export const PROMETHEUS_PORT = 9090;

export function prometheus({ config, sizing }: CatalogContext, image: ResolvedImage): Workload {
  return hardened({
    component: 'prometheus',
    id: 'prometheus',
    group: 'monitoring',
    purpose: 'collects the metrics of everything here and evaluates the alert rules',
    image: image.reference,
    user: image.user,
    listens: [{ name: 'http', port: PROMETHEUS_PORT }],
    entrypoint: ['prometheus'],
    command: [
      '--config.file=/etc/prometheus/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
      `--storage.tsdb.retention.time=${config.monitoring.retentionDays}d`,
      // Started anew in the middle of an incident, it goes on with what alerts had waited for.
      '--rules.alert.for-grace-period=1m',
      `--web.listen-address=:${PROMETHEUS_PORT}`,
      // What alerts link to; the name it would take by itself is that of its container.
      `--web.external-url=http://127.0.0.1:${config.monitoring.prometheusPort}/`,
    ],
    environment: { TZ: config.host.timeZone },
    config: {
      directory: 'prometheus',
      mount: '/etc/prometheus',
      reload: { how: 'signal', signal: 'SIGHUP' },
      check: ['promtool', 'check', 'config', '/etc/prometheus/prometheus.yml'],
    },
    volumes: [{ name: 'prometheus-data', mount: '/prometheus' }],
    networks: [{ name: 'monitoring' }, { name: 'app-a' }, { name: 'app-b' }, { name: 'egress' }],
    ports: [
      {
        bind: '127.0.0.1',
        host: config.monitoring.prometheusPort,
        container: PROMETHEUS_PORT,
        purpose: 'queries, from this host only',
      },
    ],
    health: httpHealth(PROMETHEUS_PORT, '/-/ready', 60),
    memory: sizing.fixed.prometheus,
    cpus: sizing.fixedCpus,
    // Writes its head block to disk on the way out.
    stopGraceSeconds: 60,
  });
}
