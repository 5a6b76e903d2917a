import { isDeepStrictEqual } from 'node:util';
import { dump, load } from 'js-yaml';
import type { Catalog } from '../../catalog/catalog.ts';
import type { CatalogContext } from '../../catalog/context.ts';
import { usedNetworks, usedVolumes } from '../../catalog/networks.ts';
import { networkSubnet } from '../../catalog/subnets.ts';
import type { BundleFile } from '../../model/bundle.ts';
import { LABELS } from '../../model/labels.ts';
import type { Slot, Workload } from '../../model/workload.ts';
import { sha256 } from '../digest.ts';
import { TemplateError, type TemplateEngine } from '../template-engine.ts';
import { viewService } from './compose-view.ts';
import { slotOverride, type SlotOverride } from '../override/slot-override.ts';
import { lowerWorkload, type ComposeService } from './lower.ts';

export const COMPOSE_FILE = 'compose.yaml';
export const MONITORING_FILE = 'compose.monitoring.yaml';
export const OVERRIDE_FILE = 'compose.override.yaml';
/** Services the override names and that are not there. */
export const IDLE_FILE = 'compose.app-idle.yaml';
/** What the override says of the services of the other slot, and of services whatever their slot, for the one that serves. */
export const SLOTS_FILE = 'compose.override.slots.yaml';
export const PLAIN_FILE = 'compose.override.services.yaml';
/** The override and what is rendered from it: any of them may be the last file that Compose reads. */
export const OVERRIDE_FILES: readonly string[] = [OVERRIDE_FILE, SLOTS_FILE, PLAIN_FILE];
/** Under which ConfigHashes have what the override says of a service by another name than its own. */
export const overrideKey = (id: string): string => `override/${id}`;
export const slotFile = (slot: Slot): string => `compose.app-${slot}.yaml`;

/** sha256 by config directory of everything rendered into it, and of what the override says of services by other names. */
export type ConfigHashes = Readonly<Record<string, string>>;

/**
 * Fingerprint of all a container is created from. A config directory counts only for components that
 * cannot reload it: a reload must not look like a new container.
 */
export function specOf(workload: Workload, configHashes: ConfigHashes): string {
  return fingerprint(lowerWorkload(workload, ''), workload, configHashes);
}

function fingerprint(
  withoutSpec: ComposeService,
  { id, config: mounted, secretFiles }: Workload,
  configHashes: ConfigHashes,
): string {
  const config = mounted?.reload.how === 'recreate' ? configHashes[mounted.directory] : undefined;
  const overridden = configHashes[overrideKey(id)];
  const parts = [
    withoutSpec,
    config ?? '',
    ...(secretFiles === undefined ? [] : [secretFiles]),
    ...(overridden === undefined ? [] : [{ overridden }]),
  ];
  return sha256(JSON.stringify(parts)).slice(0, 16);
}

/** Lowered once, for the fingerprint and for the file: most of it is addresses, as many as there are services. */
function lowerWithSpec(workload: Workload, configHashes: ConfigHashes): ComposeService {
  const service = lowerWorkload(workload, '');
  service.labels[LABELS.spec] = fingerprint(service, workload, configHashes);
  return service;
}

/**
 * The Compose files and `.env`. Each is read again, by a parser of another make than the one the installer
 * writes YAML with, and compared with the objects it was rendered from.
 */
