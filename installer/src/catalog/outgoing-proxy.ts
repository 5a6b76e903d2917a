import type { InstanceConfig } from '../model/config.ts';
import type { ConfigIssue } from '../model/config-rules.ts';
import type { Health, Reasoned, Workload } from '../model/workload.ts';
import { externalPostgres } from './database-access.ts';

/** In the order they are written. Programs differ in which case they read; curl reads http_proxy in lower case only. */
const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const;
type Name = (typeof NAMES)[number];
export type ProxyVariables = Readonly<Partial<Record<Name, string>>>;

/** The container itself: always asked directly. */
const SELF = ['localhost', '127.0.0.1', '::1'];

export const hasProxy = ({ network: { proxy } }: InstanceConfig): boolean =>
  proxy.http !== undefined || proxy.https !== undefined;

/**
 * What containers are told of network.proxy; undefined where there is none. `names` are those of the platform: a
 * request between its parts that went to the proxy would leave the server, or end there.
 */
export function proxyVariables(
  config: InstanceConfig,
  names: readonly string[],
): ProxyVariables | undefined {
  if (!hasProxy(config)) return undefined;
  const { proxy, subnet } = config.network;
  const spared = [
    ...SELF,
    ...names,
    config.host.name,
    externalPostgres(config)?.host,
    subnet,
    ...proxy.noProxy,
  ].filter((one) => one !== undefined);
  return {
    ...(proxy.http === undefined ? {} : { HTTP_PROXY: proxy.http }),
    ...(proxy.https === undefined ? {} : { HTTPS_PROXY: proxy.https }),
    NO_PROXY: [...new Set(spared)].join(','),
  };
}

/** A workload that speaks to the world outside, told of the proxy; any other as it was. */
export function throughProxy(workload: Workload, proxy: ProxyVariables | undefined): Workload {
  const { speaksOut, health } = workload;
  if (proxy === undefined || speaksOut === undefined) return workload;
  const reasons: Record<Name, string> = {
    HTTP_PROXY: `network.proxy: ${speaksOut}`,
    HTTPS_PROXY: `network.proxy: ${speaksOut}`,
    NO_PROXY: 'the platform itself is asked directly, and what network.proxy.noProxy names',
  };
  const given = NAMES.flatMap((name): [string, string | Reasoned<string>][] => {
    const value = proxy[name];
    if (value === undefined) return [];
    return [
      [name, { value, because: reasons[name] }],
      [name.toLowerCase(), value],
    ];
  });
  return {
    ...workload,
    environment: { ...workload.environment, ...Object.fromEntries(given) },
    ...(health ? { health: direct(health) } : {}),
  };
}

/** The wget of BusyBox takes http_proxy and knows no NO_PROXY: its question to the container itself would go there. */
function direct(health: Health): Health {
  const [program, ...rest] = health.argv;
  return program === 'wget' ? { ...health, argv: [program, '-Y', 'off', ...rest] } : health;
}

/** Variables that network.proxy decides, once it is there. */
export function proxyVariableIssues(config: InstanceConfig): ConfigIssue[] {
  if (!hasProxy(config)) return [];
  return NAMES.filter((name) => name in config.services.environment).map((name) => ({
    path: ['services', 'environment', name],
    message: 'is set by network.proxy for everybody who needs it',
    hint: `Remove it${name === 'NO_PROXY' ? '; network.proxy.noProxy takes what is to be spared' : ''}.`,
  }));
}

export function proxyNotes(config: InstanceConfig): string[] {
  return config.network.proxy.noProxy.length > 0 && !hasProxy(config)
    ? ['network.proxy.noProxy has no effect without network.proxy.http or network.proxy.https.']
    : [];
}
