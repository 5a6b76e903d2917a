import { FactswayError } from '../../../model/errors.ts';
import type { TlsFacts } from '../../facts-preflight.ts';
import { certificateFacts } from '../certificate-facts.ts';
import { collectCertificate } from '../certificate-pair.ts';
import type { PreflightView } from './view.ts';

/**
 * Certificate and key of the customer, taken apart. Where the files are gone, the copy brought in earlier. Throws
 * FW-TLS-FILE or FW-TLS-KEY-ENCRYPTED where the files are there and cannot be used.
 */
export async function collectTls({ catalog, directory, ports }: PreflightView): Promise<TlsFacts> {
  const found = await collectCertificate(catalog, directory, ports.files);
  if (!found)
    throw new FactswayError(
      'FW-TLS-FILE',
      'edge.tls names no certificate.',
      'Set edge.tls.certificateFile and edge.tls.keyFile.',
    );
  const { pair, problem, absent } = found;
  if (problem && (!pair || !absent)) throw problem;
  if (!pair) throw new Error('a certificate that is neither there nor missing');
  return certificateFacts(pair, found);
}
