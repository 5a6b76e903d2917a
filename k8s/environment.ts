import {
  buildCatalog,
  type Catalog,
  type Given as GivenFiles,
} from '../installer/src/catalog/catalog.ts';
import type { ServiceEntry } from '../installer/src/catalog/services/service.ts';
import { carryOver, type CarryOver } from './override/carry-over.ts';
import type { InstanceConfig } from '../installer/src/model/config.ts';

/** The overlays of the tree. */
export const ENVIRONMENTS = ['staging', 'production'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** One overlay: the platform as it is there. */
export type Environment = {
  readonly name: EnvironmentName;
  readonly namespace: string;
  readonly config: InstanceConfig;
  readonly catalog: Catalog;
  readonly override: Omit<CarryOver, 'change'>;
};

/** What an export is made from besides the configuration: the texts of files. */
export type Given = GivenFiles & {
  /** compose.override.yaml. */
  readonly override?: string;
};

/** Pods of a service an update may add before it takes old ones away. */
export const SURGE = 1;

/** The platform of one environment, in the words of the catalogue. Pure. */
export function environment(
  name: EnvironmentName,
  config: InstanceConfig,
  given: Given = {},
  services?: readonly ServiceEntry[],
): Environment {
  const own = configOf(name, config);
  const copies = own.kubernetes.maxReplicas + SURGE;
  const { databaseVolume, stagingDatabaseVolume } = own.kubernetes;
  const catalog = buildCatalog(own, ['a'], services, {
    ...given,
    target: 'kubernetes',
    copies,
    // Where the database of this host is says nothing of where it is there.
    dataGeneration: name === 'staging' ? stagingDatabaseVolume : databaseVolume,
  });
  const { change, ...override } = carryOver(given.override, catalog.workloads, own.release.version);
  return {
    name,
    namespace: `factsway-${name}`,
    config: own,
    catalog: { ...catalog, workloads: catalog.workloads.map(change) },
    override,
  };
}

/** Under which name each is reached; a cluster takes names in lower case only. */
export function hostNames({
  host,
  kubernetes,
}: Pick<InstanceConfig, 'host' | 'kubernetes'>): Readonly<Record<EnvironmentName, string>> {
  const production = (kubernetes.host ?? host.name).toLowerCase();
  return {
    production,
    staging: (kubernetes.stagingHost ?? `staging.${production}`).toLowerCase(),
  };
}

function configOf(name: EnvironmentName, config: InstanceConfig): InstanceConfig {
  const { host, edge, images, kubernetes } = config;
  const names = hostNames(config);
  return {
    ...config,
    ...(name === 'staging' ? ofStaging(config) : {}),
    host: { ...host, name: names[name] },
    kubernetes: {
      ...kubernetes,
      secrets: {
        ...kubernetes.secrets,
        ...(name === 'staging' ? { prefix: kubernetes.secrets.stagingPrefix } : {}),
      },
    },
    // A cluster is reached at the ports every browser knows.
    edge: { ...edge, httpPort: 80, httpsPort: 443 },
    // What was built on this host, no cluster can fetch.
    images: images.source === 'debian' ? { ...images, source: 'upstream' } : images,
  };
}

/**
 * Staging has its database for itself, backups among it, and wakes nobody: its sign of life would keep a dead man's
 * switch of production quiet.
 */
function ofStaging(
  config: InstanceConfig,
): Pick<InstanceConfig, 'postgres' | 'monitoring' | 'backup'> {
  const { postgres, monitoring, kubernetes, backup } = config;
  const { s3 } = backup;
  const { receivers } = monitoring;
  const silent = Object.fromEntries(
    Object.entries(receivers).map(([name, one]) => [name, { ...one, enabled: false }]),
  ) as typeof receivers;
  const { host, database } = kubernetes.stagingDatabase;
  return {
    postgres: {
      ...postgres,
      ...(postgres.mode === 'external' && database !== undefined ? { database } : {}),
      ...(postgres.external && host !== undefined
        ? { external: { ...postgres.external, host } }
        : {}),
    },
    backup: s3 ? { ...backup, s3: { ...s3, prefix: `${s3.prefix}-staging` } } : backup,
    monitoring: kubernetes.stagingAlerts ? monitoring : { ...monitoring, receivers: silent },
  };
}
