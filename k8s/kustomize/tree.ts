import type { BundleFile } from '../../installer/src/model/bundle.ts';
import type { ConfigMapEntry } from '../config-maps.ts';
import type { EnvironmentName } from '../environment.ts';
import { labels } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import type { Rendered } from '../objects/all.ts';
import { documents, toYaml } from './write-yaml.ts';

export type RenderedEnvironment = Rendered & {
  readonly name: EnvironmentName;
  readonly namespace: string;
};

const KUSTOMIZATION = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
const MADE_BY =
  'Written by factsway-install export k8s from factsway.yaml: change that, and export again.';

/**
 * The Kustomize tree: what is the same in every environment stands in base/, what differs stands whole in the overlay
 * of each. So a file says all there is to know of the objects in it.
 */
export function tree(environments: readonly RenderedEnvironment[]): BundleFile[] {
  const [first, ...others] = environments;
  if (!first) return [];
  const written = new Map<Manifest, string>();
  for (const { manifests } of environments)
    for (const manifest of manifests) written.set(manifest, toYaml(manifest));
  const textsOf = ({ manifests }: RenderedEnvironment): Set<string> =>
    new Set(manifests.map((one) => written.get(one) ?? ''));
  const elsewhere = others.map(textsOf);
  const shared = new Set(
    [...textsOf(first)].filter((text) => elsewhere.every((texts) => texts.has(text))),
  );
  const isShared = (manifest: Manifest): boolean => shared.has(written.get(manifest) ?? '');
  const common = commonMaps(environments);
  return [
    ...room('base', first.manifests.filter(isShared), common, { written }),
    ...environments.flatMap(({ name, namespace, manifests, configMaps }) =>
      room(
        `overlays/${name}`,
        manifests.filter((one) => !isShared(one)),
        ownMaps(configMaps, common),
        { written, namespace, resources: ['../../base'] },
      ),
    ),
  ];
}

type Map = ConfigMapEntry & { readonly merge?: boolean };

/** Files that are the same everywhere. */
function commonMaps(environments: readonly RenderedEnvironment[]): Map[] {
  const [first, ...others] = environments;
  return (first?.configMaps ?? []).flatMap((entry) => {
    const files = entry.files.filter((file) =>
      others.every(({ configMaps }) =>
        configMaps
          .find(({ name }) => name === entry.name)
          ?.files.some(({ key, content }) => key === file.key && content === file.content),
      ),
    );
    return files.length > 0 ? [{ ...entry, files }] : [];
  });
}

function ownMaps(entries: readonly ConfigMapEntry[], common: readonly Map[]): Map[] {
  return entries.flatMap((entry) => {
    const shared = common.find(({ name }) => name === entry.name);
    const files = entry.files.filter(({ key }) => !shared?.files.some((one) => one.key === key));
    return files.length > 0 ? [{ ...entry, files, ...(shared ? { merge: true } : {}) }] : [];
  });
}

type Frame = {
  /** Each object as YAML. */
  readonly written: ReadonlyMap<Manifest, string>;
  readonly namespace?: string;
  readonly resources?: readonly string[];
};

function room(
  directory: string,
  manifests: readonly Manifest[],
  maps: readonly Map[],
  { written: texts, namespace, resources = [] }: Frame,
): BundleFile[] {
  const files = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const name = fileOf(manifest);
    files.set(name, [...(files.get(name) ?? []), manifest]);
  }
  const names = [...files.keys()].sort();
  const kustomization = {
    ...KUSTOMIZATION,
    ...(namespace === undefined ? {} : { namespace }),
    resources: [...resources, ...names],
    ...(maps.length > 0
      ? {
          configMapGenerator: maps.map(({ name, directory: directoryOf, merge, files: parts }) => ({
            name,
            ...(merge ? { behavior: 'merge' } : {}),
            files: parts.map(({ key, path }) => `${key}=config/${name}/${path}`),
            options: { labels: labels(directoryOf, 'foundation') },
          })),
        }
      : {}),
  };
  const written = (path: string, content: string): BundleFile => ({
    path: `${directory}/${path}`,
    content,
    mode: 0o644,
    ownership: 'rendered',
  });
  return [
    written('kustomization.yaml', documents(MADE_BY, [toYaml(kustomization)])),
    ...names.map((name) =>
      written(
        name,
        documents(
          MADE_BY,
          (files.get(name) ?? []).map((one) => texts.get(one) ?? ''),
        ),
      ),
    ),
    ...maps.flatMap(({ name, files: parts }) =>
      parts.map(({ path, content }) => written(`config/${name}/${path}`, content)),
    ),
  ];
}

/** The file of an object: that of its component. */
function fileOf({ metadata }: Manifest): string {
  return `${metadata.labels?.['app.kubernetes.io/name'] ?? metadata.name}.yaml`;
}
