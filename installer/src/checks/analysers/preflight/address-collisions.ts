import { count, defineCheck, doubt, fine, refusal } from './check.ts';
import { overlap, parseRange } from './ipv4.ts';

export const addressCollisions = defineCheck({
  name: 'address-collisions',
  proves: "No network of Docker covers addresses of the server's own networks.",
  warns: 'a network of Docker overlaps a route of the server',
  fails:
    'a network of Docker covers the gateway or a name server, or one of the platform overlaps a route',
  codes: ['FW-NETWORK-COLLISION'],
  remedy:
    'factsway-install down; docker network rm NAME; "default-address-pools" in /etc/docker/daemon.json',
  purposes: ['install', 'upgrade'],
  needs: ['networks'],
  analyse({ networks: { docker, routes, needed } }, { catalog }) {
    const ours = `${catalog.context.config.project}_`;
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
    const lines = [...hidden, ...crossed.map(({ line }) => line)];
    const [first] = lines;
    if (first === undefined)
      return fine(
        `${count(docker.length, 'network', 'networks')} of Docker, none over the server's own`,
      );
    const remedy =
      'Make that network anew in another range: docker network rm NAME   and set "default-address-pools" in /etc/docker/daemon.json';
    return hidden.length > 0 || crossed.some(({ name }) => name.startsWith(ours))
      ? refusal('FW-NETWORK-COLLISION', first, remedy, lines.slice(1))
      : doubt(first, remedy, lines.slice(1));
  },
});
