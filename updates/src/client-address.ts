import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';

const OWN = new BlockList();
OWN.addSubnet('127.0.0.0', 8);
OWN.addAddress('::1', 'ipv6');
/** As the edge takes them: from elsewhere it believes nobody what is said of others. */
const PRIVATE = new BlockList();
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(net, bits);
PRIVATE.addSubnet('fc00::', 7, 'ipv6');

const isIn = (list: BlockList, address: string): boolean =>
  list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

export type Asking = {
  /** Who reached the edge: written by the edge itself, so that nobody can make it up. */
  readonly peer: string;
  /** For whom it says it asks, where it may be a load balancer; otherwise the same. */
  readonly client: string;
};

/**
 * Who asks. What stands first in X-Forwarded-For is whatever the client wrote: only its last hops were written by ours.
 * The edge itself is among them (its inner door), and with TLS it drops what it was sent. Without TLS one hop before it
 * may be a load balancer, whose word counts for one address more.
 */
export function whoAsks({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): Asking {
  const forwarded = [headers['x-forwarded-for'] ?? ''].flat().join(',').split(',');
  const hops = forwarded.map((hop) => hop.trim()).filter((hop) => hop !== '');
  while (isIn(OWN, hops.at(-1) ?? '')) hops.pop();
  const peer = hops.at(-1) ?? socket.remoteAddress ?? '';
  const client = isIn(PRIVATE, peer) ? (hops.at(-2) ?? peer) : peer;
  return { peer, client };
}
