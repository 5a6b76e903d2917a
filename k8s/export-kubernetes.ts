import type { ServiceEntry } from '../installer/src/catalog/services/service.ts';
import type { BundleFile } from '../installer/src/model/bundle.ts';
import type { InstanceConfig } from '../installer/src/model/config.ts';
import { renderConfigs } from '../installer/src/render/render-configs.ts';
import type { TemplateEngine } from '../installer/src/render/template-engine.ts';
import type { Loss } from './override/carry-over.ts';
import { environment, ENVIRONMENTS, type Given } from './environment.ts';
import { tree } from './kustomize/tree.ts';
import { renderEnvironment } from './objects/all.ts';
import { scripts } from './scripts.ts';

export type KubernetesExport = {
  readonly files: readonly BundleFile[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** What of compose.override.yaml is in it, and what is not. */
  readonly carried: readonly string[];
  readonly lost: readonly Loss[];
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
  const production = environments.find(({ name }) => name === 'production');
  const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
  return {
    files,
    // Of production: that staging tells nobody is how it is meant.
    notes: unique(production?.catalog.notes ?? []),
    warnings: unique(production?.catalog.warnings ?? []),
    carried: environments[0]?.override.carried ?? [],
    lost: environments[0]?.override.lost ?? [],
  };
}
