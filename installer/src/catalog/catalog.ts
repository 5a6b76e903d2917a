import { DEFAULT_DIRECTORY } from '../../../monitoring/runbooks/instance.ts';
import type { InstanceConfig } from '../model/config.ts';
import { FactswayError } from '../model/errors.ts';
import { hasDigest, pinned, type ImageLock, type WantedImage } from '../model/image-lock.ts';
import type { SecretFile } from '../model/bundle.ts';
import type { SecretName, Slot, Workload } from '../model/workload.ts';
import { alertmanager } from './components/alertmanager.ts';
import { backup } from './components/backup.ts';
import { edge } from './components/edge.ts';
import { blackboxExporter, nodeExporter, postgresExporter } from './components/exporters.ts';
import { grafana } from './components/grafana.ts';
import { migrations, MIGRATIONS } from './components/migrations.ts';
import { postgres } from './components/postgres.ts';
import { prometheus } from './components/prometheus.ts';
import { updates } from './components/updates.ts';
import type { CatalogContext, Target } from './context.ts';
import {
  resolveComponentImage,
  resolveReleaseImage,
  type ComponentImage,
  type ResolvedImage,
} from './images.ts';
import { externalPostgres } from './database-access.ts';
import { backupNotes, hasBackups } from './backup-rules.ts';
import { proxyNotes, proxyVariables, throughProxy } from './outgoing-proxy.ts';
import { receiverNotes, receiverWarnings } from './receiver-rules.ts';
import { describeSecret, SECRETS } from './secrets.ts';
import { serviceAddresses } from './service-environment.ts';
import { SERVICES } from './services/index.generated.ts';
import type { ServiceEntry } from './services/service.ts';
import { serviceWorkload } from './services/service-workload.ts';
import { deriveSizing } from './sizing.ts';
import { platformSize } from './sizing-profiles.ts';
import { tlsNotes } from './tls-rules.ts';

type ComponentBuilder = (context: CatalogContext, image: ResolvedImage) => Workload;

/** In the order they are shown and rendered. */
const COMPONENTS: Readonly<Record<ComponentImage, ComponentBuilder>> = {
  postgres,
  backup,
  edge,
  prometheus,
  alertmanager,
  'node-exporter': nodeExporter,
  'postgres-exporter': postgresExporter,
  'blackbox-exporter': blackboxExporter,
  updates,
  grafana,
};

