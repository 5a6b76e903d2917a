import { buildCatalog } from '../catalog/catalog.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';
import { renderBundle } from '../render/render-bundle.ts';
import { TemplateEngine } from '../render/template-engine.ts';
import { resolveConfig, type ConfigRequest } from './resolve-config.ts';

/** What the request wants, rendered in memory. Reads configuration and templates; changes nothing. */
export async function desire(
  request: ConfigRequest,
  { files, host, templates }: Pick<Ports, 'files' | 'host' | 'templates'>,
): Promise<Desired> {
  const engine = new TemplateEngine(await templates.load());
  const { config, text, unchanged } = await resolveConfig(request, files, host, engine);
  const catalog = buildCatalog(config);
  return {
    directory: request.directory,
    catalog,
    bundle: renderBundle(catalog, engine),
    configText: text,
    configUnchanged: unchanged,
  };
}
