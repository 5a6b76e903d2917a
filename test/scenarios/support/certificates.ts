import { execa } from 'execa';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const CONFIG = `[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:true
`;
const day = (offset: number): string =>
  `${new Date(Date.now() + offset * 86_400_000).toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`;

export type Pair = { readonly certificateFile: string; readonly keyFile: string };

/** An authority as a firm has it: a root, an intermediate, and certificates of servers signed by the latter. */
export class Authority {
  readonly directory: string;
  /** What clients have to trust. */
  readonly rootFile: string;

  constructor(directory: string) {
    this.directory = directory;
    this.rootFile = join(directory, 'root.crt');
  }

  async make(): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await writeFile(join(this.directory, 'ca.cnf'), CONFIG);
    await writeFile(join(this.directory, 'index.txt'), '');
    await this.#request('root', 'Test Root');
    const self = ['-selfsign', '-keyfile', 'root.key', '-extensions', 'authority'];
    await this.#sign('root', self, [-10, 3650]);
    await this.#request('intermediate', 'Test Intermediate');
    const byRoot = ['-cert', 'root.crt', '-keyfile', 'root.key', '-extensions', 'authority'];
    await this.#sign('intermediate', byRoot, [-10, 1000]);
  }

  /** Certificate with chain, and key, for one name; valid from and until so many days from now. */
  async issue(
    file: string,
    name: string,
    days: readonly [number, number] = [-1, 90],
  ): Promise<Pair> {
    await this.#request(file, name, ['-addext', `subjectAltName=DNS:${name}`]);
    const by = ['-cert', 'intermediate.crt', '-keyfile', 'intermediate.key'];
    await this.#sign(file, by, days);
    const [own, intermediate] = await Promise.all(
      [`${file}.crt`, 'intermediate.crt'].map((one) => readFile(join(this.directory, one), 'utf8')),
    );
    const certificateFile = join(this.directory, `${file}-chain.crt`);
    await writeFile(certificateFile, `${own ?? ''}${intermediate ?? ''}`);
    return { certificateFile, keyFile: join(this.directory, `${file}.key`) };
  }

  /** Certificate with chain for a request in DER, for the names it asks for. */
  async signRequest(der: Buffer): Promise<string> {
    await writeFile(join(this.directory, 'asked.der'), der);
    const by = ['-CA', 'intermediate.crt', '-CAkey', 'intermediate.key', '-CAcreateserial'];
    const files = ['-inform', 'DER', '-in', 'asked.der', '-out', 'asked.crt'];
    await this.#openssl('x509', '-req', ...files, ...by, '-days', '90', '-copy_extensions', 'copy');
    const chain = await Promise.all(
      ['asked.crt', 'intermediate.crt'].map((one) => readFile(join(this.directory, one), 'utf8')),
    );
    return chain.join('');
  }

  /** The server's own certificate and then the root: what clients cannot follow. */
  async withoutIntermediate({ keyFile, certificateFile }: Pair): Promise<Pair> {
    const own = (await readFile(certificateFile, 'utf8')).split(
      /(?<=-----END CERTIFICATE-----\n)/,
    )[0];
    const broken = join(this.directory, 'broken-chain.crt');
    await writeFile(broken, `${own ?? ''}${await readFile(this.rootFile, 'utf8')}`);
    return { certificateFile: broken, keyFile };
  }

  async encrypted({ keyFile, certificateFile }: Pair): Promise<Pair> {
    const out = join(this.directory, 'encrypted.key');
    const cipher = ['-aes256', '-passout', 'pass:test'];
    await this.#openssl('pkey', '-in', keyFile, '-out', out, ...cipher);
    return { certificateFile, keyFile: out };
  }

  #request(file: string, name: string, more: string[] = []): Promise<unknown> {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
    const files = ['-keyout', `${file}.key`, '-out', `${file}.csr`];
    return this.#openssl('req', '-new', ...key, ...files, '-subj', `/CN=${name}`, ...more);
  }

  #sign(file: string, by: string[], [from, until]: readonly [number, number]): Promise<unknown> {
    const files = ['-in', `${file}.csr`, '-out', `${file}.crt`];
    const validity = ['-startdate', day(from), '-enddate', day(until)];
    return this.#openssl(
      'ca',
      '-batch',
      '-notext',
      '-config',
      'ca.cnf',
      ...by,
      ...files,
      ...validity,
    );
  }

  #openssl(...argv: string[]): Promise<unknown> {
    return execa('openssl', argv, { cwd: this.directory, stdin: 'ignore' });
  }
}
