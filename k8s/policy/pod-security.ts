import { at, list, record, records, show, texts, word } from '../json.ts';
import { type Container, type Pod } from './read.ts';
import { ofContainers, ofPods, unless, type PolicyRule } from './rule.ts';

/** Where a container says nothing, its pod decides (API reference, "SecurityContext"). */
const effective = (container: Container, { spec }: Pod, key: string): unknown =>
  at(container, `securityContext.${key}`) ?? at(spec, `securityContext.${key}`);
const own = (container: Container, key: string): unknown => at(container, `securityContext.${key}`);

/** Types of volumes that `restricted` lets through. */
const VOLUMES =
  'configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret'.split(' ');
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  ...'ip_local_port_range ip_unprivileged_port_start tcp_syncookies ping_group_range'
    .concat(' ip_local_reserved_ports tcp_keepalive_time tcp_fin_timeout')
    .concat(' tcp_keepalive_intvl tcp_keepalive_probes')
    .split(' ')
    .map((name) => `net.ipv4.${name}`),
];
const SELINUX = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];
const LOWEST_ID = 10_000;
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

/** Both levels at which a field of security may be written. */
const written = (container: Container, { spec }: Pod, key: string): unknown[] =>
  [own(container, key), at(spec, `securityContext.${key}`)].filter((one) => one !== undefined);

