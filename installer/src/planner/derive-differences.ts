import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type {
  ContainerDifference,
  Differences,
  FileDifference,
  FileState,
  KeyChange,
  Patch,
  SecretDifference,
} from '../model/differences.ts';
import {
  isHalfMade,
  isImageRebuilt,
  isMadeIn,
  type ObservedContainer,
  type ObservedImages,
  type ObservedInstance,
  type ObservedOverride,
} from '../model/observed.ts';
import { specOf } from '../render/compose/render-compose.ts';
import { sha256 } from '../render/digest.ts';
import { appliedHash, isObsolete } from './container-steps.ts';
import type { Desired } from './desired.ts';
import { deriveNotOurs, type TreeEntry } from './ownership.ts';
import { findLeftAdded, viewAdded, viewOverride } from './plan-override.ts';
import { planFiles } from './plan-files.ts';
import { planSecretAccess } from './plan-permissions.ts';

/** Beyond that many changed lines nobody reads a comparison, and finding the smallest one takes long. */
const MOST_EDITS = 2000;
const CONFIG = 'factsway.yaml';

export type Evidence = {
  readonly instance: ObservedInstance;
  /** Null where no engine was asked. */
  readonly containers: readonly ObservedContainer[] | null;
  readonly images: ObservedImages;
  /** Absent where nothing depends on it. */
  readonly override?: ObservedOverride;
  readonly tree: readonly TreeEntry[];
  /** Texts on disk by path. */
  readonly onDisk: Readonly<Record<string, string>>;
  /** Where the text of the last rendering may be found; the manifest's digest tells whether it is. */
  readonly remembered: readonly Readonly<Record<string, string>>[];
  /** Keys of factsway.yaml since the last rendering; null where nothing tells. */
  readonly keys: readonly KeyChange[] | null;
  /** Hides every secret in a text. */
  readonly mask: (text: string) => string;
};

/** Three ways for files (wanted, last rendered, on disk), two for containers and secrets. */
export function deriveDifferences(desired: Desired, evidence: Evidence): Differences {
  const { instance, containers, tree } = evidence;
  const rendered = new Set([
    ...desired.bundle.files.map(({ path }) => path),
    ...Object.keys({ ...instance.manifest.files, ...instance.manifest.pending }),
  ]);
  return {
    keys: evidence.keys,
    files: compareFiles(desired, evidence),
    containers: containers && compareContainers(desired, evidence, containers),
    secrets: compareSecrets(desired, instance),
    notOurs: deriveNotOurs(tree, rendered),
  };
}

