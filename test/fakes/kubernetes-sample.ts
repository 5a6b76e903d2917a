import type { Manifest } from '../../k8s/manifest.ts';
import {
  container,
  labels,
  mounts,
  NAMESPACE,
  object,
  password,
  pod,
  probes,
  scratch,
  selector,
} from './kubernetes-parts.ts';

const records = object('apps/v1', 'Deployment', 'records', {
  spec: {
    revisionHistoryLimit: 5,
    minReadySeconds: 5,
    progressDeadlineSeconds: 600,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    selector: { matchLabels: selector('records') },
    template: pod('records', {
      terminationGracePeriodSeconds: 45,
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 100,
              podAffinityTerm: {
                topologyKey: 'kubernetes.io/hostname',
                labelSelector: { matchLabels: selector('records') },
              },
            },
          ],
        },
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: selector('records') },
        },
      ],
      initContainers: [
        container('schema', 'migrations', { args: ['status', '--wait'], volumeMounts: mounts }),
      ],
      containers: [
        container('records', 'records-service', {
          ports: [{ name: 'http', containerPort: 3001, protocol: 'TCP' }],
          env: [
            { name: 'PORT', value: '3001' },
            { name: 'POSTGRES_PASSWORD_FILE', value: '/run/secrets/password' },
          ],
          envFrom: [{ configMapRef: { name: 'platform' } }],
          lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
          volumeMounts: mounts,
          ...probes,
        }),
      ],
      volumes: [scratch, password],
    }),
  },
});

const postgres = object('apps/v1', 'StatefulSet', 'postgres', {
  spec: {
    serviceName: 'postgres',
    replicas: 1,
    revisionHistoryLimit: 5,
    selector: { matchLabels: selector('postgres') },
    template: pod('postgres', {
      terminationGracePeriodSeconds: 120,
      containers: [
        container('postgres', 'postgres', {
          ports: [{ name: 'postgres', containerPort: 5432 }],
          startupProbe: { exec: { command: ['pg_isready'] }, failureThreshold: 60 },
          livenessProbe: { tcpSocket: { port: 'postgres' } },
          readinessProbe: { exec: { command: ['pg_isready', '-q'] } },
          volumeMounts: [...mounts, { name: 'data', mountPath: '/var/lib/postgresql' }],
        }),
      ],
      volumes: [scratch, password],
    }),
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '100Gi' } },
        },
      },
    ],
  },
});

const task = (name: string, image: string) => ({
  backoffLimit: 1,
  activeDeadlineSeconds: 900,
  template: pod(name, {
    restartPolicy: 'Never',
    containers: [container(name, image, { volumeMounts: mounts })],
    volumes: [scratch, password],
  }),
});
const migrations = object('batch/v1', 'Job', 'migrations', {
  spec: { ttlSecondsAfterFinished: 86_400, ...task('migrations', 'migrations') },
});
const backup = object('batch/v1', 'CronJob', 'backup', {
  spec: {
    schedule: '30 1 * * *',
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 3600,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 3,
    jobTemplate: { spec: task('backup', 'backup') },
  },
});

const DNS = {
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};
const toPostgres = {
  to: [{ podSelector: { matchLabels: selector('postgres') } }],
  ports: [{ protocol: 'TCP', port: 5432 }],
};
const policy = (name: string, rules: object) =>
  object('networking.k8s.io/v1', 'NetworkPolicy', name, {
    spec: {
      podSelector: { matchLabels: selector(name) },
      policyTypes: ['Ingress', 'Egress'],
      ...rules,
    },
  });
const backend = { service: { name: 'records', port: { name: 'http' } } };
const account = (name: string) =>
  object('v1', 'ServiceAccount', name, { automountServiceAccountToken: false });

/**
 * A small tree that keeps every rule of the policy and every field of the API: a service with its autoscaler, a
 * database, a migration, a backup, the front door in both forms, and what a namespace needs.
 */
