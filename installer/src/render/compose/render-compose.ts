import { isDeepStrictEqual } from 'node:util';
import { dump, load } from 'js-yaml';
import type { Catalog } from '../../catalog/catalog.ts';
import { usedNetworks, VOLUMES } from '../../catalog/networks.ts';
import { networkSubnet } from '../../catalog/subnets.ts';
import type { BundleFile } from '../../model/bundle.ts';
import { LABELS } from '../../model/labels.ts';
import type { Slot, Workload } from '../../model/workload.ts';
import { sha256 } from '../digest.ts';
import { TemplateError, type TemplateEngine } from '../template-engine.ts';
import { viewService } from './compose-view.ts';
import { lowerWorkload, type ComposeService } from './lower.ts';

export const COMPOSE_FILE = 'compose.yaml';
export const MONITORING_FILE = 'compose.monitoring.yaml';
export const OVERRIDE_FILE = 'compose.override.yaml';
export const slotFile = (slot: Slot): string => `compose.app-${slot}.yaml`;

/** sha256 by config directory of everything rendered into it. */
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
  { config: mounted, secretFiles }: Workload,
  configHashes: ConfigHashes,
): string {
  const config = mounted?.reload.how === 'recreate' ? configHashes[mounted.directory] : undefined;
  const parts = [withoutSpec, config ?? '', ...(secretFiles === undefined ? [] : [secretFiles])];
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
    return { path, content, mode: 0o644, ownership: 'rendered' };
  };
  const of = (group: Workload['group'], slot?: Slot) =>
    workloads.filter((workload) => workload.group === group && workload.slot === slot);
  const usedVolumes = VOLUMES.filter(({ name }) =>
    workloads.some((workload) => workload.volumes.some((volume) => volume.name === name)),
  );

  const composeFiles = [
    COMPOSE_FILE,
    ...context.slots.map(slotFile),
    MONITORING_FILE,
    OVERRIDE_FILE,
  ];
  return [
    file(COMPOSE_FILE, 'compose.yaml', of('core'), {
      project: context.config.project,
      networks: usedNetworks(workloads).map((network) => ({
        ...network,
        subnet: networkSubnet(context.config, network.name) ?? '',
      })),
      volumes: usedVolumes,
      secrets,
      database: workloads.some(({ component }) => component === 'postgres'),
    }),
    ...context.slots.map((slot) =>
      file(slotFile(slot), 'compose.app.yaml', of('app', slot), { slot }),
    ),
    file(MONITORING_FILE, 'compose.monitoring.yaml', of('monitoring'), {}),
    {
      path: '.env',
      content: engine.render('compose/env.hbs', {
        project: context.config.project,
        files: composeFiles.join(':'),
      }),
      mode: 0o644,
      ownership: 'rendered',
    },
    {
      path: OVERRIDE_FILE,
      content: engine.render('compose/compose.override.yaml.hbs', {}),
      mode: 0o644,
      ownership: 'seed',
    },
  ];
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
