import { shellWord } from '../../../model/shell.ts';
import { defineCheck, fine, refusal } from './check.ts';
import { hasTlsFiles } from './tls-files.ts';

export const tlsName = defineCheck({
  name: 'tls-name',
  proves: 'The certificate is for host.name.',
  fails: 'host.name is none of its alternative names',
  codes: ['FW-TLS-NAME'],
  remedy:
    'openssl x509 -in FILE -noout -ext subjectAltName; factsway-install install --set host.name=NAME',
  purposes: ['install', 'upgrade'],
  needs: ['tls'],
  applies: hasTlsFiles,
  analyse({ tls: { chain, keyOf, certificateFile } }, { catalog }) {
    const { name } = catalog.context.config.host;
    // Where the certificate of the key is not the first, the order is wrong, and tls-chain says so.
    const names = chain[Math.max(0, keyOf)]?.names ?? [];
    const match = names.find((pattern) => covers(pattern, name));
    return match === undefined
      ? refusal(
          'FW-TLS-NAME',
          `host.name is ${name}, the certificate is for ${names.length === 0 ? 'no name at all' : names.join(', ')}`,
          `Have one made for ${name}, or use the name it has: --set host.name=NAME   what it says: openssl x509 -in ${shellWord(certificateFile)} -noout -ext subjectAltName`,
        )
      : fine(`for ${match}`);
  },
});

/** RFC 6125: a star stands for one whole label, the first. */
function covers(pattern: string, name: string): boolean {
  const [left, right] = [pattern.toLowerCase(), name.toLowerCase()];
  if (left === right) return true;
  const rest = right.indexOf('.');
  return left.startsWith('*.') && rest > 0 && right.slice(rest) === left.slice(1);
}
