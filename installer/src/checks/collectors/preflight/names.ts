import type { DnsFacts, HostNameFacts, ProxyFacts } from '../../facts-preflight.ts';
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

const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

export async function collectProxy(view: PreflightView): Promise<ProxyFacts> {
  const set = await view.ports.machine.environment([
    ...NAMES,
    ...NAMES.map((name) => name.toLowerCase()),
  ]);
  const shell = Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = set[name] ?? set[name.toLowerCase()];
      return value === undefined ? [] : [[name, withoutPassword(value)]];
    }),
  );
  const engine = await view.fact('engine').catch(() => undefined);
  return {
    shell,
    engine: withoutPassword(engine?.proxy ?? ''),
    containers: withoutPassword(engine?.containerProxy ?? ''),
  };
}

/** The user and password of an address are nobody's business in a table. */
const withoutPassword = (address: string): string => address.replace(/\/\/[^/@]*@/, '//');
