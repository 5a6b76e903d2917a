import type { Catalog } from '../../../catalog/catalog.ts';
import { tlsFiles } from '../../../catalog/tls-files.ts';
import { count } from '../../../model/units.ts';
import { defineCheck, doubt, fine } from './check.ts';
import { shellWord } from '../../../model/shell.ts';

export const hasTlsFiles = (catalog: Catalog): boolean => tlsFiles(catalog) !== undefined;

export const tlsFilesCheck = defineCheck({
  name: 'tls-files',
  proves:
    'The files of certificate and key can be read and hold what they should; the key is private.',
  warns: 'others than the owner may read the key',
  fails: 'missing, unreadable, or no certificate and no unencrypted key in PEM',
  codes: ['FW-TLS-FILE', 'FW-TLS-KEY-ENCRYPTED'],
  remedy: 'openssl x509 -in FILE -noout -text; chmod 600 KEY',
  purposes: ['install', 'upgrade'],
  needs: ['tls'],
  answersFor: 'tls',
  applies: hasTlsFiles,
  analyse({ tls: { chain, keyFile, keyMode } }) {
    return (keyMode & 0o044) === 0
      ? fine(`${count(chain.length, 'certificate', 'certificates')} and a private key`)
      : doubt(
          `${keyFile} can be read by others (${keyMode.toString(8).padStart(4, '0')})`,
          `Close it: chmod go= ${shellWord(keyFile)}`,
        );
  },
});
