import { load } from 'js-yaml';
import { FactswayError } from '../model/errors.ts';
import {
  isImageRebuilt,
  type Observed,
  type ObservedInstance,
  type ObservedOverride,
} from '../model/observed.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';
import {
  OVERRIDE_FILE,
  OVERRIDE_FILES,
  overrideOf,
  specOf,
} from '../render/compose/render-compose.ts';
import { sha256 } from '../render/digest.ts';
import { instancePaths } from './paths.ts';

/**
 * What the customer's override comes to, read by Compose with the files as they are on disk. Undefined where nothing
 * depends on it: it is as it was seeded and on record, and no container is to be made. Throws FW-COMPOSE-REFUSED where Compose cannot read it with the files that stay.
 */
export async function observeOverride(
  { directory, bundle, catalog }: Desired,
  instance: ObservedInstance,
  { containers, images }: Pick<Observed, 'containers' | 'images'>,
  { compose, files }: Pick<Ports, 'compose' | 'files'>,
): Promise<ObservedOverride | undefined> {
  const seed = bundle.files.find(({ path }) => path === OVERRIDE_FILE)?.content ?? '';
  const digest = instance.digests[OVERRIDE_FILE];
  const isOnRecord = instance.appliedConfig[OVERRIDE_FILE] === digest;
  const specs = new Map(containers.map(({ service, spec }) => [service, spec]));
  const isWhole =
    specs.size === 0 ||
    (!containers.some((container) => isImageRebuilt(container, images)) &&
      catalog.workloads.every(
        (workload) => specs.get(workload.id) === specOf(workload, bundle.configHashes),
      ));
  if (digest === undefined || (digest === sha256(seed) && isOnRecord && isWhole)) return undefined;
  const rendered = bundle.files.filter(({ ownership }) => ownership === 'rendered');
  const isRendered = rendered.every(
    ({ path, content }) => instance.digests[path] === sha256(content),
  );
  const paths = instancePaths(directory);
  const serviceNames = async (path: string): Promise<string[]> =>
    namesIn(await files.readText(paths.file(path)));
  const ours = (
    await Promise.all(
      [...new Set([...Object.keys(instance.manifest.files), ...rendered.map(({ path }) => path)])]
        .filter((path) => /^compose\.[a-z.-]*yaml$/.test(path) && !OVERRIDE_FILES.includes(path))
        .map(serviceNames),
    )
  ).flat();
  const wanted = rendered.flatMap(({ path, content }) =>
    /^compose\..*yaml$/.test(path) && !OVERRIDE_FILES.includes(path) ? namesIn(content) : [],
  );
  const derived = overrideOf(catalog);
  // What is said of a service by another name is in what is rendered of it; later files win.
  const overridden = async () => ({
    ...servicesIn(await files.readText(paths.file(OVERRIDE_FILE))),
    ...servicesIn(derived.slots),
    ...servicesIn(derived.plain),
  });
  const elsewhere = derived.absent.map(({ name }) => name);
  const imagesOf = (services: Readonly<Record<string, { readonly image?: unknown } | null>>) =>
    Object.fromEntries(
      catalog.workloads.flatMap(({ id, image }) => {
        const named = services[id]?.image;
        // What is interpolated, only Compose knows.
        const isPlain = typeof named === 'string' && !named.includes('$');
        return isPlain && named !== image ? [[id, named] as const] : [];
      }),
    );
  const isAdded = (name: string): boolean =>
    ![ours, wanted, elsewhere].some((names) => names.includes(name));
  try {
    // Without a rendering, what Compose would read is not there yet.
    if (Object.keys(instance.manifest.files).length > 0) {
      const services = await compose.read(directory);
      const added = Object.keys(services).filter(
        (name) => isAdded(name) && services[name]?.idle !== true,
      );
      const images = isRendered ? imagesOf(services) : imagesOf(await overridden());
      return { services, added: added.sort(), rendered: isRendered, images };
    }
  } catch (error) {
    if (!(error instanceof FactswayError) || isRendered) throw error;
  }
  // Compose is asked again, and says what is wrong, when the files are there.
  const named = (await serviceNames(OVERRIDE_FILE)).filter(isAdded).sort();
  return { added: named, rendered: isRendered, images: imagesOf(await overridden()) };
}

/** Services of a Compose file that start without being asked for; none where it cannot be read. */
function namesIn(text: string | undefined): string[] {
  return Object.entries(servicesIn(text)).flatMap(([name, service]) =>
    service?.profiles === undefined ? [name] : [],
  );
}

type Written = { readonly profiles?: unknown; readonly image?: unknown };

function servicesIn(text: string | undefined): Readonly<Record<string, Written | null>> {
  if (text === undefined) return {};
  try {
    const { services } = load(text) as { services?: Record<string, Written | null> | null };
    return services ?? {};
  } catch {
    return {};
  }
}