function compareFiles(desired: Desired, evidence: Evidence): FileDifference[] {
  const { changes, conflicts, kept } = planFiles(desired.bundle, evidence.instance, false);
  const wasRendered = (path: string): boolean =>
    evidence.instance.manifest.files[path] !== undefined;
  const states: [string, FileState][] = [
    ...changes.map(({ path, change, withEdit }): [string, FileState] => [
      path,
      change === 'update' && withEdit !== undefined
        ? 'merge'
        : change === 'create'
          ? wasRendered(path)
            ? 'missing'
            : 'new'
          : change === 'update'
            ? 'outdated'
            : change === 'permissions'
              ? 'permissions'
              : 'obsolete',
    ]),
    ...conflicts.map((path): [string, FileState] => [
      path,
      wasRendered(path) ? 'conflict' : 'foreign',
    ]),
    ...kept.map((path): [string, FileState] => [path, 'edited']),
  ];
  return [
    ...compareForm(desired, evidence),
    ...states.map(([path, state]) => ({
      path,
      state,
      patches: patchesOf(path, state, desired, evidence),
    })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** factsway.yaml is the person's own; all that `up` ever changes in it unasked is its form. */
function compareForm(
  { configText, migration }: Desired,
  { onDisk, mask }: Evidence,
): FileDifference[] {
  const now = onDisk[CONFIG];
  if (!migration || now === undefined) return [];
  const text = unifiedDiff(CONFIG, [mask(now), 'on disk'], [mask(configText), 'wanted']);
  return [{ path: CONFIG, state: 'older-form', patches: [{ of: 'change', text }] }];
}

/** An edit is shown against what it was made in, a change against what would be replaced. */
function patchesOf(
  path: string,
  state: FileState,
  { bundle }: Desired,
  { instance, onDisk, remembered, mask }: Evidence,
): Patch[] {
  const disk = onDisk[path];
  const wanted = bundle.files.find((file) => file.path === path)?.content;
  const digest = instance.manifest.files[path];
  const last = [wanted, ...remembered.map((texts) => texts[path])].find(
    (text) => text !== undefined && sha256(text) === digest,
  );
  const patch = (of: Patch['of'], from: [string, string], to: [string, string]): Patch => ({
    of,
    text: unifiedDiff(path, [mask(from[0]), from[1]], [mask(to[0]), to[1]]),
  });
  if (disk === undefined || state === 'obsolete' || state === 'permissions') return [];
  const edit =
    last === undefined || !['edited', 'merge', 'conflict'].includes(state)
      ? []
      : [patch('edit', [last, 'last rendered'], [disk, 'on disk'])];
  if (wanted === undefined || state === 'edited') return edit;
  const base: [string, string] =
    edit.length > 0 && last !== undefined ? [last, 'last rendered'] : [disk, 'on disk'];
  return [...edit, patch('change', base, [wanted, 'wanted'])];
}

function unifiedDiff(path: string, from: [string, string], to: [string, string]): string {
  if (from[0] === to[0]) return '';
  const text = createTwoFilesPatch(path, path, from[0], to[0], from[1], to[1], {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
    maxEditLength: MOST_EDITS,
  });
  return text?.replaceAll('\t', '  ').replace(/\n$/, '') ?? `${path}: too different to be shown`;
}

function compareContainers(
  desired: Desired,
  { instance, images, override }: Evidence,
  containers: readonly ObservedContainer[],
): ContainerDifference[] {
  const { directory, catalog, bundle } = desired;
  const { project } = catalog.context.config;
  const here = containers.filter((container) => isMadeIn(container, directory));
  const halfMade = here.filter((container) => isHalfMade(container, project));
  const ours = here.filter((container) => !halfMade.includes(container));
  // Those of another directory are for `up` to refuse.
  if (here.length === 0 && containers.length > 0) return [];
  const found = new Map(ours.map((container) => [container.service, container]));
  const seen = { instance, containers: ours, images, ...(override ? { override } : {}) };
  const { concerns } = viewOverride(desired, seen);
  const differing = catalog.workloads.flatMap((workload): ContainerDifference[] => {
    const service = workload.id;
    const container = found.get(service);
    if (!container) return [{ service, state: 'missing' }];
    if (container.spec !== specOf(workload, bundle.configHashes) || container.mountsBy)
      return [{ service, state: 'definition' }];
    if (concerns(container)) return [{ service, state: 'override' }];
    if (isImageRebuilt(container, images)) return [{ service, state: 'image' }];
    // One that starts takes up its configuration with that.
    if (workload.kind === 'service' && container.state !== 'running')
      return [{ service, state: 'stopped' }];
    const [applied] = appliedHash(workload, bundle.configHashes);
    return applied && instance.appliedConfig[service] !== applied[1]
      ? [{ service, state: 'configuration' }]
      : [];
  });
  const added = viewAdded(seen).flatMap(({ service, state }): ContainerDifference[] =>
    // One that has stopped differs in nothing, as with our own.
    state === 'missing' || state === 'changed'
      ? [{ service, state: state === 'missing' ? state : 'override' }]
      : [],
  );
  const obsolete = [
    ...ours.filter((container) => isObsolete(container, catalog.workloads)),
    ...findLeftAdded(desired, seen),
  ].map(({ service }): ContainerDifference => ({ service, state: 'obsolete' }));
  const leftOver = halfMade.map(({ name }): ContainerDifference => ({
    service: name,
    state: 'half-made',
  }));
  return [...differing, ...added, ...obsolete, ...leftOver];
}

function compareSecrets({ bundle }: Desired, instance: ObservedInstance): SecretDifference[] {
  const lacking = bundle.secrets.flatMap(({ name }): SecretDifference[] => {
    if (!instance.secrets.includes(name)) return [{ name, state: 'missing' }];
    return instance.emptySecrets?.includes(name) ? [{ name, state: 'empty' }] : [];
  });
  const named = new Set(lacking.map(({ name }) => name));
  const access = planSecretAccess(bundle, instance)
    .map(({ path }): SecretDifference => ({
      name: path.split('/')[1] ?? `${path}/`,
      state: 'access',
    }))
    .filter(({ name }) => !named.has(name));
  return [...lacking, ...access];
}