export const SAMPLE: readonly Manifest[] = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: NAMESPACE,
      labels: {
        ...labels(NAMESPACE),
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  },
  object('v1', 'ResourceQuota', 'platform', {
    spec: {
      hard: {
        pods: '20',
        'requests.cpu': '4',
        'requests.memory': '8Gi',
        'limits.cpu': '16',
        'limits.memory': '16Gi',
      },
    },
  }),
  object('v1', 'LimitRange', 'platform', {
    spec: {
      limits: [
        {
          type: 'Container',
          default: { cpu: '500m', memory: '256Mi' },
          defaultRequest: { cpu: '50m', memory: '64Mi' },
          min: { cpu: '10m', memory: '16Mi' },
          max: { cpu: '4', memory: '4Gi' },
        },
      ],
    },
  }),
  ...['records', 'postgres', 'migrations', 'backup'].map(account),
  object('v1', 'ConfigMap', 'platform', { data: { LOG_LEVEL: 'info' } }),
  records,
  postgres,
  migrations,
  backup,
  object('v1', 'Service', 'records', {
    spec: {
      selector: selector('records'),
      ports: [{ name: 'http', port: 3001, targetPort: 'http', protocol: 'TCP' }],
    },
  }),
  object('v1', 'Service', 'postgres', {
    spec: {
      clusterIP: 'None',
      selector: selector('postgres'),
      ports: [{ name: 'postgres', port: 5432, targetPort: 'postgres' }],
    },
  }),
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'records', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'records' },
      minReplicas: 3,
      maxReplicas: 6,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  }),
  object('policy/v1', 'PodDisruptionBudget', 'records', {
    spec: {
      minAvailable: 2,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selector('records') },
    },
  }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', {
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  }),
  policy('records', {
    ingress: [
      {
        from: [
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } },
        ],
        ports: [{ protocol: 'TCP', port: 'http' }],
      },
    ],
    egress: [DNS, toPostgres],
  }),
  policy('postgres', {
    ingress: [
      {
        from: ['records', 'migrations', 'backup'].map((name) => ({
          podSelector: { matchLabels: selector(name) },
        })),
        ports: [{ protocol: 'TCP', port: 'postgres' }],
      },
    ],
    egress: [DNS],
  }),
  policy('migrations', { egress: [DNS, toPostgres] }),
  policy('backup', { egress: [DNS, toPostgres] }),
  object('networking.k8s.io/v1', 'Ingress', 'platform', {
    spec: {
      ingressClassName: 'public',
      tls: [{ hosts: ['factsway.example.com'], secretName: 'factsway-tls' }],
      rules: [
        {
          host: 'factsway.example.com',
          http: { paths: [{ path: '/api/cases', pathType: 'Prefix', backend }] },
        },
      ],
    },
  }),
  object('gateway.networking.k8s.io/v1', 'Gateway', 'platform', {
    spec: {
      gatewayClassName: 'public',
      listeners: [
        {
          name: 'https',
          port: 443,
          protocol: 'HTTPS',
          tls: { mode: 'Terminate', certificateRefs: [{ name: 'factsway-tls' }] },
        },
        { name: 'http', port: 80, protocol: 'HTTP' },
      ],
    },
  }),
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'platform', {
    spec: {
      parentRefs: [{ name: 'platform', sectionName: 'https' }],
      hostnames: ['factsway.example.com'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/api/cases' } }],
          backendRefs: [{ name: 'records', port: 3001 }],
          timeouts: { request: '60s' },
        },
      ],
    },
  }),
  object('external-secrets.io/v1', 'ExternalSecret', 'database', {
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'SecretStore', name: 'vault' },
      target: { name: 'database', creationPolicy: 'Owner' },
      data: [{ secretKey: 'password', remoteRef: { key: 'factsway/database' } }],
    },
  }),
  object('monitoring.coreos.com/v1', 'ServiceMonitor', 'records', {
    spec: {
      selector: { matchLabels: selector('records') },
      endpoints: [{ port: 'http', path: '/metrics', interval: '15s' }],
    },
  }),
  object('cert-manager.io/v1', 'Certificate', 'platform', {
    spec: {
      secretName: 'factsway-tls',
      dnsNames: ['factsway.example.com'],
      issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt' },
    },
  }),
];
