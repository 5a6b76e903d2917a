import { EXPORTER_PORTS } from '../../installer/src/catalog/components/exporters.ts';
import { externalPostgres } from '../../installer/src/catalog/database-access.ts';
import { monitoringContext } from '../../installer/src/catalog/monitoring-context.ts';
import type { InstanceConfig } from '../../installer/src/model/config.ts';
import type { Workload } from '../../installer/src/model/workload.ts';
import { ownDatabase, probesOf } from '../../installer/src/render/config-contexts.ts';
import { RECORDINGS } from '../../monitoring/recordings.ts';
import { alertGroups } from '../../monitoring/rules.ts';
import type { Environment } from '../environment.ts';
import { labels, networkLabels } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import { resources } from '../pods/resources.ts';
import { podSecurity } from '../pods/security.ts';
import { SCRAPE_LABEL } from './services.ts';
import { storageOf } from './storage.ts';

const API = 'monitoring.coreos.com/v1';
/** What the Prometheus of this namespace takes up, and nothing of others. */
const OURS = { matchLabels: { 'app.kubernetes.io/part-of': 'factsway' } };
const own = (name: string) => ({
  name,
  labels: labels('prometheus', 'monitoring', { role: 'monitoring' }),
});

/** The Prometheus of the platform as objects of the Prometheus Operator: same rules, same labels, same Alertmanager. */
export function operatorObjects(environment: Environment, prometheus: Workload): Manifest[] {
  const { workloads } = environment.catalog;
  return [
    ...access(environment),
    thePrometheus(environment, prometheus),
    rules(environment),
    ...workloads.filter(isMeasured).map((one) => serviceMonitor(one, environment.config)),
    ...probesOf(environment.catalog).map(probe),
  ];
}

/** Whatever listens shows metrics, but for PostgreSQL, whose exporter does. */
const isMeasured = ({ listens, component }: Workload): boolean =>
  listens.length > 0 && component !== 'postgres';

/** Names of jobs are those of the plain configuration: rules and dashboards ask for them. */
const JOBS: Readonly<Record<string, string>> = {
  'postgres-exporter': 'postgres',
  'blackbox-exporter': 'blackbox',
};
const jobOf = (component: string): string => JOBS[component] ?? component;

/** What the plain configuration does with the series of a target. */
function kept(component: string, group: string, config: InstanceConfig): object {
  const { database } = config.postgres;
  if (group === 'app')
    return { metricRelabelings: [{ action: 'labeldrop', regex: 'exported_service' }] };
  if (component !== 'postgres-exporter' || !externalPostgres(config)) return {};
  const sourceLabels = ['__name__', 'datname'];
  return { metricRelabelings: [{ sourceLabels, regex: ownDatabase(database), action: 'keep' }] };
}

function serviceMonitor({ component, listens, group }: Workload, config: InstanceConfig): Manifest {
  const port = listens.find(({ name }) => name === 'metrics') ?? listens[0];
  const set = (targetLabel: string, replacement: string) => ({
    action: 'replace',
    targetLabel,
    replacement,
  });
  return {
    apiVersion: API,
    kind: 'ServiceMonitor',
    metadata: own(component),
    spec: {
      selector: {
        matchLabels: { 'app.kubernetes.io/name': component, [SCRAPE_LABEL]: 'true' },
      },
      endpoints: [
        {
          port: port?.name,
          interval: '15s',
          scrapeTimeout: group === 'app' ? '3s' : '10s',
          relabelings: [set('job', jobOf(component)), set('service', jobOf(component))],
          ...kept(component, group, config),
        },
      ],
    },
  };
}

function probe({ module, target, service }: ReturnType<typeof probesOf>[number]): Manifest {
  return {
    apiVersion: API,
    kind: 'Probe',
    metadata: own(service),
    spec: {
      jobName: 'probe',
      interval: '15s',
      module,
      prober: { url: `blackbox-exporter:${EXPORTER_PORTS.blackbox}` },
      targets: { staticConfig: { static: [target], labels: { service } } },
    },
  };
}

function rules({ catalog }: Environment): Manifest {
  const alerts = alertGroups(monitoringContext(catalog));
  return {
    apiVersion: API,
    kind: 'PrometheusRule',
    metadata: own('factsway'),
    spec: {
      groups: [
        ...RECORDINGS.map(({ name, interval, rules: recordings }) => ({
          name,
          interval,
          rules: recordings.map(({ record, expr }) => ({ record, expr })),
        })),
        ...alerts.map(({ name, interval, rules: ofGroup }) => ({
          name,
          interval,
          rules: ofGroup.map((rule) => ({
            alert: rule.name,
            expr: rule.expr,
            ...(rule.for === undefined ? {} : { for: rule.for }),
            ...(rule.keepFiringFor === undefined ? {} : { keep_firing_for: rule.keepFiringFor }),
            labels: rule.labels,
            annotations: rule.annotations,
          })),
        })),
      ],
    },
  };
}

function thePrometheus({ config }: Environment, prometheus: Workload): Manifest {
  const { storageClass } = config.kubernetes;
  return {
    apiVersion: API,
    kind: 'Prometheus',
    metadata: own('factsway'),
    spec: {
      replicas: 1,
      podMetadata: { labels: networkLabels(prometheus) },
      portName: 'http',
      image: prometheus.image,
      serviceAccountName: 'prometheus',
      securityContext: podSecurity(prometheus),
      resources: resources(prometheus),
      retention: `${config.monitoring.retentionDays}d`,
      scrapeInterval: '15s',
      evaluationInterval: '15s',
      // The alerts of an incident go on where they were when Prometheus is moved to another node.
      rules: { alert: { forGracePeriod: '1m' } },
      ruleSelector: OURS,
      serviceMonitorSelector: OURS,
      probeSelector: OURS,
      alerting: {
        alertmanagers: [{ name: 'alertmanager', port: 'http', apiVersion: 'v2' }],
      },
      storage: {
        volumeClaimTemplate: {
          spec: {
            accessModes: ['ReadWriteOnce'],
            ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
            resources: { requests: { storage: storageOf('prometheus', config) } },
          },
        },
      },
    },
  };
}

/** To find what it measures it reads services and their pods, in this namespace alone. */
function access({ namespace }: Environment): Manifest[] {
  const rbac = 'rbac.authorization.k8s.io';
  const verbs = ['get', 'list', 'watch'];
  const foundation = {
    name: 'prometheus',
    labels: labels('prometheus', 'foundation', { role: 'monitoring' }),
  };
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: foundation,
      rules: [
        { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: foundation,
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'prometheus' },
      subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace }],
    },
  ];
}
