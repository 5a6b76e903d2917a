import { execa } from 'execa';
import { chown, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './cli.ts';
import { docker, dockerTry, until } from './docker.ts';

const NAME = 'factsway-test-customer-postgres';
/** Of the container user in the image of PostgreSQL. */
const UID = 999;
const DIRECTORY = join(ROOT, 'build/scenarios/customer-postgres');
const SQL = join(ROOT, 'docs/reference/external-postgresql.sql');

const openssl = (...argv: string[]) => execa('openssl', argv, { cwd: DIRECTORY, stdin: 'ignore' });

async function makeCertificates(address: string): Promise<void> {
  const authority = async (name: string): Promise<void> => {
    await openssl(
      ...`req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ${name}.key -out ${name}.pem`.split(
        ' ',
      ),
      '-subj',
      `/CN=${name}`,
    );
  };
  await authority('ca');
  await authority('other-ca');
  await openssl(
    ...'req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=db'.split(' '),
  );
  await writeFile(join(DIRECTORY, 'san'), `subjectAltName=IP:${address}\n`);
  await openssl(
    ...'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out server.crt'.split(
      ' ',
    ),
  );
  await cp(join(DIRECTORY, 'server.key'), join(DIRECTORY, 'tls/server.key'));
  await cp(join(DIRECTORY, 'server.crt'), join(DIRECTORY, 'tls/server.crt'));
  for (const path of ['tls', 'tls/server.key', 'tls/server.crt'])
    await chown(join(DIRECTORY, path), UID, UID);
}

/** "The customer's server": a PostgreSQL with TLS by an authority of its own, outside every network of the platform. */
export class CustomerPostgres {
  readonly port: number;
  address = '';

  constructor(port: number) {
    this.port = port;
  }

  file(name: string): string {
    return join(DIRECTORY, name);
  }

  async start(): Promise<void> {
    await this.remove();
    await mkdir(join(DIRECTORY, 'tls'), { recursive: true, mode: 0o700 });
    // What containers of any network reach, and the host too: its own address on Docker's default bridge.
    this.address = await docker(
      'network',
      'inspect',
      'bridge',
      '--format',
      '{{(index .IPAM.Config 0).Gateway}}',
    );
    await makeCertificates(this.address);
    await docker(
      ...`run --detach --name ${NAME} --network host --env POSTGRES_PASSWORD=only-for-this-test`.split(
        ' ',
      ),
      ...'--tmpfs /var/run/postgresql:mode=1777'.split(' '),
      '--volume',
      `${DIRECTORY}/tls:/tls:ro`,
      'factsway/postgres:debian-13',
      ...`postgres -c ssl=on -c ssl_cert_file=/tls/server.crt -c ssl_key_file=/tls/server.key -c listen_addresses=${this.address} -c port=${this.port}`.split(
        ' ',
      ),
    );
    await until(
      'the server of the customer answers',
      60,
      async () =>
        (
          await dockerTry(
            ...`exec ${NAME} pg_isready -q -h ${this.address} -p ${this.port}`.split(' '),
          )
        ).exitCode === 0,
    );
  }

  /** What its administrator does: the documented statements, then a password for each role. */
  async makeRoles(passwords: Readonly<Record<string, string>>): Promise<void> {
    await execa('docker', this.#psql('postgres'), { inputFile: SQL });
    for (const [role, password] of Object.entries(passwords))
      await this.sql(`ALTER ROLE ${role} PASSWORD '${password.replaceAll("'", "''")}'`);
  }

  /** One statement as its superuser; what it printed. */
  async sql(statement: string, database = 'postgres'): Promise<string> {
    return docker(...this.#psql(database), '-c', statement);
  }

  async remove(): Promise<void> {
    await dockerTry('rm', '--force', '--volumes', NAME);
    await rm(DIRECTORY, { recursive: true, force: true });
  }

  #psql(database: string): string[] {
    return `exec --interactive ${NAME} psql -XAtq -v ON_ERROR_STOP=1 -U postgres -p ${this.port} -d ${database}`.split(
      ' ',
    );
  }
}
