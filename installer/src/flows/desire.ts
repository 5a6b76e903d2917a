import { buildCatalog } from '../catalog/catalog.ts';
import { collectCertificate } from '../checks/collectors/certificate-pair.ts';
import { readGiven } from './given.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';
import { sha256 } from '../render/digest.ts';
import { renderBundle, type RenderedBundle } from '../render/render-bundle.ts';
import { TemplateEngine } from '../render/template-engine.ts';
import { resolveConfig, type ConfigRequest } from './resolve-config.ts';

/** What the request wants, rendered in memory. Reads configuration and templates; changes nothing. */
export async function desire(
  request: ConfigRequest,
  { files, host, templates }: Pick<Ports, 'files' | 'host' | 'templates'>,
): Promise<Desired> {
  const engine = new TemplateEngine(await templates.load());
  const { config, text, unchanged } = await resolveConfig(request, files, host, engine);
  const given = await readGiven(config, request.directory, files);
  const catalog = buildCatalog(config, undefined, undefined, given);
  const certificate = await collectCertificate(catalog, request.directory, files);
  return {
    directory: request.directory,
    catalog,
    bundle: withCertificate(renderBundle(catalog, engine), certificate?.pair?.id),
    configText: text,
    configUnchanged: unchanged,
    ...(certificate ? { certificate } : {}),
  };
}

/** Another certificate is another configuration of the edge, although nothing that is rendered differs. */
function withCertificate(bundle: RenderedBundle, id: string | undefined): RenderedBundle {
  if (id === undefined) return bundle;
  const { configHashes: hashes } = bundle;
  return {
    ...bundle,
    configHashes: { ...hashes, edge: sha256(`${hashes['edge'] ?? ''} ${id}`) },
  };
}
