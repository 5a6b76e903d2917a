import { shellWord } from '../../../model/shell.ts';
import { defineCheck, doubt, fine, refusal } from './check.ts';
import { hasTlsFiles } from './tls-files.ts';

/** What browsers refuse below (CA/Browser Forum Baseline Requirements 6.1.5). */
const RSA_BITS = 2048;
const CURVE_BITS = 256;

export const tlsKey = defineCheck({
  name: 'tls-key',
  proves: 'The private key is that of the certificate, and strong enough for browsers.',
  warns: 'a kind of key that browsers do not take (neither RSA nor an elliptic curve)',
  fails: `another certificate's key, RSA below ${RSA_BITS} bits, or a curve below ${CURVE_BITS}`,
  codes: ['FW-TLS-KEY-MISMATCH', 'FW-TLS-WEAK'],
  remedy: 'openssl pkey -in KEY -pubout | diff - <(openssl x509 -in FILE -noout -pubkey)',
  purposes: ['install', 'upgrade'],
  needs: ['tls'],
  applies: hasTlsFiles,
  analyse({ tls: { chain, keyOf, keyFile, certificateFile } }) {
    const own = chain[keyOf];
    if (!own)
      return refusal(
        'FW-TLS-KEY-MISMATCH',
        `${keyFile} is not the key of ${chain[0]?.subject ?? 'the certificate'}`,
        `Compare: openssl pkey -in ${shellWord(keyFile)} -pubout   openssl x509 -in ${shellWord(certificateFile)} -noout -pubkey   the first certificate of the file must be the server's own`,
      );
    const { type, bits } = own.key;
    const shown = `${type}${bits === undefined ? '' : ` ${bits}`}`;
    if (type !== 'rsa' && type !== 'ec')
      return doubt(
        `the key is of type ${shown}, which browsers do not take`,
        'Have a certificate made for an RSA key of 2048 bits or a P-256 key',
      );
    return bits !== undefined && bits < (type === 'rsa' ? RSA_BITS : CURVE_BITS)
      ? refusal(
          'FW-TLS-WEAK',
          `the key is ${shown}; browsers refuse it`,
          'Have a certificate made for an RSA key of 2048 bits or a P-256 key',
        )
      : fine(`${shown}, and it belongs to the certificate`);
  },
});
