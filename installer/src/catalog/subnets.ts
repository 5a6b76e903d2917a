import type { InstanceConfig } from '../model/config.ts';
import { subnetPart } from '../model/subnet.ts';
import type { NetworkName } from '../model/workload.ts';

/**
 * Which eighth of network.subnet is whose. A place is never given to another network: a platform that runs would
 * have to be taken down for it. The last one is free.
 */
const PLACES: readonly string[] = [
  'edge',
  'app-a',
  'app-b',
  'data',
  'monitoring',
  'egress',
  'database',
];

/** The addresses of a network where network.subnet says so; undefined where Docker chooses. */
export function networkSubnet(
  { network }: Pick<InstanceConfig, 'network'>,
  name: NetworkName,
): string | undefined {
  return network.subnet === undefined
    ? undefined
    : subnetPart(network.subnet, PLACES.indexOf(name));
}
