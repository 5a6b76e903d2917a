import type { InstanceConfig } from '../../../model/config.ts';
import { absentAddress } from '../absent-address.ts';
import { count } from '../../../model/units.ts';
import { defineCheck, fine, refusal } from './check.ts';

export const ports = defineCheck({
  name: 'ports',
  proves: 'Every port the platform publishes is free, or is its own already.',
  fails: 'another program listens on one, or edge.bind is an address of another server',
  codes: ['FW-PORT-IN-USE', 'FW-ADDRESS-ABSENT'],
  remedy: "ss -ltnp 'sport = :443'; factsway-install install --set edge.httpsPort=PORT",
  purposes: ['install', 'upgrade'],
  needs: ['ports'],
  analyse({ ports: { wanted, busy, absent } }, { catalog }) {
    const [elsewhere] = absent;
    if (elsewhere !== undefined) {
      const { found, remedy } = absentAddress(elsewhere);
      return refusal('FW-ADDRESS-ABSENT', found, remedy);
    }
    const [first] = busy;
    if (!first) return fine(count(wanted, 'port is free or ours', 'ports are free or ours'));
    const lines = busy.map(
      ({ port, bind, holder }) =>
        `port ${port} on ${bind} is taken by ${holder === '' ? 'another program' : holder}`,
    );
    const keys = busy.map(({ port }) => `--set ${keyOf(port, catalog.context.config)}=PORT`);
    return refusal(
      'FW-PORT-IN-USE',
      lines.join('; '),
      `See who holds it: ss -ltnp 'sport = :${first.port}'   stop that, or choose another: ${keys.join(' ')}`,
    );
  },
});

/** The setting that gives a port. */
function keyOf(port: number, { edge, monitoring }: InstanceConfig): string {
  const keys: Readonly<Record<number, string>> = {
    [edge.httpPort]: 'edge.httpPort',
    [edge.httpsPort]: 'edge.httpsPort',
    [monitoring.prometheusPort]: 'monitoring.prometheusPort',
    [monitoring.alertmanagerPort]: 'monitoring.alertmanagerPort',
  };
  return keys[port] ?? 'KEY';
}
