import type { InstanceConfig } from '../../installer/src/model/config.ts';
import { parseSize, GiB } from '../../installer/src/model/units.ts';
import { quantity } from '../pods/resources.ts';

/** Silences, the log of notifications; users and preferences of Grafana. */
const SMALL = GiB;

/** What the database writes while a place for backups is away: days of it. */
const LOG = 20 * GiB;

const whole = (bytes: number): string => (bytes % GiB === 0 ? `${bytes / GiB}Gi` : quantity(bytes));

/** Size of a claim that stands by itself, as a quantity. */
export function storageOfClaim(claim: string, { kubernetes, backup }: InstanceConfig): string {
  const { databaseStorage, backupStorage } = kubernetes;
  const chosen: Readonly<Record<string, number | undefined>> = {
    'postgres-data-2': parseSize(databaseStorage),
    'postgres-log': LOG,
    // The keeper has it mounted, whether it is a place or not.
    'backup-repository': backup.local.enabled ? parseSize(backupStorage) : SMALL,
  };
  return whole(chosen[claim] ?? SMALL);
}

/** Size of the volume of a component, as a quantity. */
export function storageOf(component: string, { kubernetes }: InstanceConfig): string {
  const { databaseStorage, monitoringStorage, updatesStorage } = kubernetes;
  const chosen = {
    postgres: databaseStorage,
    prometheus: monitoringStorage,
    updates: updatesStorage,
  }[component];
  return whole(chosen === undefined ? SMALL : (parseSize(chosen) ?? SMALL));
}
