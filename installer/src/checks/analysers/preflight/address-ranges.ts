import type { NetworkFacts } from '../../facts-preflight.ts';
import { count } from '../../../model/units.ts';
import { defineCheck, fine, refusal } from './check.ts';
import { overlap, parseRange, subdivide, type Range } from './ipv4.ts';

/** Where Docker takes networks from when nobody says otherwise (its ipamutils package): 31 in all. */
const DOCKER_DEFAULTS = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
] as const;

export const addressRanges = defineCheck({
  name: 'address-ranges',
  proves: 'Docker has a free address range for each network of the platform.',
  fails: 'fewer free ranges than networks that are still to be made',
  codes: ['FW-NETWORK-RANGES'],
  remedy:
    '--set network.subnet=10.77.0.0/24; docker network prune; "default-address-pools" in /etc/docker/daemon.json',
  purposes: ['install', 'upgrade'],
  needs: ['networks', 'engine'],
  analyse({ networks, engine }, { catalog }) {
    const { missing } = networks;
    if (missing.length === 0) return fine('every network of the platform exists');
    const { subnet } = catalog.context.config.network;
    if (subnet !== undefined)
      return fine(
        `${count(missing.length, 'network has its', 'networks have their')} part of ${subnet}`,
      );
    const free = freeRanges(networks, engine.addressPools, missing.length);
    const need = count(missing.length, 'network is to be made', 'networks are to be made');
    return free >= missing.length
      ? fine(`${need}, and Docker has ranges for them`)
      : refusal(
          'FW-NETWORK-RANGES',
          `${need}, but Docker has ${count(free, 'free address range', 'free address ranges')}`,
          'Name a range that is free: --set network.subnet=10.77.0.0/24   or remove networks nobody uses: docker network prune   or give Docker more ranges: "default-address-pools" in /etc/docker/daemon.json',
          [
            `taken by Docker networks: ${networks.docker.map(({ subnet }) => subnet).join(', ')}`,
            `routes of this server: ${networks.routes.map(({ subnet, device }) => `${subnet} (${device})`).join(', ')}`,
          ],
        );
  },
});

/** How many ranges Docker would find, counted no further than needed. It leaves out what the host routes itself. */
function freeRanges(
  { docker, routes, needed }: NetworkFacts,
  configured: readonly { readonly base: string; readonly size: number }[],
  enough: number,
): number {
  const taken = [
    ...docker.map(({ subnet }) => subnet),
    ...routes.map(({ subnet }) => subnet),
    ...needed.map(({ address }) => address),
  ].flatMap((text) => parseRange(text) ?? []);
  let free = 0;
  for (const { base, size } of configured.length > 0 ? configured : DOCKER_DEFAULTS) {
    const pool = parseRange(base);
    if (!pool) continue;
    for (const range of subdivide(pool, size)) {
      if (taken.some((other: Range) => overlap(range, other))) continue;
      free += 1;
      if (free === enough) return free;
    }
  }
  return free;
}
