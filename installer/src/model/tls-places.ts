/** Where a certificate that was brought in lives in the instance directory; relative to it. */
export const TLS_PLACES = {
  /** Public halves, and the line of the Caddyfile that names the pair in use. */
  chains: 'config/edge/tls',
  current: 'config/edge/tls/current.caddy',
  keys: 'secrets/edge-tls',
} as const;

/** The same, as the edge sees it. */
export const TLS_MOUNTS = { chains: '/etc/caddy/tls', keys: '/run/edge-tls' } as const;

export const chainPath = (id: string): string => `${TLS_PLACES.chains}/${id}.crt`;
export const keyPath = (id: string): string => `${TLS_PLACES.keys}/${id}.key`;

/** The one line that switches from pair to pair: a rename of this file is the whole of it. */
export const currentLine = (id: string): string =>
  `# Written by factsway-install when it brought the certificate in; another one is another line.\ntls ${TLS_MOUNTS.chains}/${id}.crt ${TLS_MOUNTS.keys}/${id}.key\n`;

const PAIR_ID = /^tls \S+\/([0-9a-f]{16})\.crt \S+\/\1\.key$/m;

/** The pair a `current.caddy` names. */
export const idIn = (line: string): string | undefined => PAIR_ID.exec(line)?.[1];
