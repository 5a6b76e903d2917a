import { buildCatalog } from '../catalog/catalog.ts';
import { collectCertificate } from '../checks/collectors/certificate-pair.ts';
import { readGiven } from './given.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';
import type { Slot } from '../model/workload.ts';
import { servingSlot } from './serving-slot.ts';
import { sha256 } from '../render/digest.ts';
import { renderBundle, type RenderedBundle } from '../render/render-bundle.ts';
import { TemplateEngine } from '../render/template-engine.ts';
import { resolveConfig, type ConfigRequest } from './resolve-config.ts';

export type DesireRequest = ConfigRequest & {
  /** Where the services are to run; where those run that serve, unless said. */
  readonly slot?: Slot;
  /** Which volume the database is to be in; the one it is in, unless said. */
  readonly dataGeneration?: number;
};

/** What the request wants, rendered in memory. Reads configuration and templates; changes nothing. */
export async function desire(
  request: DesireRequest,
  { files, host, templates }: Pick<Ports, 'files' | 'host' | 'templates'>,
): Promise<Desired> {
  const engine = new TemplateEngine(await templates.load());
  const { config, text, unchanged, onDisk, migration } = await resolveConfig(
    request,
    files,
    host,
    engine,
  );
  const given = await readGiven(config, request.directory, files);
  const slot = request.slot ?? (await servingSlot(request.directory, files));
  const { dataGeneration } = request;
  const catalog = buildCatalog(config, [slot], undefined, {
    ...given,
    ...(dataGeneration === undefined
      ? {}
      : {
          dataGeneration,
          nextGeneration: Math.max(dataGeneration + 1, given.nextGeneration ?? 0),
        }),
  });
  const certificate = await collectCertificate(catalog, request.directory, files);
  return {
    directory: request.directory,
    catalog,
    bundle: withCertificate(renderBundle(catalog, engine), certificate?.pair?.id),
    configText: text,
    configUnchanged: unchanged,
    ...(onDisk === undefined ? {} : { configOnDisk: onDisk }),
    ...(migration ? { migration } : {}),
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
