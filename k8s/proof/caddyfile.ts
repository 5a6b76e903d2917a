import { same } from './leaves.ts';

/** A line of a Caddyfile and what stands between its braces. */
export type Block = { readonly line: string; readonly inside: readonly Block[] };

/**
 * A Caddyfile as a tree, without comments.
 * @throws Error where braces do not match
 */
export function parseCaddyfile(text: string): Block[] {
  const open: { line: string; inside: Block[] }[] = [{ line: '', inside: [] }];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    if (line === '}') {
      const done = open.pop();
      if (!done || open.length === 0)
        throw new Error('a Caddyfile closes a brace it has not opened');
      open.at(-1)?.inside.push(done);
    } else if (line === '{' || line.endsWith(' {'))
      open.push({ line: line.slice(0, -1).trim(), inside: [] });
    else open.at(-1)?.inside.push({ line, inside: [] });
  }
  const [file, ...rest] = open;
  if (!file || rest.length > 0) throw new Error('a Caddyfile leaves a brace open');
  return file.inside;
}

export const line = (text: string, ...inside: readonly Block[]): Block => ({ line: text, inside });
export const lines = (...texts: readonly string[]): Block[] => texts.map((text) => line(text));

const PLATFORM = line('import platform');
const TRUSTED = line('trusted_proxies private_ranges');
/** What holds of every way to a service, and how it is taken up. */
const SERVICE = '(service)';
const OF_SERVICES = line('import service');
const WRONG_NAME = line(
  'https://',
  ...lines(
    'log',
    'header -Server',
    'header Content-Type application/json',
    'respond `{"error":{"code":"421","message":"This server is reached by its own name only."}}` 421',
  ),
);
const ROOT_CERTIFICATE = line(
  'handle /factsway-root.crt',
  ...lines(
    'rewrite * /root.crt',
    'root * /data/caddy/pki/authorities/local',
    'header Content-Type application/x-x509-ca-cert',
    'file_server',
  ),
);

type Mode = 'internal' | 'provided' | 'acme';

/**
 * What the Caddyfile of Compose becomes where TLS ends in front of the proxy: plain HTTP takes the place of HTTPS and
 * of the way to it, and whoever ends TLS is believed who the client is. Nothing where what it says of TLS is not, word
 * for word, one of the ways of the product.
 * @param host the name the platform is reached by
 */
export function withTlsInFront(file: readonly Block[], host: string): Block[] | undefined {
  const [options, ...rest] = file;
  const site = rest.find((one) => one.line === `https://${host}`);
  const plain = rest.find((one) => one.line === 'http://');
  if (!options || !plain) return undefined;
  if (!site) return [options, ...rest];
  const mode = modeOf(site);
  if (
    !mode ||
    !same(
      rest.filter((one) => one.line === 'https://'),
      [WRONG_NAME],
    )
  )
    return undefined;
  if (!isRedirect(plain, mode)) return undefined;
  const own = optionsWithoutTls(options, mode, host);
  if (!own) return undefined;
  return [
    own,
    ...rest
      .filter((one) => one !== site && one.line !== 'https://')
      .map((one) =>
        one === plain
          ? line('http://', PLATFORM)
          : [SERVICE, '(platform)'].includes(one.line)
            ? trusting(one)
            : one,
      ),
  ];
}

function modeOf({ inside }: Block): Mode | undefined {
  const [first, second, ...others] = inside;
  if (!first || !same(second, PLATFORM) || others.length > 0) return undefined;
  if (same(first, line('tls internal'))) return 'internal';
  if (same(first, line('import tls/current.caddy'))) return 'provided';
  const authority = first.inside.every((one) => /^ca https:\/\/[\w./:-]+\w$/.test(one.line));
  return /^tls [\w.+-]+@[\w.-]+\w$/.test(first.line) && first.inside.length < 2 && authority
    ? 'acme'
    : undefined;
}

const isRedirect = ({ inside }: Block, mode: Mode): boolean => {
  const wanted = mode === 'internal' ? [ROOT_CERTIFICATE] : [];
  const redirect = inside.at(-1);
  return (
    same(inside.slice(0, -1), wanted) &&
    redirect?.line === 'handle' &&
    redirect.inside.length === 2 &&
    same(redirect.inside[0], line('header -Server')) &&
    /^redir https:\/\/\{host\}(:\d{1,5})?\{uri\} 308$/.test(redirect.inside[1]?.line ?? '')
  );
};

function optionsWithoutTls(options: Block, mode: Mode, host: string): Block | undefined {
  const tls = [
    ...lines(
      ...(mode === 'provided'
        ? ['auto_https off', 'ocsp_stapling off']
        : ['auto_https disable_redirects']),
      `default_sni ${host}`,
      'skip_install_trust',
    ),
  ];
  const start = options.inside.findIndex((one) => same(one, tls[0]));
  if (start < 0 || !same(options.inside.slice(start, start + tls.length), tls)) return undefined;
  return {
    ...options,
    inside: [
      ...options.inside.slice(0, start),
      line('auto_https off'),
      ...options.inside.slice(start + tls.length),
    ],
  };
}

/**
 * Whoever ends TLS in front is believed who the client is, which a proxy without TLS does already: said once for all
 * services, and by each proxy that does not take up what is said of these.
 */
function trusting(one: Block): Block {
  if (one.line === SERVICE) return { ...one, inside: [TRUSTED, ...one.inside] };
  const inside = one.inside.map(trusting);
  const isOwn =
    one.line.startsWith('reverse_proxy ') && !inside.some((part) => same(part, OF_SERVICES));
  return { ...one, inside: isOwn ? [TRUSTED, ...inside] : inside };
}
