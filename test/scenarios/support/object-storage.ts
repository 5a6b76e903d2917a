import { execa } from 'execa';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Authority } from './certificates.ts';
import { ROOT } from './cli.ts';
import { docker, dockerTry, until } from './docker.ts';

const IMAGE = 'factsway-test/object-storage';
const NAME = 'factsway-test-object-storage';
/** On the bridge of Docker, which containers of every network reach and nobody outside does. */
const PORT = 29_443;
const PLAIN = 29_480;
const DOCKERFILE = `FROM factsway/node:debian-13
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3-moto python3-flask python3-flask-cors
COPY serve.mjs /serve.mjs
`;
/** moto speaks plain HTTP; pgBackRest asks for TLS. */
const SERVE = `import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
const [address, port, plain] = process.argv.slice(2);
spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', plain], { stdio: 'inherit' });
const tls = { cert: readFileSync('/tls/server.crt'), key: readFileSync('/tls/server.key') };
let wentAwayAt;
const goesAwayAt = (request) => {
  const at = existsSync('/tls/away-at') ? readFileSync('/tls/away-at', 'utf8') : undefined;
  if (wentAwayAt !== at) wentAwayAt = at !== undefined && request.includes(at) ? at : undefined;
  return wentAwayAt !== undefined;
};
createServer(tls, (client) => {
  const server = connect(Number(plain), '127.0.0.1');
  client.on('data', (piece) => {
    if (goesAwayAt(piece.toString('latin1').split('\\r\\n')[0])) client.destroy();
    else server.write(piece);
  });
  client.on('end', () => server.end());
  server.pipe(client);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
}).listen(Number(port), address);
`;

/** An S3 service with one bucket, by moto behind TLS; what is in it is gone with it. */
export class ObjectStorage {
  readonly bucket = 'firm-backups';
  readonly endpoint: string;
  /** PEM of the authority that signed its certificate. */
  readonly caFile: string;
  readonly #awayAt: string;

  private constructor(endpoint: string, caFile: string, directory: string) {
    this.endpoint = endpoint;
    this.caFile = caFile;
    this.#awayAt = join(directory, 'tls/away-at');
  }

  static async start(): Promise<ObjectStorage> {
    const directory = join(ROOT, 'build/scenarios/object-storage');
    await mkdir(join(directory, 'tls'), { recursive: true });
    await writeFile(join(directory, 'Dockerfile'), DOCKERFILE);
    await writeFile(join(directory, 'serve.mjs'), SERVE);
    await execa('docker', ['build', '--tag', IMAGE, directory], { stdin: 'ignore' });
    const gateway = await docker(
      ...['network', 'inspect', 'bridge'],
      ...['--format', '{{range .IPAM.Config}}{{.Gateway}}{{end}}'],
    );
    const authority = new Authority(join(directory, 'ca'));
    await authority.make();
    const pair = await authority.issue('s3', gateway);
    await copyFile(pair.certificateFile, join(directory, 'tls/server.crt'));
    await copyFile(pair.keyFile, join(directory, 'tls/server.key'));
    await dockerTry('rm', '--force', NAME);
    await docker(
      ...['run', '--detach', '--name', NAME, '--network', 'host'],
      ...['--volume', `${directory}/tls:/tls:ro`, IMAGE],
      ...['node', '/serve.mjs', gateway, String(PORT), String(PLAIN)],
    );
    const storage = new ObjectStorage(`${gateway}:${PORT}`, authority.rootFile, directory);
    await storage.stays();
    const bucket = `http://127.0.0.1:${PLAIN}/${storage.bucket}`;
    await until('the S3 service', 60, async () =>
      fetch(bucket, { method: 'PUT' }).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return storage;
  }

  /** It takes connections and says nothing, as behind a line that is down. */
  async away(): Promise<void> {
    await docker('pause', NAME);
  }

  async back(): Promise<void> {
    await docker('unpause', NAME);
  }

  /** From the first request on whose line has this in it ('' is in each), the line is cut, and so is every other. */
  async goesAwayAt(what: string): Promise<void> {
    await writeFile(this.#awayAt, what);
  }

  async stays(): Promise<void> {
    await rm(this.#awayAt, { force: true });
  }

  /** Turns a byte of an object round, past the TLS; a second time turns it back. */
  async flip(key: string, at: number): Promise<void> {
    const url = `http://127.0.0.1:${PLAIN}/${this.bucket}/${key}`;
    // What pgBackRest wrote is private; moto looks whether a request is signed, and not how.
    const headers = { authorization: 'AWS firm:signed' };
    const found = await fetch(url, { headers });
    if (!found.ok) throw new Error(`${key} was not read: ${found.status}`);
    const bytes = new Uint8Array(await found.arrayBuffer());
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    // moto answers 500 where it is still at sending the object that is replaced.
    await until(`${key} is written`, 10, async () => {
      return (await fetch(url, { method: 'PUT', headers, body: bytes })).ok;
    });
  }

  /** Keys of objects, in the order of the alphabet. */
  async keys(): Promise<string[]> {
    const listed = await fetch(`http://127.0.0.1:${PLAIN}/${this.bucket}?list-type=2`);
    return [...(await listed.text()).matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key ?? '');
  }

  async remove(): Promise<void> {
    await dockerTry('unpause', NAME);
    await dockerTry('rm', '--force', NAME);
    await dockerTry('image', 'rm', IMAGE);
  }
}
