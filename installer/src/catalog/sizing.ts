import { FactswayError } from '../model/errors.ts';
import { formatSize, GiB, mebibytes, MiB } from '../model/units.ts';
import type { Reasoned } from '../model/workload.ts';

/** Below this the eight services and PostgreSQL do not fit together, whatever is tuned. */
export const MINIMUM_MEMORY = 6 * GiB;
/** The same without PostgreSQL, which takes 30 %. */
export const MINIMUM_MEMORY_EXTERNAL = 4 * GiB;
/** A service of weight 1 gets this at least, and no more as long as a second slot does not fit. */
const SMALLEST_UNIT = 160 * MiB;

const MONITORING = {
  prometheus: 512 * MiB,
  alertmanager: 128 * MiB,
  grafana: 256 * MiB,
  exporter: 64 * MiB,
  edge: 256 * MiB,
} as const;
/** pgBackRest, its keeper, and a PostgreSQL that tries a backup out. */
const BACKUP = 384 * MiB;
/** Node.js that hands files on; what it sends is in the page cache of the system. */
const UPDATES = 128 * MiB;
const EXPORTERS = 3;

/** Connections that are not the services': migrations 2, exporter 3, backups 3, an administrator 5, reserved 3. */
const OTHER_CONNECTIONS = 16;
const SUPERUSER_RESERVED = 3;

export type SizingInput = {
  /** Bytes the platform may use. */
  readonly memoryBytes: number;
  readonly cores: number;
  /** Sum of the services' memory weights (one is an ordinary service). */
  readonly serviceWeight: number;
  readonly serviceCount: number;
  /** How many containers of one service there may be at a time: two slots unless said. */
  readonly copies?: number;
  /** Whether PostgreSQL is a server of the customer's and takes nothing here. */
  readonly externalDatabase?: boolean;
  /** Whether the platform keeps backups itself. */
  readonly backups?: boolean;
  /** Whether the platform hands out updates of the desktop app. */
  readonly updates?: boolean;
  /** Name of the profile that chose memory and cores, for the reasons. */
  readonly profile?: string;
};

export type Sizing = {
  /** Whether both slots fit side by side; an upgrade without downtime needs it. */
  readonly twoSlots: Reasoned<boolean>;
  readonly poolPerService: Reasoned<number>;
  /** Memory limit of a service of weight 1, bytes. */
  readonly serviceUnit: Reasoned<number>;
  readonly serviceCpus: Reasoned<number>;
  /** What both slots and everybody else may need of PostgreSQL, wherever it is. */
  readonly connections: Reasoned<number> & { readonly perSlot: number; readonly others: number };
  readonly postgres: {
    readonly memory: Reasoned<number>;
    readonly cpus: Reasoned<number>;
    readonly maxConnections: Reasoned<number>;
    readonly sharedBuffersMb: Reasoned<number>;
    readonly effectiveCacheMb: Reasoned<number>;
    readonly maintenanceWorkMb: Reasoned<number>;
    readonly workKb: Reasoned<number>;
    readonly superuserReserved: Reasoned<number>;
  };
  readonly fixed: Readonly<
    Record<keyof typeof MONITORING | 'backup' | 'updates', Reasoned<number>>
  >;
  readonly fixedCpus: Reasoned<number>;
};

const because = <T>(value: T, reason: string): Reasoned<T> => ({ value, because: reason });
const wholeMiB = (bytes: number): number => Math.floor(bytes / MiB) * MiB;

/**
 * Every limit of the platform, derived from memory (bytes) and cores alone, each with its reason.
 * Throws FW-SIZING-TOO-SMALL below `MINIMUM_MEMORY`, or `MINIMUM_MEMORY_EXTERNAL`.
 */
