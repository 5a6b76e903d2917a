/** Where the images of Docker Hub really are. */
const HUB = 'registry-1.docker.io';

/** Registry of an image reference as Docker reads it: the first part, where it can be a host. */
export function registryHost(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}

/** Whether the engine speaks to it without TLS: listed by host, by an address range, or on this machine. */
export function isInsecure(host: string, listed: readonly string[]): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name.startsWith('127.') || listed.includes(host);
}

/** The address every registry answers at (distribution specification, "/v2/"). */
export const registryAddress = (host: string, insecure: boolean): string =>
  `${insecure ? 'http' : 'https'}://${host === 'docker.io' ? HUB : host}/v2/`;
