import type { Given } from '../installer/src/catalog/catalog.ts';
import type { ServiceEntry } from '../installer/src/catalog/services/service.ts';
import type { BundleFile } from '../installer/src/model/bundle.ts';
import type { InstanceConfig } from '../installer/src/model/config.ts';
import { renderConfigs } from '../installer/src/render/render-configs.ts';
import type { TemplateEngine } from '../installer/src/render/template-engine.ts';
import { environment, ENVIRONMENTS } from './environment.ts';
import { tree } from './kustomize/tree.ts';
import { renderEnvironment } from './objects/all.ts';
import { scripts } from './scripts.ts';

export type KubernetesExport = {
  readonly files: readonly BundleFile[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
};

/** The whole tree of `export k8s` as files in memory, sorted by path. Pure: the same input gives the same bytes. */
export function exportKubernetes(
  config: InstanceConfig,
  engine: TemplateEngine,
  given: Given = {},
  services?: readonly ServiceEntry[],
): KubernetesExport {
  const environments = ENVIRONMENTS.map((name) => environment(name, config, given, services));
  const rendered = environments.map((one) => ({
    name: one.name,
    namespace: one.namespace,
    ...renderEnvironment(one, renderConfigs(one.catalog, engine).files),
  }));
  const files = [...tree(rendered), ...scripts(environments, rendered, engine)].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
  return {
    files,
    notes: unique(environments.flatMap(({ catalog }) => catalog.notes)),
    warnings: unique(environments.flatMap(({ catalog }) => catalog.warnings)),
  };
}
