import { isAddress, isLoopback, isPrivateAddress } from './external-postgres.ts';
import { isInsideName } from './inside-name.ts';

/**
 * What an address that alerts are sent to looks like. It is as much as leaves the function that reads a secret file:
 * the address itself lets whoever has it write to the receiver.
 */
export type TargetForm =
  /** Encrypted. */
  | 'https'
  /** Not encrypted, to a private address or a name of the firm's own network. */
  | 'http-inside'
  /** Not encrypted, over the internet. */
  | 'http-public'
  /** The container of Alertmanager itself. */
  | 'loopback'
  | 'none';

/** Of one line of text, without what stands around it. Judged as a URL parser understands it: `127.1` is `127.0.0.1`. */
export function targetForm(text: string): TargetForm {
  if (/\s/.test(text) || !/^https?:\/\//i.test(text)) return 'none';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'none';
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isLoopback(host) || /(^|\.)localhost$/i.test(host) || /^::ffff:7f/i.test(host))
    return 'loopback';
  if (url.protocol === 'https:') return 'https';
  return isInside(host) ? 'http-inside' : 'http-public';
}

const isInside = (host: string): boolean =>
  isAddress(host) ? isPrivateAddress(host) : !host.includes('.') || isInsideName(host);
