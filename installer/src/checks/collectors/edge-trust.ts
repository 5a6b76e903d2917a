import { join } from 'node:path';
import { chainPath, idIn, TLS_PLACES } from '../../model/tls-places.ts';
import type { Files } from '../../ports/files.ts';
import type { HttpRequest } from '../../ports/http.ts';
import { certificatesOf } from './certificate-facts.ts';
import type { InstanceView } from './instance-view.ts';

export type EdgeTrust = {
  /** Whom a client has to trust, as the options of a request. */
  readonly options: Pick<HttpRequest, 'ca' | 'alsoTrust'>;
  /** sha256 of the certificate that should be served, where one was given. */
  readonly fingerprint?: string;
};

/**
 * Whom to trust at the front door: the edge's own authority, or those every client knows together with the chain
 * that was given. Of that chain not the server's own certificate: it would vouch for itself.
 */
export async function collectEdgeTrust({
  catalog,
  directory,
  files,
  rootCertificate,
}: Pick<InstanceView, 'catalog' | 'directory' | 'rootCertificate'> & {
  readonly files: Files;
}): Promise<EdgeTrust> {
  const { mode } = catalog.context.config.edge.tls;
  if (mode === 'off') return { options: {} };
  if (mode === 'internal')
    return { options: rootCertificate === undefined ? {} : { ca: rootCertificate } };
  if (mode === 'acme') return { options: { alsoTrust: '' } };
  const id = idIn((await files.readText(join(directory, TLS_PLACES.current))) ?? '');
  const chain = id === undefined ? undefined : await files.readText(join(directory, chainPath(id)));
  const [own, ...others] = certificatesOf(chain ?? '');
  if (!own) return { options: { alsoTrust: '' } };
  const given = own.checkIssued(own) ? [own, ...others] : others;
  return {
    options: { alsoTrust: given.map((one) => one.toString()).join('') },
    fingerprint: own.fingerprint256,
  };
}
