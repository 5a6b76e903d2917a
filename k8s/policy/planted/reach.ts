import { inMain, inPod, type Plantings } from './planting.ts';

const OWN = 'NetworkPolicy/records';
const DENY = 'NetworkPolicy/default-deny';
const INGRESS = 'Ingress/platform';
const ROUTE = 'HTTPRoute/platform';
const GATEWAY = 'Gateway/platform';
const HOST = [{ host: 'factsway.example.com' }];

/** Who reaches whom, and the front door. */
export const REACH_PLANTINGS: Plantings = {
  'service of no pods': [
    [['Service/records', 'spec.selector', { app: 'other' }]],
    'a service selects pods',
  ],
  'port no pod has': [
    ['Service/records', 'spec.ports.0.targetPort', 'admin'],
    'a service leads to named ports',
  ],
  'port by number': [
    ['Service/records', 'spec.ports.0.targetPort', 3001],
    'a service leads to named ports',
  ],
  'port without a name in the pod': [
    [
      inMain('ports.0.name', 'web'),
      inMain('startupProbe.httpGet.port', 'web'),
      inMain('livenessProbe.httpGet.port', 'web'),
      inMain('readinessProbe.httpGet.port', 'web'),
    ],
    'a service leads to named ports',
  ],
  'monitor of no service': [
    ['ServiceMonitor/records', 'spec.selector.matchLabels', { app: 'other' }],
    'a monitor selects services',
  ],
  'monitor of no port': [
    ['ServiceMonitor/records', 'spec.endpoints.0.port', 'metrics'],
    'a monitor selects services',
  ],
  'port on every node': [['Service/records', 'spec.type', 'NodePort'], 'a service stays inside'],
  'address from outside': [
    ['Service/records', 'spec.externalIPs', ['192.0.2.1']],
    'a service stays inside',
  ],
  'nothing denied': [{ remove: DENY }, 'default deny'],
  'egress not denied': [[DENY, 'spec.policyTypes', ['Ingress']], 'default deny'],
  'denied to one pod only': [
    [DENY, 'spec.podSelector', { matchLabels: { 'app.kubernetes.io/name': 'records' } }],
    'default deny',
  ],
  'a pod without a policy': [[{ remove: DENY }, { remove: OWN }], 'default deny', 'isolated pods'],
  'a policy of no pods': [
    [OWN, 'spec.podSelector', { matchLabels: { app: 'other' } }],
    'a network policy selects pods',
    'names can be resolved',
  ],
  'directions not said': [
    ['NetworkPolicy/migrations', 'spec.policyTypes'],
    'a network policy says what it restricts',
  ],
  'rules of a direction not said': [
    [OWN, 'spec.policyTypes', ['Ingress']],
    'a network policy says what it restricts',
  ],
  'open to everybody': [[OWN, 'spec.ingress', [{}]], 'a network policy opens by name'],
  'open to the world': [
    [OWN, 'spec.egress.1', { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }],
    'a network policy opens by name',
  ],
  'open to pods nobody starts': [
    [OWN, 'spec.egress.1.to.0.podSelector', { matchLabels: { app: 'other' } }],
    'a network policy selects its peers',
  ],
  'no names': [[OWN, 'spec.egress', []], 'names can be resolved'],
  'short names only': [[OWN, 'spec.egress.0.ports.1', {}], 'names can be resolved'],
  'names of its own': [
    inPod('hostAliases', [{ ip: '192.0.2.1', hostnames: ['records'] }]),
    'no names for addresses',
  ],
  'names of the node': [inPod('dnsPolicy', 'Default'), 'no names for addresses'],

  'ingress in the clear': [[INGRESS, 'spec.tls'], 'an ingress is encrypted'],
  'host without a certificate': [
    [INGRESS, 'spec.rules.0.host', 'other.example.com'],
    'an ingress is encrypted',
  ],
  'certificate without a secret': [[INGRESS, 'spec.tls.0.secretName'], 'an ingress is encrypted'],
  'ingress to nowhere': [
    [INGRESS, 'spec.rules.0.http.paths.0.backend.service.name', 'other'],
    'an ingress leads somewhere',
  ],
  'ingress to no port': [
    [INGRESS, 'spec.rules.0.http.paths.0.backend.service.port', { number: 80 }],
    'an ingress leads somewhere',
  ],
  'ingress without paths': [[INGRESS, 'spec.rules', HOST], 'an ingress leads somewhere'],
  'path of one controller': [
    [INGRESS, 'spec.rules.0.http.paths.0.pathType', 'ImplementationSpecific'],
    'an ingress any controller understands',
  ],
  'rewriting of one controller': [
    [INGRESS, 'metadata.annotations.nginx.ingress.kubernetes.io/rewrite-target', '/$1'],
    'an ingress any controller understands',
  ],
  'ingress of no class': [[INGRESS, 'spec.ingressClassName'], 'an ingress has a class'],
  'route to nowhere': [
    [ROUTE, 'spec.rules.0.backendRefs.0.name', 'other'],
    'a route leads somewhere',
  ],
  'route to no port': [[ROUTE, 'spec.rules.0.backendRefs.0.port'], 'a route leads somewhere'],
  'gateway without a certificate': [
    [GATEWAY, 'spec.listeners.0.tls.certificateRefs', []],
    'a gateway is encrypted',
  ],
  'gateway in the clear': [
    [GATEWAY, 'spec.listeners.0.protocol', 'HTTP'],
    'a gateway is encrypted',
    'nothing served in the clear',
  ],
  'route in the clear': [
    [ROUTE, 'spec.parentRefs.0.sectionName', 'http'],
    'nothing served in the clear',
  ],
  'route at every listener': [
    [ROUTE, 'spec.parentRefs.0.sectionName'],
    'nothing served in the clear',
  ],
};
