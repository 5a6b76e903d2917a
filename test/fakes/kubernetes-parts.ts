import type { Manifest } from '../../k8s/manifest.ts';

/** What objects of the sample are put together from. */
export const NAMESPACE = 'factsway-production';
export const labels = (name: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/component': 'service',
  'app.kubernetes.io/part-of': 'factsway',
  'app.kubernetes.io/managed-by': 'factsway-install',
  'app.kubernetes.io/version': '1.0.0',
});
export const selector = (name: string) => ({ 'app.kubernetes.io/name': name });

export function object(apiVersion: string, kind: string, name: string, fields: object): Manifest {
  const metadata = { name, namespace: NAMESPACE, labels: labels(name) };
  return { apiVersion, kind, metadata, ...fields };
}

const resources = {
  requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
  limits: { cpu: '500m', memory: '256Mi', 'ephemeral-storage': '256Mi' },
};
const securityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};
export const container = (name: string, image: string, fields: object = {}) => ({
  name,
  image: `registry.example.com/${image}:1.0.0`,
  imagePullPolicy: 'IfNotPresent',
  resources,
  securityContext,
  ...fields,
});
const probe = (path: string, fields: object = {}) => ({
  httpGet: { path, port: 'http' },
  periodSeconds: 10,
  timeoutSeconds: 3,
  ...fields,
});
export const probes = {
  startupProbe: probe('/health/live', { failureThreshold: 30 }),
  livenessProbe: probe('/health/live'),
  readinessProbe: probe('/health/ready'),
};
export const pod = (name: string, fields: object) => ({
  metadata: { labels: labels(name) },
  spec: {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...fields,
  },
});
export const scratch = { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } };
export const password = {
  name: 'secrets',
  secret: { secretName: 'database', defaultMode: 0o440 },
};
export const mounts = [
  { name: 'tmp', mountPath: '/tmp' },
  { name: 'secrets', mountPath: '/run/secrets', readOnly: true },
];