export function deriveSizing(input: SizingInput): Sizing {
  const {
    memoryBytes,
    cores,
    serviceWeight,
    serviceCount,
    externalDatabase = false,
    copies = 2,
    backups = false,
    updates = false,
    profile,
  } = input;
  const minimum = externalDatabase ? MINIMUM_MEMORY_EXTERNAL : MINIMUM_MEMORY;
  if (memoryBytes < minimum) {
    throw new FactswayError(
      'FW-SIZING-TOO-SMALL',
      `host.memory is ${formatSize(memoryBytes)}; the platform needs at least ${formatSize(minimum)}.`,
      `Give the server more memory, or raise it: factsway-install install --set host.memory=${formatSize(minimum)}`,
    );
  }
  const host = `${formatSize(memoryBytes)}${profile === undefined ? '' : ` (profile ${profile})`}`;
  const system = Math.max(memoryBytes * 0.1, 0.75 * GiB);
  const platform =
    MONITORING.prometheus +
    MONITORING.alertmanager +
    MONITORING.grafana +
    MONITORING.edge +
    EXPORTERS * MONITORING.exporter +
    (backups ? BACKUP : 0) +
    (updates ? UPDATES : 0);
  const postgresMemory = externalDatabase ? 0 : wholeMiB(memoryBytes * 0.3);
  const database = externalDatabase ? '' : 'PostgreSQL, ';
  const left = memoryBytes - system - platform - postgresMemory;
  const perSlotUnit = left / serviceWeight;
  const twoSlots = perSlotUnit / 2 >= SMALLEST_UNIT;
  const unit = wholeMiB(
    twoSlots ? Math.min(perSlotUnit / 2, 1 * GiB) : Math.min(perSlotUnit, SMALLEST_UNIT),
  );

  const pool = Math.min(16, Math.max(4, cores * 2));
  const maxConnections = Math.ceil((serviceCount * pool * copies + OTHER_CONNECTIONS) / 10) * 10;
  const share = Math.max(1, cores / 2);
  const many = copies === 2 ? '2 slots' : `${copies} pods`;

  return {
    twoSlots: because(
      twoSlots,
      twoSlots
        ? `two slots of ${serviceWeight} shares fit beside ${externalDatabase ? '' : 'PostgreSQL and '}monitoring in ${host}`
        : `${host} hold one slot only: an upgrade has to stop the old release first`,
    ),
    poolPerService: because(pool, `2 connections per core (${cores}), at least 4, at most 16`),
    serviceUnit: because(
      unit,
      `${twoSlots ? 'half a share, so that two slots fit' : 'one share'}, of what ${database}monitoring and the system leave of ${host}`,
    ),
    serviceCpus: because(
      share,
      `half of ${cores} cores, so that one service cannot starve the others`,
    ),
    connections: {
      ...because(
        serviceCount * pool * copies + OTHER_CONNECTIONS,
        `${serviceCount} services × ${pool} pooled connections × ${many} + ${OTHER_CONNECTIONS} for migrations, monitoring, backup and administrators`,
      ),
      perSlot: serviceCount * pool,
      others: OTHER_CONNECTIONS,
    },
    postgres: {
      memory: because(postgresMemory, `30 % of ${host}`),
      cpus: because(cores, `all ${cores} cores: everything waits for the database`),
      maxConnections: because(
        maxConnections,
        `${serviceCount} services × ${pool} pooled connections × ${many} + ${OTHER_CONNECTIONS} for migrations, monitoring, backup and administrators`,
      ),
      sharedBuffersMb: because(
        mebibytes(postgresMemory / 4),
        'a quarter of the memory of PostgreSQL',
      ),
      effectiveCacheMb: because(
        mebibytes(postgresMemory * 0.75),
        'three quarters of the memory of PostgreSQL: what the page cache will hold',
      ),
      maintenanceWorkMb: because(
        Math.min(1024, mebibytes(postgresMemory / 16)),
        'a sixteenth of the memory of PostgreSQL, at most 1 GiB',
      ),
      workKb: because(
        Math.max(4096, Math.floor(postgresMemory / 4 / maxConnections / 1024)),
        `a quarter of the memory of PostgreSQL over ${maxConnections} connections, at least 4 MiB`,
      ),
      superuserReserved: because(
        SUPERUSER_RESERVED,
        'an administrator gets in even when every pool is full',
      ),
    },
    fixed: {
      prometheus: because(
        MONITORING.prometheus,
        'some 10,000 series at 15 s need about 200 MiB; the rest is for queries',
      ),
      alertmanager: because(MONITORING.alertmanager, 'holds alerts and silences only'),
      grafana: because(MONITORING.grafana, 'a handful of viewers'),
      exporter: because(MONITORING.exporter, 'an exporter keeps nothing'),
      backup: because(
        BACKUP,
        'pgBackRest, and a PostgreSQL of its own while a backup is tried out',
      ),
      updates: because(UPDATES, 'hands files on and keeps none of them in memory'),
      edge: because(MONITORING.edge, 'buffers of the connections of one firm'),
    },
    fixedCpus: because(1, 'monitoring and proxy never take more than one core'),
  };
}
