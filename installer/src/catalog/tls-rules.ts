import type { InstanceConfig } from '../model/config.ts';
import type { ConfigIssue } from '../model/config-rules.ts';
import { isInsideName } from '../model/inside-name.ts';
import type { TlsConfig } from '../model/tls-config.ts';

const KEYS = {
  internal: [],
  provided: ['certificateFile', 'keyFile'],
  acme: ['email', 'acmeDirectory'],
  off: [],
} as const satisfies Record<TlsConfig['mode'], readonly (keyof TlsConfig)[]>;
const REQUIRED = {
  certificateFile: 'edge.tls.certificateFile=/etc/ssl/factsway/chain.crt',
  keyFile: 'edge.tls.keyFile=/etc/ssl/factsway/server.key',
  email: 'edge.tls.email=admin@example.com',
} as const;
const ADDRESS = /^[\d.]+$/;

/** What a mode of TLS needs. For a whole configuration: of `--set` alone half is missing. */
export function tlsRules({ host, edge: { tls } }: InstanceConfig): ConfigIssue[] {
  const mode = tls.mode;
  const used: readonly string[] = KEYS[mode];
  const missing = Object.entries(REQUIRED).filter(
    ([key]) => used.includes(key) && tls[key as keyof typeof REQUIRED] === undefined,
  );
  return [
    ...missing.map(([key, example]) => ({
      path: ['edge', 'tls', key],
      message: `is needed with edge.tls.mode ${mode}`,
      hint: `Set it: --set ${example}`,
    })),
    ...(mode === 'acme' ? publicName(host.name) : []),
  ];
}

/** What a person should know: keys of another mode wait there for the day it is chosen again. */
export function tlsNotes({ edge: { tls, httpPort, httpsPort } }: InstanceConfig): string[] {
  const used: readonly string[] = KEYS[tls.mode];
  const idle = Object.values(KEYS)
    .flat()
    .filter((key) => !used.includes(key) && tls[key] !== undefined);
  return [
    ...idle.map((key) => `edge.tls.${key} has no effect with edge.tls.mode ${tls.mode}.`),
    ...(tls.mode === 'acme' && httpPort !== 80 && httpsPort !== 443
      ? [
          `The authority asks on port 80 or 443 of the public address; what is published here is ${httpPort} and ${httpsPort}: something in front has to pass one of them on.`,
        ]
      : []),
  ];
}

function publicName(name: string): ConfigIssue[] {
  const problem = ADDRESS.test(name)
    ? 'is an address'
    : isInsideName(name)
      ? 'is known inside of a network only'
      : name.includes('.')
        ? undefined
        : 'is a name without a domain';
  if (problem === undefined) return [];
  return [
    {
      path: ['host', 'name'],
      message: `${problem}: no public authority gives a certificate for it (edge.tls.mode acme)`,
      hint: 'Use the name under which the internet knows this server, such as factsway.example.com, or edge.tls.mode internal.',
    },
  ];
}