export const POD_SECURITY: readonly PolicyRule[] = [
  {
    name: 'no host namespaces',
    sources: [
      'Pod Security Standards: Host Namespaces',
      'kube-linter: host-network, host-pid, host-ipc',
      'Polaris: hostNetworkSet, hostPIDSet, hostIPCSet',
      'NSA/CISA: Pod security enforcement',
    ],
    asks: 'Has a network, processes and shared memory of its own.',
    breach: ofPods(({ spec }) => {
      const found = ['hostNetwork', 'hostPID', 'hostIPC'].find((key) => spec[key] === true);
      return found && `${found}: true`;
    }),
  },
  {
    name: 'not privileged',
    sources: [
      'Pod Security Standards: Privileged Containers',
      'kube-score: container-security-context-privileged',
      'kube-linter: privileged-container',
      'Polaris: runAsPrivileged',
      'NSA/CISA: Pod security enforcement',
    ],
    asks: 'Is not privileged.',
    breach: ofContainers((container) =>
      unless(own(container, 'privileged') !== true, 'privileged: true'),
    ),
  },
  {
    name: 'no Windows host process',
    sources: ['Pod Security Standards: HostProcess'],
    asks: 'Is not a process of a Windows host.',
    breach: ofContainers((container, pod) =>
      unless(
        written(container, pod, 'windowsOptions.hostProcess').every((value) => value !== true),
        'windowsOptions.hostProcess: true',
      ),
    ),
  },
  {
    name: 'no capabilities',
    sources: [
      'Pod Security Standards: Capabilities',
      'kube-linter: drop-net-raw-capability',
      'Polaris: dangerousCapabilities, insecureCapabilities',
      'NSA/CISA: Pod security enforcement',
    ],
    asks: 'Gives up every capability of the kernel; at most the one for ports below 1024 comes back.',
    breach: ofContainers((container) => {
      const { drop, add } = record(own(container, 'capabilities'));
      return unless(
        texts(drop).includes('ALL') && texts(add).every((name) => name === 'NET_BIND_SERVICE'),
        `capabilities: drop ${show(drop)}, add ${show(add)}`,
      );
    }),
  },
  {
    name: 'allowed volume types',
    sources: [
      'Pod Security Standards: HostPath Volumes, Volume Types',
      'kube-linter: docker-sock, sensitive-host-mounts, writable-host-mount',
      'NSA/CISA: Pod security enforcement',
    ],
    asks: 'Mounts configuration, secrets, claims and scratch space, nothing of the host.',
    breach: ofPods(({ spec }) => {
      const odd = records(spec['volumes'])
        .flatMap(Object.keys)
        .find((type) => type !== 'name' && !VOLUMES.includes(type));
      return odd && `volumes: ${odd}`;
    }),
  },
  {
    name: 'no host ports',
    sources: ['Pod Security Standards: Host Ports', 'Polaris: hostPortSet'],
    asks: 'Takes no port of the node.',
    breach: ofContainers(({ ports }) => {
      const taken = records(ports).find(({ hostPort }) => hostPort !== undefined && hostPort !== 0);
      return taken && `hostPort: ${show(taken['hostPort'])}`;
    }),
  },
  {
    name: 'AppArmor profile kept',
    sources: ['Pod Security Standards: AppArmor', 'NSA/CISA: Hardening container environments'],
    asks: 'Keeps the AppArmor profile of the runtime, or a named one.',
    breach: ofContainers((container, pod) => {
      const types = written(container, pod, 'appArmorProfile.type');
      const annotation = pod.annotations[`${APPARMOR}${container.name}`];
      return unless(
        types.every((type) => type === 'RuntimeDefault' || type === 'Localhost') &&
          (annotation === undefined || /^(runtime\/default$|localhost\/)/.test(word(annotation))),
        `appArmorProfile: ${show(types[0] ?? annotation)}`,
      );
    }),
  },
  {
    name: 'SELinux type kept',
    sources: ['Pod Security Standards: SELinux', 'NSA/CISA: Hardening container environments'],
    asks: 'Stays in a container type of SELinux, with no user or role of its own.',
    breach: ofContainers((container, pod) => {
      const odd = written(container, pod, 'seLinuxOptions')
        .map(record)
        .find(
          ({ type, user, role }) =>
            !SELINUX.includes(word(type)) || [user, role].some((one) => (one ?? '') !== ''),
        );
      return odd && `seLinuxOptions: ${show(odd)}`;
    }),
  },
  {
    name: 'proc stays masked',
    sources: ['Pod Security Standards: /proc Mount Type', 'kube-linter: unsafe-proc-mount'],
    asks: 'Sees no more of /proc than the runtime shows.',
    breach: ofContainers((container) => {
      const type = own(container, 'procMount');
      return unless(type === undefined || type === 'Default', `procMount: ${show(type)}`);
    }),
  },
  {
    name: 'seccomp profile',
    sources: [
      'Pod Security Standards: Seccomp',
      'kube-score: container-seccomp-profile',
      'Polaris: linuxHardening',
      'NSA/CISA: Hardening container environments',
    ],
    asks: 'Runs under the seccomp profile of the runtime, or a named one.',
    breach: ofContainers((container, pod) => {
      const type = effective(container, pod, 'seccompProfile.type');
      return unless(
        type === 'RuntimeDefault' || type === 'Localhost',
        `seccompProfile: ${show(type)}`,
      );
    }),
  },
  {
    name: 'safe sysctls',
    sources: ['Pod Security Standards: Sysctls', 'kube-linter: unsafe-sysctls'],
    asks: 'Changes no parameter of the kernel that another pod would feel.',
    breach: ofPods(({ spec }) => {
      const odd = records(at(spec, 'securityContext.sysctls')).find(
        ({ name }) => !SYSCTLS.includes(String(name)),
      );
      return odd && `sysctls: ${show(odd['name'])}`;
    }),
  },
  {
    name: 'no privilege escalation',
    sources: [
      'Pod Security Standards: Privilege Escalation',
      'kube-linter: privilege-escalation-container',
      'Polaris: privilegeEscalationAllowed',
      'NSA/CISA: Pod security enforcement',
    ],
    asks: 'Cannot gain privileges by a program it runs.',
    breach: ofContainers((container) => {
      const allowed = own(container, 'allowPrivilegeEscalation');
      return unless(allowed === false, `allowPrivilegeEscalation: ${show(allowed)}`);
    }),
  },
  {
    name: 'non-root user',
    sources: [
      'Pod Security Standards: Running as Non-root',
      'kube-linter: run-as-non-root',
      'Polaris: runAsRootAllowed',
      'NSA/CISA: "Non-root" containers',
    ],
    asks: 'Is refused by the kubelet if it were to run as root.',
    breach: ofContainers((container, pod) => {
      const asked = effective(container, pod, 'runAsNonRoot');
      return unless(asked === true, `runAsNonRoot: ${show(asked)}`);
    }),
  },
  {
    name: 'high user and group',
    sources: [
      'kube-score: container-security-context-user-group-id',
      'Pod Security Standards: Running as Non-root user',
    ],
    asks: 'User and group are numbers of 10000 or more, which no account of a node has.',
    breach: ofContainers((container, pod) => {
      const low = ['runAsUser', 'runAsGroup'].find(
        (key) => !(Number(effective(container, pod, key)) >= LOWEST_ID),
      );
      return low && `${low}: ${show(effective(container, pod, low))}`;
    }),
  },
  {
    name: 'high groups of files',
    sources: ['FACTSWAY: 06 Kubernetes, UID/GID'],
    asks: 'Is in no group of a node by way of its files.',
    breach: ofPods(({ spec }) => {
      const { fsGroup, supplementalGroups } = record(spec['securityContext']);
      const low = [fsGroup ?? LOWEST_ID, ...list(supplementalGroups)].find(
        (group) => !(Number(group) >= LOWEST_ID),
      );
      return low === undefined ? undefined : `group ${show(low)}`;
    }),
  },
  {
    name: 'read-only root',
    sources: [
      'kube-score: container-security-context-readonlyrootfilesystem',
      'kube-linter: no-read-only-root-fs',
      'Polaris: notReadOnlyRootFilesystem',
      'NSA/CISA: Immutable container file systems',
    ],
    asks: 'Cannot write to its own file system.',
    breach: ofContainers((container) => {
      const readOnly = own(container, 'readOnlyRootFilesystem');
      return unless(readOnly === true, `readOnlyRootFilesystem: ${show(readOnly)}`);
    }),
  },
  {
    name: 'hooks of the pod itself',
    sources: ['Pod Security Standards: Host Probes / Lifecycle Hooks'],
    asks: 'Probes and hooks ask the pod, never an address somebody chose for the kubelet to call.',
    breach: ofContainers((container) => {
      const hooks = ['livenessProbe', 'readinessProbe', 'startupProbe']
        .concat(['lifecycle.postStart', 'lifecycle.preStop'])
        .flatMap((path) => [`${path}.httpGet.host`, `${path}.tcpSocket.host`]);
      const called = hooks.find((path) => (at(container, path) ?? '') !== '');
      return called && `${called}: ${show(at(container, called))}`;
    }),
  },
  {
    name: 'unprivileged ports',
    sources: ['kube-linter: privileged-ports, ssh-port'],
    asks: 'Listens on ports of 1024 and above.',
    breach: ofContainers(({ ports }) => {
      const low = records(ports).find(({ containerPort }) => Number(containerPort) < 1024);
      return low && `containerPort: ${show(low['containerPort'])}`;
    }),
  },
];
