import { fileURLToPath } from 'node:url';
import { packageTemplates } from '../../installer/src/adapters/package-templates.ts';
import { buildCatalog, type Catalog } from '../../installer/src/catalog/catalog.ts';
import { NETWORKS } from '../../installer/src/catalog/networks.ts';
import { EMPTY_MANIFEST } from '../../installer/src/model/bundle.ts';
import { configSchema, type InstanceConfig } from '../../installer/src/model/config.ts';
import type {
  Observed,
  ObservedContainer,
  ObservedImage,
} from '../../installer/src/model/observed.ts';
import type { Slot, Workload } from '../../installer/src/model/workload.ts';
import type { Desired } from '../../installer/src/planner/desired.ts';
import { OVERRIDE_FILE, specOf } from '../../installer/src/render/compose/render-compose.ts';
import { sha256 } from '../../installer/src/render/digest.ts';
import { renderBundle } from '../../installer/src/render/render-bundle.ts';
import { TemplateEngine } from '../../installer/src/render/template-engine.ts';

export const DIRECTORY = '/opt/factsway';

/** The templates the package ships, not copies of them. */
export const TEMPLATES = packageTemplates(fileURLToPath(new URL('../../', import.meta.url)));
export const ENGINE = new TemplateEngine(await TEMPLATES.load());

/** A valid configuration from the keys a test cares about. */
export function configWith(settings: object = {}): InstanceConfig {
  return configSchema.parse(settings);
}

/** Built on this host, so that every image is there or the plan is refused; tests of pulls say otherwise. */
const DEBIAN = { images: { source: 'debian' } };

export function catalogWith(settings: object = DEBIAN, slots?: readonly Slot[]): Catalog {
  return buildCatalog(configWith(settings), slots);
}

export function desiredWith(settings: object = DEBIAN): Desired {
  const catalog = catalogWith(settings);
  return {
    directory: DIRECTORY,
    catalog,
    bundle: renderBundle(catalog, ENGINE),
    configText: 'project: factsway\n',
    configUnchanged: true,
  };
}

export function fileOf(desired: Desired, path: string): string {
  const file = desired.bundle.files.find((candidate) => candidate.path === path);
  if (!file) throw new Error(`the bundle has no ${path}`);
  return file.content;
}

/** The bundle with one file changed, as a new template or setting would. */
export function withFile(desired: Desired, path: string, content: string): Desired {
  fileOf(desired, path);
  const files = desired.bundle.files.map((file) =>
    file.path === path ? { ...file, content } : file,
  );
  return { ...desired, bundle: { ...desired.bundle, files } };
}

export function imagesOf({ workloads, context }: Catalog): Record<string, ObservedImage> {
  return Object.fromEntries(
    workloads.map(({ image: reference, slot }) => [
      reference,
      {
        reference,
        id: `sha256:${reference}`,
        version: slot === undefined ? '' : context.config.release.version,
      },
    ]),
  );
}

/** An empty server: images are there, nothing else is. */
export function observedFresh(desired: Desired): Observed {
  return {
    instance: {
      manifest: EMPTY_MANIFEST,
      digests: {},
      secrets: [],
      appliedConfig: {},
      rootCertificate: false,
    },
    containers: [],
    images: imagesOf(desired.catalog),
    volumes: [],
    networks: [],
    busyPorts: [],
  };
}

/** What Compose makes of a service, with an override that says nothing of it. */
export function composedHash(id: string, { catalog, bundle }: Desired, override = ''): string {
  const workload = catalog.workloads.find((one) => one.id === id);
  return `${workload ? specOf(workload, bundle.configHashes) : id} ${override}`;
}

export function containerOf(workload: Workload, desired: Desired): ObservedContainer {
  const oneShot = workload.kind === 'one-shot';
  return {
    id: `container-${workload.id}`,
    service: workload.id,
    ...(workload.slot === undefined ? {} : { slot: workload.slot }),
    name: `factsway-${workload.id}-1`,
    state: oneShot ? 'exited' : 'running',
    health: workload.health ? 'healthy' : 'none',
    exitCode: 0,
    spec: specOf(workload, desired.bundle.configHashes),
    image: workload.image,
    imageId: `sha256:${workload.image}`,
    configHash: composedHash(workload.id, desired),
    workingDirectory: DIRECTORY,
    startedAt: '2026-01-01T00:00:00Z',
    restarts: 0,
    ports: workload.ports.map(({ bind, host }) => ({ bind, port: host })),
    environment: [],
  };
}

/** Exactly what is desired, running and healthy: the observation after which nothing is to do. */
export function observedRunning(desired: Desired): Observed {
  const { catalog, bundle } = desired;
  const digests = Object.fromEntries(
    bundle.files.map(({ path, content }) => [path, sha256(content)]),
  );
  const { config, activeSlot } = catalog.context;
  const applied = catalog.workloads.flatMap(({ id, config: mounted }) =>
    mounted && mounted.reload.how !== 'recreate'
      ? [[id, bundle.configHashes[mounted.directory] ?? '']]
      : [],
  );
  return {
    instance: {
      manifest: {
        version: 1,
        files: Object.fromEntries(
          Object.entries(digests).filter(([path]) => path !== OVERRIDE_FILE),
        ),
      },
      digests,
      secrets: bundle.secrets.map(({ name }) => name),
      appliedConfig: {
        ...(Object.fromEntries(applied) as Record<string, string>),
        [OVERRIDE_FILE]: digests[OVERRIDE_FILE] ?? '',
      },
      rootCertificate: true,
      release: { version: config.release.version, slot: activeSlot },
    },
    containers: catalog.workloads.map((workload) => containerOf(workload, desired)),
    images: imagesOf(catalog),
    volumes: ['postgres-data', 'edge-data', 'prometheus-data', 'alertmanager-data'],
    networks: NETWORKS.map(({ name }) => name),
    busyPorts: [],
  };
}

/** The same observation with some containers changed. */
export function withContainers(
  observed: Observed,
  change: (container: ObservedContainer) => Partial<ObservedContainer> | 'gone',
): Observed {
  const containers = observed.containers.flatMap((container) => {
    const changed = change(container);
    return changed === 'gone' ? [] : [{ ...container, ...changed }];
  });
  return { ...observed, containers };
}

/** A record that lacks one key. */
export function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
