import { describe, expect, it } from 'vitest';
import { sampleWith, type Change } from '../../test/fakes/kubernetes-changes.ts';
import { SAMPLE } from '../../test/fakes/kubernetes-sample.ts';
import { schemaProblems } from './schema-problems.ts';

const POD = 'spec.template.spec';
const MAIN = `${POD}.containers.0`;
const RECORDS = 'Deployment/records';
const SERVICE = 'Service/records';
const LONG = 'a'.repeat(64);

it('has nothing against a tree that is right', () => {
  expect(schemaProblems(SAMPLE)).toEqual([]);
});

/** A mistake, and how its sentence begins and goes on. */
const MISTAKES: Readonly<Record<string, readonly [Change, string]>> = {
  'misspelt key': [
    [RECORDS, 'spec.minReadySecond', 5],
    'Deployment records: /spec/minReadySecond: the API knows no such key',
  ],
  'key of another place': [
    [RECORDS, `${MAIN}.runAsUser`, 10001],
    `Deployment records: /spec/template/spec/containers/0/runAsUser: the API knows`,
  ],
  'misspelt key at the top': [[RECORDS, 'sepc', {}], 'Deployment records: /sepc: the API knows'],
  'wrong type': [
    [RECORDS, 'spec.minReadySeconds', '5'],
    'Deployment records: /spec/minReadySeconds: must be integer',
  ],
  'missing key': [
    [RECORDS, 'spec.selector'],
    'Deployment records: /spec: must have required property',
  ],
  'value of none': [[SERVICE, 'spec.selector', null], 'Service records: /spec/selector: has no'],
  'word nobody knows': [
    [RECORDS, `${MAIN}.imagePullPolicy`, 'Sometimes'],
    'Deployment records: /spec/template/spec/containers/0/imagePullPolicy: must be equal',
  ],
  'number too large': [
    [RECORDS, 'spec.minReadySeconds', 2 ** 31],
    'Deployment records: /spec/minReadySeconds: must match format "int32"',
  ],
  'number below zero': [
    [RECORDS, 'spec.minReadySeconds', -1],
    'Deployment records: /spec/minReadySeconds: is below 0',
  ],
  'period of nothing': [
    [RECORDS, `${MAIN}.livenessProbe.periodSeconds`, 0],
    'Deployment records: /spec/template/spec/containers/0/livenessProbe/periodSeconds: is below 1',
  ],
  'port too high': [
    [RECORDS, `${MAIN}.ports.0.containerPort`, 65_536],
    'Deployment records: /spec/template/spec/containers/0/ports/0/containerPort: is not in 1–65535',
  ],
  'port 0': [[SERVICE, 'spec.ports.0.port', 0], 'Service records: /spec/ports/0/port: is not in'],
  'port of a policy too high': [
    ['NetworkPolicy/postgres', 'spec.ingress.0.ports.0.port', 70_000],
    'NetworkPolicy postgres: /spec/ingress/0/ports/0/port: is not in 1–65535',
  ],
  'name of a port too long': [
    [RECORDS, `${MAIN}.ports.0.name`, 'sixteen-letters-'],
    'Deployment records: /spec/template/spec/containers/0/ports/0/name: is no name of a port',
  ],
  'selector of other pods': [
    [RECORDS, 'spec.selector.matchLabels', { app: 'other' }],
    'Deployment records: /spec/selector: does not select the pods of its own template',
  ],
  'selector of all': [
    [RECORDS, 'spec.selector.matchLabels', {}],
    'Deployment records: /spec/selector: does not select',
  ],
  'service of no pods': [
    [SERVICE, 'spec.selector', { app: 'other' }],
    'Service records: /spec/selector: selects no pod of the tree',
  ],
  'version of the API that went': [
    ['PodDisruptionBudget/records', 'apiVersion', 'policy/v1beta1'],
    'PodDisruptionBudget records: policy/v1beta1 has no such kind',
  ],
  'kind nobody knows': [
    [SERVICE, 'kind', 'Servcie'],
    'Servcie records: v1 has no such kind, or none we export',
  ],
  'kind of another group': [
    ['Job/migrations', 'apiVersion', 'apps/v1'],
    'Job migrations: apps/v1 has no such kind',
  ],
  'no quantity': [
    [RECORDS, `${MAIN}.resources.limits.memory`, '1 GB'],
    'Deployment records: /spec/template/spec/containers/0/resources/limits/memory: is no quantity',
  ],
  'quantity the schema lets pass': [
    [RECORDS, `${MAIN}.resources.limits.cpu`, '5d'],
    'Deployment records: /spec/template/spec/containers/0/resources/limits/cpu: is no quantity',
  ],
  'no quantity of a quota': [
    ['ResourceQuota/platform', 'spec.hard', { pods: 'many' }],
    'ResourceQuota platform: /spec/hard/pods: is no quantity',
  ],
  'no size of scratch': [
    [RECORDS, `${POD}.volumes.0.emptyDir.sizeLimit`, '64MB'],
    'Deployment records: /spec/template/spec/volumes/0/emptyDir/sizeLimit: is no quantity',
  ],
  'name too long': [
    [SERVICE, 'metadata.name', LONG],
    `Service ${LONG}: /metadata/name: is longer than 63`,
  ],
  'name too long for its pods': [
    ['StatefulSet/postgres', 'metadata.name', 'a'.repeat(53)],
    `StatefulSet ${'a'.repeat(53)}: /metadata/name: is longer than 52`,
  ],
  'name with capitals': [
    ['ConfigMap/platform', 'metadata.name', 'Platform'],
    'ConfigMap Platform: /metadata/name: is not a name',
  ],
  'service that begins with a digit': [
    [SERVICE, 'metadata.name', '1records'],
    'Service 1records: /metadata/name: is not a name',
  ],
  'label too long': [
    [RECORDS, 'metadata.labels.app', LONG],
    'Deployment records: /metadata/labels/app: is no value of a label',
  ],
  'key of a label with two slashes': [
    [RECORDS, 'metadata.labels.a/b/c', 'x'],
    'Deployment records: /metadata/labels/a/b/c: is no key of a label',
  ],
  'name of a container': [
    [RECORDS, `${MAIN}.name`, 'Records'],
    'Deployment records: /spec/template/spec/containers/0/name: is no DNS label',
  ],
  'name of a variable': [
    [RECORDS, `${MAIN}.env.0.name`, 'A=B'],
    'Deployment records: /spec/template/spec/containers/0/env/0/name: is no name of a variable',
  ],
  'mount of nothing': [
    [RECORDS, `${MAIN}.volumeMounts.0.name`, 'lost'],
    'Deployment records: container records: mounts "lost", which is no volume of the pod',
  ],
  'two mounts at one place': [
    [RECORDS, `${MAIN}.volumeMounts.1.mountPath`, '/tmp'],
    'Deployment records: container records: mounts two volumes at "/tmp"',
  ],
  'relative mount': [
    [RECORDS, `${MAIN}.volumeMounts.0.mountPath`, 'tmp'],
    'Deployment records: /spec/template/spec/containers/0/volumeMounts/0/mountPath: is no absolute',
  ],
  'volume of two types': [
    [RECORDS, `${POD}.volumes.0.configMap`, { name: 'platform' }],
    'Deployment records: volume "tmp" is not of one type',
  ],
  'probe in two ways': [
    [RECORDS, `${MAIN}.livenessProbe.exec`, { command: ['true'] }],
    'Deployment records: container records: livenessProbe does not ask in one way',
  ],
  'restart of a Deployment': [
    [RECORDS, `${POD}.restartPolicy`, 'OnFailure'],
    'Deployment records: restartPolicy "OnFailure" is not for a Deployment',
  ],
  'restart of a Job': [
    ['Job/migrations', `${POD}.restartPolicy`],
    'Job migrations: restartPolicy "Always" is not for a Job',
  ],
  'rollout that cannot begin': [
    [RECORDS, 'spec.strategy.rollingUpdate.maxSurge', 0],
    'Deployment records: /spec/strategy: with no pod more',
  ],
  'budget of two minds': [
    ['PodDisruptionBudget/records', 'spec.maxUnavailable', 1],
    'PodDisruptionBudget records: /spec: minAvailable and maxUnavailable exclude',
  ],
  'fewest more than most': [
    ['HorizontalPodAutoscaler/records', 'spec.minReplicas', 7],
    'HorizontalPodAutoscaler records: /spec/minReplicas: is more than maxReplicas',
  ],
  schedule: [
    ['CronJob/backup', 'spec.schedule', '30 1 *'],
    'CronJob backup: /spec/schedule: is no',
  ],
  'key of a ConfigMap': [
    ['ConfigMap/platform', 'data', { 'a/b': 'x' }],
    'ConfigMap platform: /data/a/b: is no key of a ConfigMap',
  ],
  'number in a ConfigMap': [
    ['ConfigMap/platform', 'data', { PORT: 3001 }],
    'ConfigMap platform: /data/PORT: must be string',
  ],
  'path of an Ingress': [
    ['Ingress/platform', 'spec.rules.0.http.paths.0.path', 'api'],
    'Ingress platform: /spec/rules: path "api" does not begin with /',
  ],
  'duration of a route': [
    ['HTTPRoute/platform', 'spec.rules.0.timeouts.request', '1 minute'],
    'HTTPRoute platform: /spec/rules/0/timeouts/request: must match pattern',
  ],
  'redirect with a service': [
    ['HTTPRoute/platform', 'spec.rules.0.filters', [{ type: 'RequestRedirect' }]],
    'HTTPRoute platform: /spec/rules: a redirect leads to no service',
  ],
  'certificate of a listener without TLS': [
    ['Gateway/platform', 'spec.listeners.1.tls', { mode: 'Terminate' }],
    'Gateway platform: /spec/listeners: "http" has TLS',
  ],
  'misspelt key of a custom resource': [
    ['ExternalSecret/database', 'spec.refreshInterva', '1h'],
    'ExternalSecret database: /spec/refreshInterva: the API knows no such key',
  ],
};

describe('a mistake is seen', () => {
  it.each(Object.entries(MISTAKES))('%s', (_, [change, sentence]) => {
    const problems = schemaProblems(sampleWith(change));
    expect(problems.filter((problem) => problem.startsWith(sentence))).not.toEqual([]);
  });
});
