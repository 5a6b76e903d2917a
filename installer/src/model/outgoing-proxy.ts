import * as z from 'zod';
import { isLoopback } from './external-postgres.ts';
import { subnetLike } from './subnet.ts';

type Problem = { readonly message: string; readonly hint: string };

/** For editors, which have no function to judge with: a scheme, a host, perhaps a port, and no login. */
const PROXY = /^https?:\/\/[^\s/?#@]+$/;
const NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9_-]{0,62})(\.[a-z0-9][a-z0-9_-]{0,62})*$/i;
const IPV6 = /^[0-9a-f]*:[0-9a-f:.]*$/i;
const EXAMPLE = 'http://proxy.example.com:3128';

/**
 * What is wrong with the address of a proxy, as the rest of a sentence, and what to do. The address itself is in
 * neither: it may hold a password.
 */
export function proxyProblem(text: string): Problem | undefined {
  if (text.includes('@'))
    return {
      message:
        'holds a login, and everyone who may run "docker inspect" can read what containers are given',
      hint: 'Leave out the user and the password: have the proxy let this server in by its address, or run a relay on this server that knows the password, listening where containers reach it, and name that.',
    };
  const [, host, port] = /^https?:\/\/(\[[^\]]*\]|[^:/?#\s]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (!/^https?:\/\//.test(text))
    return {
      message: 'must begin with http:// or https://',
      hint: `Write it like ${EXAMPLE}; https:// only where the proxy itself speaks TLS.`,
    };
  if (host === undefined)
    return {
      message: 'must be a scheme, a host and perhaps a port, with nothing behind them',
      hint: `Write it like ${EXAMPLE}, without a path.`,
    };
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535))
    return { message: 'has a port that does not exist', hint: 'Use one from 1 to 65535.' };
  const address = hostOf(text);
  if (address === undefined || !(NAME.test(host) || /^\[.*\]$/.test(host)))
    return { message: 'names no host', hint: `Write it like ${EXAMPLE}.` };
  if (isLoopback(address) || /(^|\.)localhost$/i.test(address))
    return {
      message: 'is the container itself when a container asks for it',
      hint: 'Give the name or address under which other machines reach the proxy, and let it listen there.',
    };
  return undefined;
}

/** Host of a proxy's address, as a URL parser understands it: `127.1` is `127.0.0.1`; undefined where it is none. */
function hostOf(url: string): string | undefined {
  try {
    const { hostname } = new URL(url);
    const bare = hostname.replace(/^\[|\]$/g, '');
    return /^::ffff:7f/i.test(bare) ? '127.0.0.1' : bare;
  } catch {
    return undefined;
  }
}

/** What is wrong with an entry of noProxy: neither a name, a suffix of names, an address nor a range of them. */
export function noProxyProblem(text: string): Problem | undefined {
  if (NAME.test(text.replace(/^\./, '')) && !/^[\d.]+$/.test(text)) return undefined;
  if (isAddressOrRange(text)) return undefined;
  const hint = text.startsWith('*')
    ? 'Write a suffix with a dot and no star: .firm.example; where nothing goes through the proxy, leave out network.proxy.'
    : 'Write a name (files.firm.example), a suffix (.firm.example), an address (10.0.0.5) or a range (10.0.0.0/8), one for each entry, without scheme and port.';
  return { message: 'must be a host name, a suffix, an address or a range', hint };
}

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  if (rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return false;
  if (subnetLike(`${address}/${bits ?? 32}`)) return true;
  return (
    IPV6.test(address) && hostOf(`http://[${address}]`) !== undefined && Number(bits ?? 0) <= 128
  );
}

const judged = (judge: (value: string) => Problem | undefined) =>
  z.string().superRefine((value, context) => {
    const problem = judge(value);
    if (!problem) return;
    const { message, hint } = problem;
    context.addIssue({ code: 'custom', message, params: { hint } });
  });
const address = (what: string) =>
  judged(proxyProblem).meta({ pattern: PROXY.source }).optional().describe(what);

/** `network.proxy`: for a server that reaches the internet only through a proxy. */
export const proxyConfig = z.strictObject({
  http: address(
    'Proxy for http:// addresses outside, such as http://proxy.example.com:3128, without a login. Without it those are asked for directly.',
  ),
  https: address(
    'Proxy for https:// addresses outside: mostly the same one, and itself mostly http://. Without it those are asked for directly.',
  ),
  noProxy: z
    .array(judged(noProxyProblem))
    .default([])
    .describe(
      'What is asked for directly besides the platform itself: names, suffixes (.firm.example), addresses and ranges (10.0.0.0/8).',
    ),
});
