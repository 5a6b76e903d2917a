import { count } from '../../../model/units.ts';
import { defineCheck, doubt, fine, refusal } from './check.ts';
import { overlap, parseRange } from './ipv4.ts';

export const addressCollisions = defineCheck({
  name: 'address-collisions',
  proves: "No network of Docker covers addresses of the server's own networks.",
  warns: 'a network of Docker overlaps a route of the server',
  fails:
    'a network of Docker covers the gateway or a name server, or one of the platform overlaps a route or another network',
  codes: ['FW-NETWORK-COLLISION'],
  remedy:
    '--set network.subnet=10.77.0.0/24; docker network rm NAME; "default-address-pools" in /etc/docker/daemon.json',
  purposes: ['install', 'upgrade'],
  needs: ['networks'],
  analyse({ networks: { docker: there, routes, needed } }, { catalog }) {
    const { project, network } = catalog.context.config;
    // What is to be made counts as if it were there: it will be.
    const planned =
      network.subnet === undefined ? [] : [{ name: `${project}_…`, subnet: network.subnet }];
    const docker = [...there, ...planned];
    const ours = `${project}_`;
    const meets = (left: string, right: string): boolean => {
      const [a, b] = [parseRange(left), parseRange(right)];
      return a !== undefined && b !== undefined && overlap(a, b);
    };
    const hidden = docker.flatMap(({ name, subnet }) =>
      needed
        .filter(({ address }) => meets(subnet, address))
        .map(({ address, use }) => `network ${name} (${subnet}) covers the ${use} ${address}`),
    );
    const crossed = docker.flatMap(({ name, subnet }) =>
      routes
        .filter((route) => meets(subnet, route.subnet))
        .map((route) => ({
          name,
          line: `network ${name} (${subnet}) overlaps ${route.subnet} on ${route.device}`,
        })),
    );
    const shared = there.flatMap(({ name, subnet }) =>
      planned
        .filter((one) => !name.startsWith(ours) && meets(subnet, one.subnet))
        .map((one) => `network ${name} (${subnet}) has addresses of network.subnet ${one.subnet}`),
    );
    const lines = [...hidden, ...shared, ...crossed.map(({ line }) => line)];
    const [first] = lines;
    if (first === undefined)
      return fine(
        `${count(there.length, 'network', 'networks')} of Docker, none over the server's own`,
      );
    const remedy =
      'Name another range for those of the platform: --set network.subnet=10.77.0.0/24   or make that network anew in another range: docker network rm NAME   and set "default-address-pools" in /etc/docker/daemon.json';
    return hidden.length + shared.length > 0 || crossed.some(({ name }) => name.startsWith(ours))
      ? refusal('FW-NETWORK-COLLISION', first, remedy, lines.slice(1))
      : doubt(first, remedy, lines.slice(1));
  },
});
