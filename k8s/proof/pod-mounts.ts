import {
  amount,
  onlyKnown,
  VOLUME_KEYS,
  type Claim,
  type Container,
  type Controller,
  type Manifest,
  type Source,
  type Volume,
} from './cluster-objects.ts';
import type { ComponentFacts, FileFacts, SecretFacts, TmpfsFacts, VolumeFacts } from './facts.ts';

/** Permission bits of a projected file where nothing is said (Kubernetes API reference, "defaultMode"). */
const MODE = 0o644;
const SHARED_MEMORY = '/dev/shm';

export type MountFacts = Pick<
  ComponentFacts,
  'secrets' | 'secretDirectories' | 'files' | 'volumes' | 'tmpfs' | 'hostPaths'
> & { readonly shmBytes: number | null };

export type Mount = NonNullable<Container['volumeMounts']>[number];

type Found = {
  secrets: Record<string, SecretFacts>;
  files: Record<string, FileFacts>;
  volumes: Record<string, VolumeFacts>;
  tmpfs: Record<string, TmpfsFacts>;
  hostPaths: Record<string, string>;
  shmBytes: number | null;
};

/**
 * What a container of a controller sees besides its image. ConfigMaps and claims are looked up among `manifests`; `shared`
 * tells who else has a volume.
 * @throws Error where a mount names a volume or a volume names a ConfigMap that is not there
 */
export function mountFacts(
  { spec, metadata }: Controller,
  container: Container | undefined,
  manifests: readonly Manifest[],
  shared: (mount: Mount) => readonly string[],
): MountFacts {
  const pod = spec.template.spec;
  const where = metadata.name;
  const found: Found = {
    secrets: {},
    files: {},
    volumes: {},
    tmpfs: {},
    hostPaths: {},
    shmBytes: null,
  };
  for (const mount of container?.volumeMounts ?? []) {
    onlyKnown(mount, ['name', 'mountPath', 'subPath', 'readOnly'], `${where}, volumeMount`);
    const { name, mountPath: path, subPath, readOnly } = mount;
    const claim = spec.volumeClaimTemplates?.find((one) => one.metadata.name === name);
    const volume = pod.volumes?.find((one) => one.name === name);
    const writable = readOnly !== true;
    if (claim) {
      const storage = claim.spec.resources.requests['storage'] ?? 0;
      found.volumes[path] = persistent(storage, writable, shared(mount));
    } else if (volume) {
      onlyKnown(volume, VOLUME_KEYS, `${where}, volume ${name}`);
      const alone = volume.persistentVolumeClaim;
      if (alone)
        found.volumes[path] = persistent(
          storageOf(alone.claimName, manifests),
          writable && alone.readOnly !== true,
          shared(mount),
        );
      place(volume, { path, subPath, writable, sharedWith: shared(mount) }, found, manifests);
    } else throw new Error(`${where}: nothing is called ${name}, which is mounted at ${path}`);
  }
  return { ...found, secretDirectories: {} };
}

const persistent = (
  storage: string | number,
  writable: boolean,
  sharedWith: readonly string[],
): VolumeFacts => ({ kind: 'persistent', bytes: amount(storage), writable, sharedWith });

function storageOf(name: string, manifests: readonly Manifest[]): string | number {
  const claim = manifests.find(
    (one) => one.kind === 'PersistentVolumeClaim' && one.metadata.name === name,
  ) as Claim | undefined;
  if (!claim) throw new Error(`there is no claim ${name}`);
  return claim.spec.resources.requests['storage'] ?? 0;
}

type Placed = {
  readonly path: string;
  readonly subPath: string | undefined;
  readonly writable: boolean;
  readonly sharedWith: readonly string[];
};

function place(
  volume: Volume,
  { path, subPath, writable, sharedWith }: Placed,
  found: Found,
  manifests: readonly Manifest[],
): void {
  const { emptyDir, hostPath } = volume;
  if (hostPath) found.hostPaths[path] = hostPath.path;
  if (emptyDir) {
    const bytes = emptyDir.sizeLimit === undefined ? 0 : amount(emptyDir.sizeLimit);
    if (emptyDir.medium !== 'Memory')
      found.volumes[path] = { kind: 'scratch', bytes, writable, sharedWith };
    else if (path === SHARED_MEMORY) found.shmBytes = bytes;
    else found.tmpfs[path] = { bytes, mode: null, flags: null, uid: null, gid: null, sharedWith };
  }
  const { sources, defaultMode } = sourcesOf(volume);
  for (const { configMap, secret } of sources) {
    if (configMap)
      for (const { file, text, mode } of filesOf(configMap, manifests))
        if (subPath === undefined || subPath === file)
          found.files[subPath === undefined ? `${path}/${file}` : path] = {
            text,
            executable: ((mode ?? defaultMode) & 0o111) !== 0,
            // Projected files are read-only, whatever the mount says.
            writable: false,
          };
    if (secret)
      for (const { key, path: file, mode } of secret.items ?? [])
        found.secrets[`${path}/${file}`] = { name: secret.name, key, mode: mode ?? defaultMode };
    // Without items every key becomes a file, and nobody here knows which there are.
    if (secret && !secret.items) throw new Error(`all keys of the Secret ${secret.name}`);
  }
}

function sourcesOf(volume: Volume): { sources: readonly Source[]; defaultMode: number } {
  const { projected, configMap, secret } = volume;
  if (projected) return { sources: projected.sources, defaultMode: projected.defaultMode ?? MODE };
  if (configMap) return { sources: [{ configMap }], defaultMode: configMap.defaultMode ?? MODE };
  if (!secret) return { sources: [], defaultMode: MODE };
  const { secretName: name, items, defaultMode = MODE } = secret;
  return { sources: [{ secret: { name, ...(items ? { items } : {}) } }], defaultMode };
}

function filesOf(
  { name, items }: NonNullable<Source['configMap']>,
  manifests: readonly Manifest[],
) {
  const map = manifests.find((one) => one.kind === 'ConfigMap' && one.metadata.name === name);
  if (!map) throw new Error(`there is no ConfigMap ${name}`);
  const data = (map['data'] ?? {}) as Readonly<Record<string, string>>;
  const wanted = items ?? Object.keys(data).map((key) => ({ key, path: key, mode: undefined }));
  return wanted.map(({ key, path, mode }) => {
    const text = data[key];
    if (text === undefined) throw new Error(`the ConfigMap ${name} has no ${key}`);
    return { file: path, text, mode };
  });
}
