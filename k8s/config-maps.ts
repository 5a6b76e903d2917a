import type { BundleFile } from '../installer/src/model/bundle.ts';

/** One ConfigMap made of files of one directory below config/. */
export type ConfigMapEntry = {
  readonly name: string;
  /** Directory below config/ it is of. */
  readonly directory: string;
  readonly files: readonly ConfigMapFile[];
};
type ConfigMapFile = {
  /** Keys of a ConfigMap have no slash. */
  readonly key: string;
  /** Below its directory, as a container sees it. */
  readonly path: string;
  readonly mode: number;
  readonly content: string;
};

/**
 * `kubectl apply` keeps what was applied in an annotation of 256 KiB at most (Kubernetes API, "metadata.annotations"),
 * and quotes make it longer than the text.
 */
const MOST_BYTES = 180_000;

/** ConfigMaps of rendered config files, each small enough to be applied, in a stable order. */
export function configMaps(files: readonly BundleFile[]): ConfigMapEntry[] {
  const byDirectory = new Map<string, ConfigMapFile[]>();
  for (const { path, mode, content } of files) {
    const [, directory, ...rest] = path.split('/');
    if (!path.startsWith('config/') || directory === undefined || rest.length === 0) continue;
    const inside = rest.join('/');
    const list = byDirectory.get(directory) ?? [];
    list.push({ key: rest.join('.'), path: inside, mode, content });
    byDirectory.set(directory, list);
  }
  return [...byDirectory].flatMap(([directory, list]) => {
    const parts = inParts(list);
    return parts.map((part, index) => ({
      name: parts.length === 1 ? directory : `${directory}-${index + 1}`,
      directory,
      files: part,
    }));
  });
}

function inParts(files: readonly ConfigMapFile[]): ConfigMapFile[][] {
  const parts: ConfigMapFile[][] = [];
  let bytes = Infinity;
  for (const file of files) {
    const size = Buffer.byteLength(JSON.stringify(file.content));
    if (bytes + size > MOST_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(file);
    bytes += size;
  }
  return parts;
}
