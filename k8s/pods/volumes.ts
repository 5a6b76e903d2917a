import type { Workload } from '../../installer/src/model/workload.ts';
import type { ConfigMapEntry } from '../config-maps.ts';
import { quantity } from './resources.ts';
import { highId } from './security.ts';

/** Where Compose mounts secrets as well. */
const SECRETS_MOUNT = '/run/secrets';
/** What the first volume of a StatefulSet is called in its pods. */
const DATA = 'data';

/** Name of each volume's claim, in order: a further one is called as in Compose. */
export const claims = ({ volumes }: Workload): string[] =>
  volumes.map(({ name }, index) => (index === 0 ? DATA : name));

export type Mounted = { readonly volumes: object[]; readonly mounts: object[] };

/** Kubernetes names a volume by letters, digits and hyphens. */
const volumeName = (path: string): string =>
  path
    .replaceAll(/[^a-z0-9]+/gi, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase();

/** Everything a workload mounts; `configs` is what became of its config directories. */
export function mounted(workload: Workload, configs: readonly ConfigMapEntry[]): Mounted {
  const parts = [
    ...configMounts(workload, configs),
    ...secretMounts(workload),
    ...scratchMounts(workload),
    ...dataMounts(workload),
    ...accountMounts(workload),
  ];
  return {
    volumes: parts.flatMap(({ volume }) => (volume ? [volume] : [])),
    mounts: parts.map(({ mount }) => mount),
  };
}

type Part = { readonly volume?: object; readonly mount: object };

function configMounts(workload: Workload, configs: readonly ConfigMapEntry[]): Part[] {
  const directories = [
    ...(workload.config ? [workload.config] : []),
    ...(workload.extraConfig ?? []),
  ];
  return directories.map(({ directory, mount }) => {
    const name = `config-${directory}`;
    const sources = configs
      .filter((entry) => entry.directory === directory)
      .map(({ name: configMap, files }) => ({
        configMap: {
          name: configMap,
          items: files.map(({ key, path, mode }) => ({
            key,
            path,
            mode: mode & 0o111 ? 0o555 : 0o444,
          })),
        },
      }));
    return {
      volume: { name, projected: { defaultMode: 0o444, sources } },
      mount: { name, mountPath: mount, readOnly: true },
    };
  });
}

/** Only the secrets it needs, as files of the names and in the place Compose has them. */
function secretMounts({ secrets }: Workload): Part[] {
  if (secrets.length === 0) return [];
  return [
    {
      volume: {
        name: 'secrets',
        projected: {
          // Nobody but the user of the pod, by its group: spec 02 has them at 0400.
          defaultMode: 0o440,
          sources: secrets.map((name) => ({
            secret: { name, items: [{ key: name, path: name }] },
          })),
        },
      },
      mount: { name: 'secrets', mountPath: SECRETS_MOUNT, readOnly: true },
    },
  ];
}

/** In memory, as in Compose, and counted against its limit there as here. */
function scratchMounts({ tmpfs, shmBytes }: Workload): Part[] {
  const places = [
    ...tmpfs,
    ...(shmBytes === undefined ? [] : [{ mount: '/dev/shm', sizeBytes: shmBytes }]),
  ];
  return places.map(({ mount, sizeBytes }) => {
    const name = volumeName(mount);
    return {
      volume: { name, emptyDir: { medium: 'Memory', sizeLimit: quantity(sizeBytes) } },
      mount: { name, mountPath: mount },
    };
  });
}

/** Volumes of a StatefulSet come from its claim; what holds no data of its own starts empty. */
function dataMounts(workload: Workload): Part[] {
  const names = claims(workload);
  return workload.volumes.map(({ mount }, index) => {
    const name = names[index] ?? DATA;
    return {
      ...(isStateful(workload) ? {} : { volume: { name, emptyDir: { sizeLimit: '64Mi' } } }),
      mount: { name, mountPath: mount },
    };
  });
}

/** Certificates are kept by whoever ends TLS: in a cluster the proxy has nothing to keep. */
export const isStateful = ({ volumes, component }: Workload): boolean =>
  volumes.length > 0 && component !== 'edge';

/** Whose user has another number than in its image, and whose programs look themselves up. */
export const ACCOUNT = { component: 'postgres', configMap: 'postgres-account' } as const;

function accountMounts({ component }: Workload): Part[] {
  if (component !== ACCOUNT.component) return [];
  return ['passwd', 'group'].map((file, index) => ({
    ...(index === 0
      ? { volume: { name: 'account', configMap: { name: ACCOUNT.configMap, defaultMode: 0o444 } } }
      : {}),
    mount: { name: 'account', mountPath: `/etc/${file}`, subPath: file, readOnly: true },
  }));
}

/** passwd and group of the image with its user under the number it has here. */
export function accountFiles({ user }: Workload): Readonly<Record<string, string>> {
  const [uid = 0, gid = 0] = user.split(':').map((id) => highId(Number(id)));
  return {
    passwd: `root:x:0:0:root:/root:/usr/sbin/nologin\npostgres:x:${uid}:${gid}:PostgreSQL:/var/lib/postgresql:/bin/sh\n`,
    group: `root:x:0:\npostgres:x:${gid}:\n`,
  };
}
