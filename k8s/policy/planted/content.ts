import { inInit, inMain, inPod, POSTGRES, POD, type Plantings } from './planting.ts';

const CONFIG = 'ConfigMap/platform';
const SECRET = {
  add: {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'written',
      namespace: 'factsway-production',
      labels: {
        'app.kubernetes.io/name': 'written',
        'app.kubernetes.io/part-of': 'factsway',
        'app.kubernetes.io/managed-by': 'factsway-install',
      },
    },
    stringData: { password: 'x' },
  },
} as const;

/** What goes into containers: secrets, configuration, images, resources, probes. */
export const CONTENT_PLANTINGS: Plantings = {
  'secret as a variable': [
    inMain('env.2', { name: 'P', valueFrom: { secretKeyRef: { name: 'database', key: 'p' } } }),
    'no secrets as variables',
  ],
  'secret as all variables': [
    inMain('envFrom.1', { secretRef: { name: 'database' } }),
    'no secrets as variables',
  ],
  'password in the environment': [
    inMain('env.2', { name: 'POSTGRES_PASSWORD', value: 'x' }),
    'no secrets in the environment',
  ],
  'address with a password': [
    inMain('env.2', { name: 'DATABASE', value: 'postgres://a:b@c/d' }),
    'no secrets in the environment',
  ],
  'password among arguments': [
    inInit('args', ['--url', 'postgres://a:b@c/d']),
    'no secrets in arguments',
  ],
  'password in a ConfigMap': [
    [CONFIG, 'data', { POSTGRES_PASSWORD: 'x' }],
    'no secrets in a ConfigMap',
  ],
  'key in a ConfigMap': [
    [CONFIG, 'data', { 'tls.pem': '-----BEGIN PRIVATE KEY-----' }],
    'no secrets in a ConfigMap',
  ],
  'secret with its value': [SECRET, 'no secrets in the tree'],
  'secret open to all': [inPod('volumes.1.secret.defaultMode'), 'closed secret files'],
  'secret of one file open to all': [
    inPod('volumes.1.secret.items', [{ key: 'p', path: 'p', mode: 0o444 }]),
    'closed secret files',
  ],
  'projected secret open to all': [
    inPod('volumes.1', { name: 'secrets', projected: { sources: [{ secret: { name: 'd' } }] } }),
    'closed secret files',
  ],
  'secret that can be changed': [inMain('volumeMounts.1.readOnly'), 'read-only configuration'],
  'ConfigMap nobody makes': [{ remove: CONFIG }, 'configuration that there is'],
  'ConfigMap nobody makes as files': [
    inPod('volumes.2', { name: 'c', configMap: { name: 'lost' } }),
    'configuration that there is',
  ],
  'variable twice': [inMain('env.2', { name: 'PORT', value: '1' }), 'a variable once'],

  'no CPU request': [inMain('resources.requests.cpu'), 'CPU request and limit'],
  'no CPU limit': [inInit('resources.limits.cpu'), 'CPU request and limit'],
  'no memory request': [inMain('resources.requests.memory'), 'memory request and limit'],
  'no memory limit': [inInit('resources.limits.memory'), 'memory request and limit'],
  'no ephemeral storage': [
    inMain('resources.limits.ephemeral-storage'),
    'ephemeral storage request and limit',
  ],
  'more needed than allowed': [
    inMain('resources.requests.memory', '1Gi'),
    'requests within limits',
  ],
  'scratch without end': [inPod('volumes.0.emptyDir', {}), 'bounded scratch space'],
  'scratch in memory without end': [
    inPod('volumes.0.emptyDir', { medium: 'Memory' }),
    'bounded scratch space',
  ],
  'latest image': [inMain('image', 'registry.example.com/a:latest'), 'image with a version'],
  'image without a tag': [inInit('image', 'registry.example.com:5000/a'), 'image with a version'],
  'image by digest': [inMain('image', `a@sha256:${'0'.repeat(64)}`)],
  'pull policy not said': [inMain('imagePullPolicy'), 'stated pull policy'],
  'never pulled': [inInit('imagePullPolicy', 'Never'), 'stated pull policy'],
  'claim without a size': [
    [POSTGRES, 'spec.volumeClaimTemplates.0.spec.resources'],
    'bounded claims',
  ],
  'claim of many nodes': [
    [POSTGRES, 'spec.volumeClaimTemplates.0.spec.accessModes', ['ReadWriteMany']],
    'bounded claims',
  ],
  'bound to a node': [inPod('nodeName', 'node-1'), 'not bound to a node'],
  'bound to a node by label': [
    [POSTGRES, `${POD}.nodeSelector`, { 'kubernetes.io/hostname': 'node-1' }],
    'not bound to a node',
  ],

  'no liveness probe': [inMain('livenessProbe'), 'liveness probe'],
  'no readiness probe': [inMain('readinessProbe'), 'readiness probe'],
  'no startup probe': [inMain('startupProbe'), 'startup probe'],
  'sidecar without a readiness probe': [
    [
      inInit('restartPolicy', 'Always'),
      inInit('livenessProbe', { exec: { command: ['a'] } }),
      inInit('startupProbe', { exec: { command: ['a'] } }),
    ],
    'readiness probe',
  ],
  'killed for what it waits for': [
    inMain('livenessProbe.httpGet.path', '/health/ready'),
    'readiness is not liveness',
  ],
  'probe of a port nobody has': [
    inMain('readinessProbe.httpGet.port', 'admin'),
    'probes ask a named port',
  ],
  'answer after the next question': [
    inMain('livenessProbe.timeoutSeconds', 11),
    'an answer within the period',
  ],
  'probe of a preparation': [
    inInit('readinessProbe', { exec: { command: ['a'] } }),
    'no probes on what ends',
  ],
  'probe of a job': [
    ['Job/migrations', `${POD}.containers.0.livenessProbe`, { exec: { command: ['a'] } }],
    'no probes on what ends',
  ],
  'killed while it drains': [inPod('terminationGracePeriodSeconds', 5), 'time to drain'],
  'grace not said': [inPod('terminationGracePeriodSeconds'), 'time to drain'],
  'killed while a shell sleeps': [
    inMain('lifecycle.preStop', { exec: { command: ['sh', '-c', 'sleep 60'] } }),
    'time to drain',
  ],
  'killed while it is asleep': [
    inMain('lifecycle.preStop', { sleep: { seconds: 45 } }),
    'time to drain',
  ],
};
