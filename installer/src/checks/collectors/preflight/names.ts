import type { DnsFacts, HostNameFacts } from '../../facts-preflight.ts';
import type { PreflightView } from './view.ts';

export async function collectDns({ ports }: PreflightView): Promise<DnsFacts> {
  const servers = await ports.machine.nameServers();
  return { servers, answers: servers.length > 0 && (await ports.machine.nameServerAnswers()) };
}

export async function collectHostName({ ports, catalog }: PreflightView): Promise<HostNameFacts> {
  const { name } = catalog.context.config.host;
  const [resolved, own] = await Promise.all([
    ports.machine.resolve(name),
    ports.machine.addresses(),
  ]);
  return { name, resolved, own };
}
