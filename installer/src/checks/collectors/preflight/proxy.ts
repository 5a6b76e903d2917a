import type { ProxyAnswersFacts, ProxyFacts } from '../../facts-preflight.ts';
import type { PreflightView } from './view.ts';

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

/** Let's Encrypt, which Caddy asks where nothing else is said. */
const USUAL_AUTHORITY = 'acme-v02.api.letsencrypt.org';
/** RFC 6761: exists nowhere, so that nobody outside is asked; who wants a login says so first. */
const NOWHERE = 'factsway.invalid:443';

/** Each proxy of network.proxy is asked once, for what it is needed for if that is known. */
export async function collectProxyAnswers({
  catalog,
  ports,
}: PreflightView): Promise<ProxyAnswersFacts> {
  const { network, edge } = catalog.context.config;
  const { http, https } = network.proxy;
  const authority = edge.tls.mode === 'acme' ? authorityOf(edge.tls.acmeDirectory) : undefined;
  const questions = [
    ...(https === undefined
      ? []
      : [
          {
            key: 'network.proxy.https',
            proxy: https,
            method: 'CONNECT' as const,
            target: authority ?? NOWHERE,
            needed: authority !== undefined,
          },
        ]),
    ...(http === undefined || http === https
      ? []
      : [
          {
            key: 'network.proxy.http',
            proxy: http,
            method: 'GET' as const,
            target: NOWHERE,
            needed: false,
          },
        ]),
  ];
  return {
    asked: await Promise.all(
      questions.map(async (one) => ({ ...one, result: await ports.machine.askProxy(one) })),
    ),
  };
}

function authorityOf(directory: string | undefined): string {
  if (directory === undefined) return `${USUAL_AUTHORITY}:443`;
  const { hostname, port } = new URL(directory);
  return `${hostname}:${port === '' ? '443' : port}`;
}