export type Catalog = {
  readonly services: readonly ServiceEntry[];
  readonly context: CatalogContext;
  readonly workloads: readonly Workload[];
  readonly secrets: readonly SecretFile[];
  /** Every image once for each component that runs it. */
  readonly images: readonly WantedImage[];
  /** References that images.lock.yaml should know and does not; empty where there is none. */
  readonly unlocked: readonly string[];
  /** What a person should know and need not mend. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
};

/** What a catalogue is made from besides the configuration: the texts of files it names. */
export type Given = {
  /** Compose unless said. */
  readonly target?: Target;
  /** How many containers of one service there may be at a time; two slots unless said. */
  readonly copies?: number;
  /** Of the instance, absolute. */
  readonly directory?: string;
  readonly postgresAuthority?: string;
  readonly backupAuthority?: string;
  /** 1 unless said. */
  readonly dataGeneration?: number;
  /** The one after it unless said. */
  readonly nextGeneration?: number;
  /** compose.override.yaml, which may name services by their slot. */
  readonly overrideText?: string;
  /** Permission bits of it. */
  readonly overrideMode?: number;
  readonly imageLock?: ImageLock;
  /** Inodes of the secrets of receivers of alerts that are there, by name. */
  readonly alertSecretFiles?: Readonly<Partial<Record<SecretName, number>>>;
  /** What a person should know about those files. */
  readonly warnings?: readonly string[];
};

/**
 * The platform for one configuration: every workload, the secrets they read and what had to be left out.
 * Pure: the same configuration and slots give the same catalogue.
 */
export function buildCatalog(
  config: InstanceConfig,
  slots: readonly Slot[] = ['a'],
  services: readonly ServiceEntry[] = SERVICES,
  given: Given = {},
): Catalog {
  const sizing = deriveSizing({
    ...platformSize(config),
    serviceWeight: services.reduce((sum, service) => sum + service.memoryWeight, 0),
    serviceCount: services.length,
    externalDatabase: externalPostgres(config) !== undefined,
    backups: hasBackups({ config }),
    updates: config.updates.mirror === 'on',
    ...(given.copies === undefined ? {} : { copies: given.copies }),
  });
  const target = given.target ?? 'compose';
  const { dataGeneration = 1 } = given;
  const context: CatalogContext = {
    config,
    target,
    directory: given.directory ?? DEFAULT_DIRECTORY,
    sizing,
    slots,
    activeSlot: slots[0] ?? 'a',
    dataGeneration,
    nextGeneration: given.nextGeneration ?? dataGeneration + 1,
    ...(given.postgresAuthority === undefined
      ? {}
      : { postgresAuthority: given.postgresAuthority }),
    ...(given.backupAuthority === undefined ? {} : { backupAuthority: given.backupAuthority }),
    ...(given.overrideText === undefined ? {} : { overrideText: given.overrideText }),
    ...(given.overrideMode === undefined ? {} : { overrideMode: given.overrideMode }),
  };
  // What is built on this host has no registry to be fetched from again.
  const lock = config.images.source === 'debian' ? undefined : given.imageLock;
  const images: WantedImage[] = [];
  const locked = (component: string, { reference, user }: ResolvedImage): ResolvedImage => {
    const image = pinned(reference, lock);
    if (!images.some((one) => one.component === component))
      images.push({ component, reference, image });
    return { reference: image, user };
  };
  const notes: string[] = [
    ...tlsNotes(config),
    ...proxyNotes(config),
    ...receiverNotes(config),
    ...backupNotes(context),
  ];
  const warnings: string[] = [...(given.warnings ?? []), ...receiverWarnings(config)];
  const built: Workload[] = [];

  for (const [name, build] of Object.entries(COMPONENTS) as [ComponentImage, ComponentBuilder][]) {
    if (name === 'grafana' && config.monitoring.grafana === 'off') continue;
    if (name === 'updates' && config.updates.mirror === 'off') continue;
    if (name === 'postgres' && externalPostgres(config)) continue;
    if (name === 'backup' && !hasBackups(context)) continue;
    // It looks into the machine below, which is the business of whoever runs the cluster.
    if (name === 'node-exporter' && target === 'kubernetes') continue;
    const image = resolveComponentImage(name, {
      ...config.images,
      postgres: config.postgres.version,
    });
    if (image) built.push(build(context, locked(name, image)));
    else
      notes.push(
        `${name} is left out: image source ${config.images.source} has no image of it. Name one with images.overrides.${name}.`,
      );
  }
  const addresses = serviceAddresses(services);
  const ofRelease = (name: string): ResolvedImage =>
    locked(name, resolveReleaseImage(name, config.release.version, config.images));
  for (const slot of slots) {
    built.push(migrations(context, ofRelease(MIGRATIONS), slot));
    for (const entry of services) {
      const image = ofRelease(entry.name);
      built.push(serviceWorkload(context, entry, addresses, image, slot));
    }
  }
  if (config.postgres.mode === 'bundled' && config.postgres.external)
    notes.push('postgres.external has no effect as long as postgres.mode is bundled.');
  if (given.imageLock && !lock)
    notes.push('images.lock.yaml has no effect with images.source debian.');
  if (!sizing.twoSlots.value) warnings.push(`${sizing.twoSlots.because}.`);
  // The mirror is named only where it runs: it came later, and nobody is made anew for what he has not switched on.
  const spared = platformNames(services).filter(
    (name) => name !== 'updates' || config.updates.mirror === 'on',
  );
  const proxy = proxyVariables(config, spared);
  const localImage = config.images.source === 'debian';
  const workloads = built.map((workload) =>
    throughProxy(
      {
        ...workload,
        ...(localImage ? { localImage } : {}),
        ...filesOf(workload, given.alertSecretFiles ?? {}),
      },
      proxy,
    ),
  );
  refuseEqualPorts(workloads);
  return {
    context,
    services,
    workloads,
    secrets: deriveSecrets(workloads, config),
    images,
    unlocked: lock ? images.flatMap(({ image }) => (hasDigest(image) ? [] : [image])) : [],
    notes,
    warnings,
  };
}

/**
 * Every name by which something of the platform is reached, whether it runs now or not: a second slot or Grafana
 * that comes later must not change what is told to those that run already.
 */
export function platformNames(services: readonly ServiceEntry[] = SERVICES): string[] {
  const slots: readonly Slot[] = ['a', 'b'];
  const inSlots = (name: string): string[] => slots.map((slot) => `${name}-${slot}`);
  return [
    ...Object.keys(COMPONENTS),
    ...inSlots(MIGRATIONS),
    ...services.flatMap(({ name }) => [name, ...inSlots(name)]),
  ];
}

function filesOf(
  { secrets }: Workload,
  inodes: NonNullable<Given['alertSecretFiles']>,
): Pick<Workload, 'secretFiles'> {
  const files = secrets.flatMap((name) =>
    inodes[name] === undefined ? [] : [`${name}=${inodes[name]}`],
  );
  return files.length === 0 ? {} : { secretFiles: files.join(' ') };
}

/** Every secret some workload mounts, with the uids that must be able to read it, in a stable order. */
function deriveSecrets(workloads: readonly Workload[], config: InstanceConfig): SecretFile[] {
  return (Object.keys(SECRETS) as SecretName[]).flatMap((name) => {
    const users = workloads
      .filter((workload) => workload.secrets.includes(name))
      .map((workload) => Number(workload.user.split(':')[0]));
    if (users.length === 0) return [];
    return [{ name, readers: [...new Set(users)], ...describeSecret(name, config) }];
  });
}

function refuseEqualPorts(workloads: readonly Workload[]): void {
  const owners = new Map<number, string>();
  for (const { component, ports } of workloads) {
    for (const { host, purpose } of ports) {
      const owner = owners.get(host);
      const name = `${component} (${purpose})`;
      if (owner !== undefined) {
        throw new FactswayError(
          'FW-CONFIG-INVALID',
          `Port ${host} is given to ${owner} and to ${name}.`,
          'Give each its own: edge.httpPort, edge.httpsPort, monitoring.prometheusPort, monitoring.alertmanagerPort.',
        );
      }
      owners.set(host, name);
    }
  }
}
