import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Authority, type Pair } from './certificates.ts';
import { STAGE, type Row, type World } from './hostile.ts';

const HOST = 'localhost';

/** A certificate of an authority made for the row, spoilt. */
const provided = (spoil: (authority: Authority) => Promise<Pair>) => async (): Promise<World> => {
  const authority = new Authority(join(STAGE, 'authority'));
  await authority.make();
  const { certificateFile, keyFile } = await spoil(authority);
  const key = await readFile(keyFile, 'utf8').catch(() => '');
  const lines = key.split('\n').filter((line) => line.length > 40);
  return {
    more: Object.entries({ mode: 'provided', certificateFile, keyFile }).flatMap(
      ([name, value]) => ['--set', `edge.tls.${name}=${value}`],
    ),
    secrets: lines,
  };
};
const row = (
  is: string,
  code: string,
  message: RegExp,
  hint: RegExp,
  spoil: (authority: Authority) => Promise<Pair>,
): Row => ({ is, code, exit: 3, message, hint, world: provided(spoil) });

/** What can be wrong with a certificate that a firm brings. */
export const CERTIFICATES: readonly Row[] = [
  row('an expired certificate', 'FW-TLS-EXPIRED', /expired/, /openssl x509|new/, (authority) =>
    authority.issue('expired', HOST, [-5, -1]),
  ),
  row(
    'a certificate that is not valid yet',
    'FW-TLS-NOT-YET-VALID',
    /not valid/,
    /date|openssl|clock/,
    (authority) => authority.issue('early', HOST, [2, 90]),
  ),
  row(
    'a certificate for another host name',
    'FW-TLS-NAME',
    /other\.example\.com/,
    /openssl x509|host\.name/,
    (authority) => authority.issue('other', 'other.example.com'),
  ),
  row('a key that does not match', 'FW-TLS-KEY-MISMATCH', /key/, /openssl/, async (authority) => ({
    ...(await authority.issue('one', HOST)),
    keyFile: (await authority.issue('two', HOST)).keyFile,
  })),
  row(
    'a key with a passphrase',
    'FW-TLS-KEY-ENCRYPTED',
    /passphrase/,
    /openssl pkey/,
    async (authority) => authority.encrypted(await authority.issue('one', HOST)),
  ),
  row(
    'a chain without its intermediate',
    'FW-TLS-CHAIN',
    /issued by Test Intermediate, but Test Root follows/,
    /cat|chain/,
    async (authority) => authority.withoutIntermediate(await authority.issue('one', HOST)),
  ),
  row(
    'a chain in the wrong order',
    'FW-TLS-CHAIN',
    /localhost, the server's own by its key, is certificate 2 of 2/,
    /cat server\.crt/,
    async (authority) => {
      const { certificateFile, keyFile } = await authority.issue('one', HOST);
      const [own = '', above = ''] = (await readFile(certificateFile, 'utf8')).split(
        /(?<=-----END CERTIFICATE-----\n)/,
      );
      const reversed = join(authority.directory, 'reversed.crt');
      await writeFile(reversed, `${above}${own}`);
      return { certificateFile: reversed, keyFile };
    },
  ),
  row(
    'a certificate file that is not there',
    'FW-TLS-FILE',
    /nowhere\.crt/,
    /ls -l|openssl/,
    async (authority) => ({
      ...(await authority.issue('one', HOST)),
      certificateFile: join(authority.directory, 'nowhere.crt'),
    }),
  ),
];
