/** A cache and somebody who asks it, as `docker compose config` prints them and as Kustomize would. */

export const DIRECTORY = '/srv/small';
const MiB = 1024 ** 2;

const composed = (component: string, more: object) => ({
  image: `registry.example.com:5000/our/${component}:1.2@sha256:abc`,
  entrypoint: null,
  command: ['run', 'costs $$5 and $$$$(PORT)'],
  user: '10001:10001',
  restart: 'always',
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  mem_limit: String(64 * MiB),
  memswap_limit: String(64 * MiB),
  cpus: 0.5,
  pids_limit: 64,
  stop_grace_period: '1m0s',
  logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
  labels: { 'io.factsway.component': component },
  ...more,
});

export const COMPOSE = {
  name: 'small',
  networks: { inner: { internal: true } },
  secrets: { 'cache-password': { file: `${DIRECTORY}/secrets/cache-password` } },
  services: {
    cache: composed('cache', {
      environment: { PORT: '6000', ODD: 'a$$$$b' },
      secrets: [{ source: 'cache-password', target: '/run/secrets/cache-password' }],
      networks: { inner: null },
      tmpfs: ['/tmp:size=1048576,mode=1777,uid=10001,gid=10001,nosuid,nodev,noexec'],
      volumes: [
        {
          type: 'bind',
          source: `${DIRECTORY}/config/cache`,
          target: '/etc/cache',
          read_only: true,
          bind: { create_host_path: true },
        },
      ],
      healthcheck: {
        test: ['CMD', 'cache-ok', '127.0.0.1:6000'],
        interval: '15s',
        timeout: '5s',
        retries: 3,
        start_period: '1m0s',
        start_interval: '1s',
      },
    }),
    asker: composed('asker', {
      environment: { CACHE_URL: 'http://cache:6000/' },
      networks: { inner: null },
    }),
  },
};

export const FILES = {
  'config/cache/cache.conf': { content: 'size = 5\n', mode: 0o644 },
  'config/cache/hooks/warm.sh': { content: '#!/bin/sh\n', mode: 0o755 },
  'config/other/other.conf': { content: 'nobody mounts this', mode: 0o644 },
};

const namespace = 'small';
const labels = (component: string) => ({ 'app.kubernetes.io/name': component });
const exec = { exec: { command: ['cache-ok', '127.0.0.1:6000'] } };
const times = { periodSeconds: 15, timeoutSeconds: 5 };

const deployed = (component: string, container: object, volumes: object[] = []) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: component, namespace },
  spec: {
    replicas: 1,
    template: {
      metadata: { labels: labels(component) },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 65,
        securityContext: {
          runAsUser: 10001,
          runAsGroup: 10001,
          runAsNonRoot: true,
          fsGroup: 10001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: component,
            image: `registry.example.com:5000/our/${component}:1.2@sha256:abc`,
            imagePullPolicy: 'IfNotPresent',
            args: ['run', 'costs $5 and $$$$(PORT)'],
            lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
            resources: {
              requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
              limits: { cpu: '500m', memory: '64Mi', 'ephemeral-storage': '256Mi' },
            },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            ...container,
          },
        ],
        volumes,
      },
    },
  },
});

const allow = (name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});

export const MANIFESTS = [
  deployed(
    'cache',
    {
      env: [
        { name: 'PORT', value: '6000' },
        { name: 'ODD', value: 'a$$$$b' },
      ],
      ports: [{ name: 'main', containerPort: 6000 }],
      startupProbe: { ...exec, ...times, failureThreshold: 7 },
      readinessProbe: { ...exec, ...times, failureThreshold: 3 },
      livenessProbe: { tcpSocket: { port: 'main' }, ...times, failureThreshold: 3 },
      volumeMounts: [
        { name: 'config', mountPath: '/etc/cache', readOnly: true },
        { name: 'secrets', mountPath: '/run/secrets', readOnly: true },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    },
    [
      {
        name: 'config',
        projected: {
          defaultMode: 0o444,
          sources: [
            {
              configMap: {
                name: 'cache-x1',
                items: [
                  { key: 'cache.conf', path: 'cache.conf' },
                  { key: 'hooks.warm.sh', path: 'hooks/warm.sh', mode: 0o555 },
                ],
              },
            },
          ],
        },
      },
      {
        name: 'secrets',
        projected: {
          defaultMode: 0o440,
          sources: [
            {
              secret: {
                name: 'cache-password',
                items: [{ key: 'cache-password', path: 'cache-password' }],
              },
            },
          ],
        },
      },
      { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    ],
  ),
  deployed('asker', { env: [{ name: 'CACHE_URL', value: 'http://cache:6000/' }] }),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cache-x1', namespace },
    data: { 'cache.conf': 'size = 5\n', 'hooks.warm.sh': '#!/bin/sh\n' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cache', namespace },
    spec: {
      type: 'ClusterIP',
      selector: labels('cache'),
      ports: [{ name: 'main', port: 6000, targetPort: 'main' }],
    },
  },
  allow('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  allow('dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } },
        ],
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
    ],
  }),
  allow('cache', {
    podSelector: { matchLabels: labels('cache') },
    policyTypes: ['Ingress'],
    ingress: [
      { from: [{ podSelector: { matchLabels: labels('asker') } }], ports: [{ port: 6000 }] },
    ],
  }),
  allow('asker', {
    podSelector: { matchLabels: labels('asker') },
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: { matchLabels: labels('cache') } }], ports: [{ port: 6000 }] }],
  }),
];
