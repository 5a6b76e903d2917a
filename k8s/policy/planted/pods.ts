import { inInit, inMain, inPod, MIGRATIONS, POD, type Plantings } from './planting.ts';

const security = (key: string): string => `securityContext.${key}`;

export const POD_PLANTINGS: Plantings = {
  'network of the node': [inPod('hostNetwork', true), 'no host namespaces'],
  'processes of the node': [inPod('hostPID', true), 'no host namespaces'],
  'memory of the node': [inPod('hostIPC', true), 'no host namespaces'],
  privileged: [inMain(security('privileged'), true), 'not privileged'],
  'privileged preparation': [inInit(security('privileged'), true), 'not privileged'],
  'process of a Windows host': [
    inPod(security('windowsOptions'), { hostProcess: true }),
    'no Windows host process',
  ],
  'capabilities kept': [inMain(security('capabilities')), 'no capabilities'],
  'one capability dropped': [inMain(security('capabilities.drop'), ['NET_RAW']), 'no capabilities'],
  'capability given back': [inMain(security('capabilities.add'), ['SYS_ADMIN']), 'no capabilities'],
  'ports below 1024 allowed': [inMain(security('capabilities.add'), ['NET_BIND_SERVICE'])],
  'directory of the node': [
    inPod('volumes.2', { name: 'node', hostPath: { path: '/var/run/docker.sock' } }),
    'allowed volume types',
  ],
  'share on the network': [
    inPod('volumes.2', { name: 'nfs', nfs: { server: 'a', path: '/' } }),
    'allowed volume types',
  ],
  'port of the node': [inMain('ports.0.hostPort', 3001), 'no host ports'],
  'AppArmor off': [
    inMain(security('appArmorProfile'), { type: 'Unconfined' }),
    'AppArmor profile kept',
  ],
  'AppArmor off, the old way': [
    [
      'Deployment/records',
      'spec.template.metadata.annotations.container.apparmor.security.beta.kubernetes.io/records',
      'unconfined',
    ],
    'AppArmor profile kept',
  ],
  'SELinux type of its own': [
    inPod(security('seLinuxOptions'), { type: 'spc_t' }),
    'SELinux type kept',
  ],
  'SELinux user': [inPod(security('seLinuxOptions'), { user: 'system_u' }), 'SELinux type kept'],
  'proc in the open': [inMain(security('procMount'), 'Unmasked'), 'proc stays masked'],
  'seccomp off': [inMain(security('seccompProfile'), { type: 'Unconfined' }), 'seccomp profile'],
  'no seccomp': [inPod(security('seccompProfile')), 'seccomp profile'],
  'unsafe sysctl': [
    inPod(security('sysctls'), [{ name: 'kernel.msgmax', value: '1' }]),
    'safe sysctls',
  ],
  'safe sysctl': [inPod(security('sysctls'), [{ name: 'net.ipv4.tcp_syncookies', value: '1' }])],
  'escalation allowed': [
    inMain(security('allowPrivilegeEscalation'), true),
    'no privilege escalation',
  ],
  'escalation by default': [
    inInit(security('allowPrivilegeEscalation')),
    'no privilege escalation',
  ],
  'root not refused': [inPod(security('runAsNonRoot')), 'non-root user'],
  'root allowed in one container': [inMain(security('runAsNonRoot'), false), 'non-root user'],
  'user of the image': [inPod(security('runAsUser')), 'high user and group'],
  'user of a node': [inMain(security('runAsUser'), 999), 'high user and group'],
  'group root': [inPod(security('runAsGroup'), 0), 'high user and group'],
  'files of group root': [inPod(security('fsGroup'), 0), 'high groups of files'],
  'group of a node': [inPod(security('supplementalGroups'), [999]), 'high groups of files'],
  'writable root': [inMain(security('readOnlyRootFilesystem'), false), 'read-only root'],
  'probe of another host': [
    inMain('livenessProbe.httpGet.host', '169.254.169.254'),
    'hooks of the pod itself',
  ],
  'hook to another host': [
    inMain('lifecycle.postStart', { tcpSocket: { host: 'evil', port: 80 } }),
    'hooks of the pod itself',
  ],
  'port of SSH': [inMain('ports.1', { name: 'ssh', containerPort: 22 }), 'unprivileged ports'],

  'service account of everybody': [inPod('serviceAccountName', 'default'), 'own service account'],
  'no service account': [inPod('serviceAccountName'), 'own service account'],
  'account nobody makes': [{ remove: 'ServiceAccount/migrations' }, 'own service account'],
  'old name of the account': [
    inPod('serviceAccount', 'records'),
    'no old name of the service account',
  ],
  'token in the pod': [inPod('automountServiceAccountToken'), 'no token in the pod'],
  'token in a job': [
    [MIGRATIONS, `${POD}.automountServiceAccountToken`, true],
    'no token in the pod',
  ],
  'token by default': [
    ['ServiceAccount/records', 'automountServiceAccountToken'],
    'no token from the service account',
  ],
};
