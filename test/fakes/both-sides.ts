import { execa } from 'execa';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { buildCatalog } from '../../installer/src/catalog/catalog.ts';
import type { BundleFile } from '../../installer/src/model/bundle.ts';
import { OVERRIDE_FILE } from '../../installer/src/render/compose/render-compose.ts';
import { renderBundle } from '../../installer/src/render/render-bundle.ts';
import { exportKubernetes } from '../../k8s/export-kubernetes.ts';
import { factsFromCompose } from '../../k8s/proof/from-compose.ts';
import { factsFromKubernetes } from '../../k8s/proof/from-kubernetes.ts';
import type { Facts } from '../../k8s/proof/facts.ts';
import { configWith, ENGINE } from './builders.ts';

export type BothSides = { readonly compose: Facts; readonly kubernetes: Facts };

/** One configuration rendered for both, and read back from what Compose and Kustomize themselves make of it. */
export async function bothSides(settings: object, override?: string): Promise<BothSides> {
  const directory = await mkdtemp(join(tmpdir(), 'factsway-proof-'));
  try {
    const config = configWith(settings);
    const bundle = renderBundle(buildCatalog(config), ENGINE);
    const files = bundle.files.map((file) =>
      file.path === OVERRIDE_FILE && override !== undefined ? { ...file, content: override } : file,
    );
    const given = override === undefined ? {} : { override };
    const [here, there] = [join(directory, 'compose'), join(directory, 'k8s')];
    await Promise.all([
      write(here, files),
      write(there, exportKubernetes(config, ENGINE, given).files),
    ]);
    const [printed, built] = await Promise.all([
      execa('docker', ['compose', 'config', '--format', 'json'], { cwd: here, timeout: 30_000 }),
      execa('kubectl', ['kustomize', join(there, 'overlays/production')], { timeout: 30_000 }),
    ]);
    return {
      compose: factsFromCompose(
        JSON.parse(printed.stdout),
        Object.fromEntries(files.map(({ path, content, mode }) => [path, { content, mode }])),
        here,
      ),
      kubernetes: factsFromKubernetes(
        parseAllDocuments(built.stdout).map((document): unknown => document.toJS() as unknown),
      ),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function write(directory: string, files: readonly BundleFile[]): Promise<void> {
  for (const { path, content, mode } of files) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content, { mode });
  }
}
