import type { InstanceConfig } from '../../installer/src/model/config.ts';
import { parseSize, GiB } from '../../installer/src/model/units.ts';
import { quantity } from '../pods/resources.ts';

/** Silences, the log of notifications; users and preferences of Grafana. */
const SMALL = GiB;

const whole = (bytes: number): string => (bytes % GiB === 0 ? `${bytes / GiB}Gi` : quantity(bytes));

/** Size of the volume of a component, as a quantity. */
export function storageOf(component: string, { kubernetes }: InstanceConfig): string {
  const { databaseStorage, monitoringStorage } = kubernetes;
  const chosen = { postgres: databaseStorage, prometheus: monitoringStorage }[component];
  return whole(chosen === undefined ? SMALL : (parseSize(chosen) ?? SMALL));
}
