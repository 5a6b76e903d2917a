import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { compare, type Row } from '../../../k8s/proof/compare.ts';
import { factsFromCompose } from '../../../k8s/proof/from-compose.ts';
import { factsFromKubernetes } from '../../../k8s/proof/from-kubernetes.ts';
import { environment, type Given } from '../../../k8s/environment.ts';
import { buildCatalog } from '../catalog/catalog.ts';
import type { BundleFile } from '../model/bundle.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { Ports } from '../ports/ports.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';
import { renderBundle } from '../render/render-bundle.ts';
import type { TemplateEngine } from '../render/template-engine.ts';

/** The overlay that stands for the installation on this server. */
const OVERLAY = 'production';

type Exported = {
  readonly config: InstanceConfig;
  readonly given: Given;
  readonly engine: TemplateEngine;
  /** What the export consists of. */
  readonly files: readonly BundleFile[];
};
type Needed = Pick<Ports, 'compose' | 'files' | 'kustomize'>;

/**
 * Every fact of what Compose makes of our files beside that of what Kustomize makes of the export (spec 06, "Proof of
 * equivalence"). Both are written to `scratch`, read back by the programs themselves, and removed. Images are those of
 * a registry on both sides, because no cluster can fetch what was built on this host; the name is that in the cluster.
 * Of the customer's override both have what is carried over: the rest was named as lost.
 */
export async function proveExport(
  { config, given, engine, files }: Exported,
  scratch: string,
  ports: Needed,
): Promise<readonly Row[]> {
  const here = join(scratch, 'compose');
  const there = join(scratch, 'kubernetes');
  const { config: own, override } = environment(OVERLAY, config, given);
  const bundle = renderBundle(
    buildCatalog({ ...config, images: own.images, host: own.host }, undefined, undefined, given),
    engine,
  );
  const mine = bundle.files.map((file) =>
    file.path === OVERRIDE_FILE ? { ...file, content: override.rest } : file,
  );
  // What a killed run left would be taken for a part of it.
  await removeTree(scratch, ports.files);
  try {
    await Promise.all([write(mine, here, ports.files), write(files, there, ports.files)]);
    const [printed, built] = await Promise.all([
      ports.compose.config(here),
      ports.kustomize.build(join(there, 'overlays', OVERLAY)),
    ]);
    const contents = Object.fromEntries(
      mine.map(({ path, content, mode }) => [path, { content, mode }]),
    );
    return compare(
      factsFromCompose(JSON.parse(printed), contents, here),
      factsFromKubernetes(loadAll(built)),
    );
  } finally {
    await removeTree(scratch, ports.files);
  }
}

async function write(
  files: readonly BundleFile[],
  directory: string,
  disk: Ports['files'],
): Promise<void> {
  for (const { path, content, mode } of files)
    await disk.write(join(directory, path), content, { mode });
}

/** Files first, then directories from the innermost on. */
async function removeTree(directory: string, disk: Ports['files']): Promise<void> {
  const entries = await disk.walk(directory);
  for (const { path, kind } of entries)
    if (kind === 'file') await disk.remove(join(directory, path));
  for (const { path, kind } of entries.toReversed())
    if (kind === 'directory') await disk.removeDirectory(join(directory, path));
  await disk.removeDirectory(directory);
}
