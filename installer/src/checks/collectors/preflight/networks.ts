import { usedNetworks } from '../../../catalog/networks.ts';
import type { NetworkFacts } from '../../facts-preflight.ts';
import type { PreflightView } from './view.ts';

export async function collectNetworks(view: PreflightView): Promise<NetworkFacts> {
  const { docker, engineProbes, files, machine } = view.ports;
  await view.fact('engine');
  const [all, own, table, servers] = await Promise.all([
    engineProbes.networks(),
    docker.networks(view.catalog.context.config.project),
    files.readText('/proc/net/route').catch(() => undefined),
    machine.nameServers(),
  ]);
  const devices = new Set(all.map(({ device }) => device));
  const routes = parseRoutes(table ?? '');
  return {
    docker: all.flatMap(({ name, subnets }) =>
      subnets.filter(isIpv4).map((subnet) => ({ name, subnet })),
    ),
    missing: usedNetworks(view.catalog.workloads)
      .map(({ name }) => name)
      .filter((name) => !own.includes(name)),
    routes: routes
      .filter(({ subnet, device }) => subnet !== '0.0.0.0/0' && !devices.has(device))
      .map(({ subnet, device }) => ({ subnet, device })),
    needed: [
      ...routes.flatMap(({ subnet, gateway }) =>
        subnet === '0.0.0.0/0' && gateway !== '0.0.0.0'
          ? [{ address: gateway, use: 'gateway' }]
          : [],
      ),
      ...servers
        .filter((server) => isIpv4(server) && !server.startsWith('127.'))
        .map((address) => ({ address, use: 'name server' })),
    ],
  };
}

const isIpv4 = (text: string): boolean => /^[\d./]+$/.test(text);

type Route = { readonly device: string; readonly subnet: string; readonly gateway: string };

/** /proc/net/route: addresses as the bytes of the machine in hexadecimal, the lowest first on both of ours. */
export function parseRoutes(table: string): Route[] {
  return table.split('\n').flatMap((line) => {
    const [device, destination, gateway, , , , , mask] = line.split(/\s+/);
    if (device === undefined || destination === undefined || gateway === undefined) return [];
    if (mask === undefined || !/^[0-9A-F]{8}$/i.test(destination)) return [];
    const bits = Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
    return [{ device, subnet: `${dotted(destination)}/${bits}`, gateway: dotted(gateway) }];
  });
}

const dotted = (hex: string): string =>
  [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
