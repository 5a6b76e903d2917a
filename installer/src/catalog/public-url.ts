import type { InstanceConfig } from '../model/config.ts';

/** Where users reach the platform, without a trailing slash; a default port is left out. */
export function publicUrl({ host, edge }: Pick<InstanceConfig, 'host' | 'edge'>): string {
  const secure = edge.tls.mode !== 'off';
  const port = secure ? edge.httpsPort : edge.httpPort;
  const suffix = port === (secure ? 443 : 80) ? '' : `:${port}`;
  return `${secure ? 'https' : 'http'}://${host.name}${suffix}`;
}
