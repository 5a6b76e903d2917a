import { defineCheck, doubt, fine } from './check.ts';

const LOCAL = /^(.+\.)?localhost$/i;
const LOOPBACK = /^(127\.|::1$)/;

export const hostName = defineCheck({
  name: 'host-name',
  proves: 'The name of host.name leads to this server.',
  warns:
    'it does not resolve, or to other addresses than those of this server (right behind a load balancer)',
  codes: [],
  remedy: 'A DNS record for host.name: getent hosts NAME',
  purposes: ['install'],
  needs: ['hostName'],
  analyse({ hostName: { name, resolved, own } }) {
    if (LOCAL.test(name)) return fine(`${name}: for this server alone, nobody else can use it`);
    const reachable = own.filter((address) => !LOOPBACK.test(address));
    const here = reachable.length > 0 ? `; this server has ${reachable.join(', ')}` : '';
    const look = `Look it up: getent hosts ${name}   and have a DNS record made that leads here`;
    if (resolved.length === 0) return doubt(`${name} does not resolve${here}`, look);
    if (resolved.some((address) => reachable.includes(address)))
      return fine(`${name} is ${resolved.join(', ')}, an address of this server`);
    if (resolved.every((address) => LOOPBACK.test(address)))
      return doubt(
        `${name} is ${resolved.join(', ')} in /etc/hosts of this server: where others find it cannot be told`,
        `Ask another machine: getent hosts ${name}   and when it leads here: --skip-check host-name`,
      );
    return doubt(
      `${name} is ${resolved.join(', ')}${here}`,
      `${look}; behind a load balancer or NAT that is right: --skip-check host-name`,
    );
  },
});
