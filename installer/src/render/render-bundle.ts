import type { Catalog } from '../catalog/catalog.ts';
import type { Bundle, BundleFile } from '../model/bundle.ts';
import { overrideKey, overrideOf, renderCompose } from './compose/render-compose.ts';
import { renderConfigs } from './render-configs.ts';
import type { TemplateEngine } from './template-engine.ts';

export type RenderedBundle = Bundle & {
  /** sha256 by config directory, for telling which component has to reload. */
  readonly configHashes: Readonly<Record<string, string>>;
};

/** The whole instance directory as files in memory, sorted by path. factsway.yaml is the person's and not in it. */
export function renderBundle(catalog: Catalog, engine: TemplateEngine): RenderedBundle {
  const configs = renderConfigs(catalog, engine);
  const override = overrideOf(catalog);
  const overridden: Record<string, string> = Object.fromEntries(
    Object.entries(override.digests).map(([id, digest]) => [overrideKey(id), digest]),
  );
  const configHashes = { ...configs.hashes, ...overridden };
  const schema: BundleFile = {
    path: 'factsway.schema.json',
    content: engine.source('schema/factsway.v2.schema.json'),
    mode: 0o644,
    ownership: 'rendered',
  };
  const files = [
    schema,
    ...configs.files,
    ...renderCompose(catalog, configHashes, engine, override),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    files,
    secrets: catalog.secrets,
    warnings: catalog.warnings,
    configHashes,
  };
}