export function renderCompose(
  catalog: Catalog,
  configHashes: ConfigHashes,
  engine: TemplateEngine,
  override: SlotOverride = overrideOf(catalog),
): BundleFile[] {
  const { workloads, secrets, context } = catalog;
  const file = (
    path: string,
    template: string,
    members: readonly Workload[],
    extra: object,
  ): BundleFile => {
    const services = members.map((workload) => lowerWithSpec(workload, configHashes));
    const content = engine.render(`compose/${template}.hbs`, {
      release: context.config.release.version,
      ...extra,
      services: members.flatMap((workload, index) => {
        const service = services[index];
        return service ? [viewService(workload, service)] : [];
      }),
    });
    assertFaithful(
      path,
      content,
      Object.fromEntries(members.map(({ id }, index) => [id, services[index]])),
    );
    return { path, content, mode: READABLE, ownership: 'rendered' };
  };
  const of = (group: Workload['group'], slot?: Slot) =>
    workloads.filter((workload) => workload.group === group && workload.slot === slot);
  const idle = { services: override.absent };
  const derived = [
    ...fromOverride(SLOTS_FILE, override.slots, context, engine),
    ...fromOverride(PLAIN_FILE, override.plain, context, engine),
  ];
  const composeFiles = [
    COMPOSE_FILE,
    ...context.slots.map(slotFile),
    ...(override.absent.length > 0 ? [IDLE_FILE] : []),
    MONITORING_FILE,
    OVERRIDE_FILE,
    ...derived.map(({ path }) => path),
  ];
  return [
    file(COMPOSE_FILE, 'compose.yaml', of('core'), {
      project: context.config.project,
      networks: usedNetworks(workloads).map((network) => ({
        ...network,
        subnet: networkSubnet(context.config, network.name) ?? '',
      })),
      volumes: usedVolumes(workloads),
      secrets,
      database: workloads.some(({ component }) => component === 'postgres'),
    }),
    ...context.slots.map((slot) =>
      file(slotFile(slot), 'compose.app.yaml', of('app', slot), { slot }),
    ),
    ...(override.absent.length > 0
      ? [ours(IDLE_FILE, engine.render(`compose/${IDLE_FILE}.hbs`, idle))]
      : []),
    file(MONITORING_FILE, 'compose.monitoring.yaml', of('monitoring'), {}),
    ...derived,
    {
      path: '.env',
      content: engine.render('compose/env.hbs', {
        project: context.config.project,
        files: composeFiles.join(':'),
      }),
      mode: READABLE,
      ownership: 'rendered',
    },
    {
      path: OVERRIDE_FILE,
      content: engine.render('compose/compose.override.yaml.hbs', {}),
      mode: READABLE,
      ownership: 'seed',
    },
  ];
}

/** What the override on disk says of services by another name than that of the slot that serves. */
export function overrideOf({ context, workloads }: Catalog): SlotOverride {
  return slotOverride(context.overrideText, context.activeSlot, workloads);
}

/** Nothing in these files is secret, and people without root use Compose as well. */
const READABLE = 0o644;

const ours = (path: string, content: string): BundleFile => ({
  path,
  content,
  mode: READABLE,
  ownership: 'rendered',
});

function fromOverride(
  path: string,
  body: string,
  { activeSlot: slot, overrideMode = READABLE }: CatalogContext,
  engine: TemplateEngine,
): BundleFile[] {
  if (body === '') return [];
  const file = ours(path, engine.render(`compose/${path}.hbs`, { slot }) + body);
  // It may hold what the customer lets only some people read.
  return [{ ...file, mode: overrideMode & READABLE }];
}

function assertFaithful(
  path: string,
  content: string,
  expected: Readonly<Record<string, ComposeService | undefined>>,
): void {
  const read = load(content);
  // Where there is no dollar there is nothing to take back, and the copy would be most of the memory.
  const parsed = (content.includes('$') ? unescapeDollars(read) : read) as {
    services: Record<string, unknown>;
  };
  for (const id of new Set([...Object.keys(expected), ...Object.keys(parsed.services)])) {
    if (isDeepStrictEqual(parsed.services[id], expected[id])) continue;
    throw new TemplateError(
      `${path}: service ${id} does not read back as it was rendered\n${dump(expected[id] ?? null)}\n--- read back\n${dump(parsed.services[id] ?? null)}`,
    );
  }
}

/** What Compose's own interpolation will make of every string: `$$` is a dollar. */
function unescapeDollars(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$$', '$');
  if (Array.isArray(value)) return value.map(unescapeDollars);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, unescapeDollars(child)]),
  );
}
