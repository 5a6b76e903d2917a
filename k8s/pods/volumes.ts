import type { Workload } from '../../installer/src/model/workload.ts';
import type { ConfigMapEntry } from '../config-maps.ts';
import { LOG_MOUNT } from '../../installer/src/catalog/components/backup.ts';
import { hostOf } from './beside.ts';
import { claims, standsAlone } from './claims.ts';
import { quantity } from './resources.ts';
import { highId } from './security.ts';

/** Where Compose mounts secrets as well. */
const SECRETS_MOUNT = '/run/secrets';

type Named = { readonly name: string; readonly [field: string]: unknown };
export type Mounted = { readonly volumes: Named[]; readonly mounts: object[] };

/** Kubernetes names a volume by letters, digits and hyphens. */
const volumeName = (path: string): string =>
  path
    .replaceAll(/[^a-z0-9]+/gi, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase();

/** What a container has for itself is called after it where the pod is another's. */
const ownName = (workload: Workload, name: string): string =>
  hostOf(workload) === undefined ? name : `${workload.component}-${name}`;

/** Everything a workload mounts; `configs` is what became of its config directories. */
export function mounted(workload: Workload, configs: readonly ConfigMapEntry[]): Mounted {
  const parts = [
    ...configMounts(workload, configs),
    ...secretMounts(workload),
    ...scratchMounts(workload),
    ...dataMounts(workload),
    ...socketMounts(workload),
    ...accountMounts(workload),
  ];
  return {
    volumes: parts.flatMap(({ volume }) => (volume ? [volume] : [])),
    mounts: parts.map(({ mount }) => mount),
  };
}

type Part = { readonly volume?: Named; readonly mount: object };

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
function secretMounts(workload: Workload): Part[] {
  const { secrets } = workload;
  if (secrets.length === 0) return [];
  const name = ownName(workload, 'secrets');
  return [
    {
      volume: {
        name,
        projected: {
          // Nobody but the user of the pod, by its group: spec 02 has them at 0400.
          defaultMode: 0o440,
          sources: secrets.map((name) => ({
            secret: { name, items: [{ key: name, path: name }] },
          })),
        },
      },
      mount: { name, mountPath: SECRETS_MOUNT, readOnly: true },
    },
  ];
}

/** In memory, as in Compose, and counted against its limit there as here. */
function scratchMounts(workload: Workload): Part[] {
  const { tmpfs, shmBytes } = workload;
  const places = [
    ...tmpfs,
    ...(shmBytes === undefined ? [] : [{ mount: '/dev/shm', sizeBytes: shmBytes }]),
  ];
  return places.map(({ mount, sizeBytes }) => {
    const name = ownName(workload, volumeName(mount));
    return {
      volume: { name, emptyDir: { medium: 'Memory', sizeLimit: quantity(sizeBytes) } },
      mount: { name, mountPath: mount },
    };
  });
}

/** Volumes of a StatefulSet come from its claim; what holds no data of its own starts empty. */
function dataMounts(workload: Workload): Part[] {
  const names = claims(workload);
  return workload.volumes.map(({ mount, readOnly }, index) => {
    const name = names[index] ?? '';
    const alone = { name, persistentVolumeClaim: { claimName: name } };
    return {
      ...(!isStateful(workload) ? { volume: { name, emptyDir: { sizeLimit: '64Mi' } } } : {}),
      ...(standsAlone(name) ? { volume: alone } : {}),
      mount: { name, mountPath: mount, ...(readOnly ? { readOnly } : {}) },
    };
  });
}

/**
 * Where the keeper of the backups asks the database: in a pod they share memory, and no volume that PostgreSQL's entrypoint
 * makes the directory in.
 */
function socketMounts({ volumes }: Workload): Part[] {
  if (!volumes.some(({ name }) => name === 'postgres-log')) return [];
  const name = 'socket';
  return [
    {
      volume: { name, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      mount: { name, mountPath: `${LOG_MOUNT}/socket` },
    },
  ];
}

/** Certificates are kept by whoever ends TLS: in a cluster the proxy has nothing to keep. */
export const isStateful = ({ volumes, component }: Workload): boolean =>
  volumes.length > 0 && component !== 'edge';

/** Whose user has another number than in its image, and whose programs look themselves up. */
export const ACCOUNT = { component: 'postgres', configMap: 'postgres-account' } as const;

function accountMounts(workload: Workload): Part[] {
  // Whoever asks the keeper from elsewhere keeps nothing and looks nobody up.
  const keepsData = workload.volumes.length > 0;
  if (!keepsData || ![workload.component, hostOf(workload)].includes(ACCOUNT.component)) return [];
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
