import {
  CopyObjectCommand,
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createBLAKE2b } from 'hash-wasm';
import { execa } from 'execa';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cliJson, ROOT } from './cli.ts';

export const BUCKET = 'desktop-updates';
export const REPLICA = 'desktop-updates-copy';
/** moto asks who one is, and believes it. */
const ANYBODY =
  'AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=0';
export const ACCESS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

/** `PUT latest.yml` */
const whatOf = ({ method = '', url = '' }: IncomingMessage): string =>
  `${method} ${url.replace(`/${BUCKET}/`, '')}`;

type Passed = {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
};

/**
 * In front of moto: holds it to If-Match, which the moto of Debian 13 ignores (one write at a time, so that looking and
 * writing are one); counts what changes something; and hands objects to clients at /public/, as a distribution would.
 */
export class UpdateBucket {
  readonly s3: S3Client;
  /** Requests that change something, as they arrived: `PUT latest.yml`. */
  changes: string[] = [];
  /** Called with each, once it is carried out and before its answer leaves. */
  onChange: (count: number) => void = () => undefined;
  /** Before a change takes its turn: where a test holds one back until another has arrived. */
  beforeChange: (what: string) => Promise<void> = () => Promise.resolve();
  /** Whether the answer to a change is lost on its way back. */
  losesAnswerTo: (what: string) => boolean = () => false;
  readonly #server: Server;
  #turn: Promise<unknown> = Promise.resolve();

  readonly port: number;
  readonly #upstream: URL;

  private constructor(port: number, upstream: URL) {
    this.port = port;
    this.#upstream = upstream;
    this.s3 = new S3Client({
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${port}`,
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    this.#server = createServer((message, response) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => {
        this.#answer(message, Buffer.concat(chunks)).then(
          ({ status, headers, body }) => {
            if (status < 300 && this.losesAnswerTo(whatOf(message))) response.destroy();
            else response.writeHead(status, headers).end(body);
          },
          () => response.destroy(),
        );
      });
    });
  }

  static async start(port: number, upstream: string): Promise<UpdateBucket> {
    const bucket = new UpdateBucket(port, new URL(upstream));
    await new Promise<void>((resolve) => bucket.#server.listen(port, '127.0.0.1', resolve));
    for (const Bucket of [BUCKET, REPLICA])
      await bucket.s3.send(new CreateBucketCommand({ Bucket }));
    return bucket;
  }

  /** Once what had arrived is carried out, also of somebody who is gone. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(message: IncomingMessage, body: Buffer): Promise<Passed> {
    const path = message.url ?? '/';
    if (path.startsWith('/public/')) {
      const name = path.slice('/public/'.length).split('?')[0] ?? '';
      return this.#pass('GET', `/${BUCKET}/${name}`, { authorization: ANYBODY }, body);
    }
    if (message.method === 'GET' || message.method === 'HEAD')
      return this.#pass(message.method, path, message.headers, body);
    await this.beforeChange(whatOf(message));
    const turn = this.#turn.then(() => this.#change(message, body));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #change(message: IncomingMessage, body: Buffer): Promise<Passed> {
    const path = message.url ?? '/';
    const wanted = message.headers['if-match'];
    if (wanted !== undefined) {
      const there = await this.#pass(
        'HEAD',
        path.split('?')[0] ?? '',
        { authorization: ANYBODY },
        Buffer.alloc(0),
      );
      if (there.headers.etag !== wanted)
        return {
          status: 412,
          headers: { 'content-type': 'application/xml' },
          body: Buffer.from('<Error><Code>PreconditionFailed</Code></Error>'),
        };
    }
    const passed = await this.#pass(message.method ?? 'PUT', path, message.headers, body);
    if (passed.status < 300) {
      this.changes.push(whatOf(message));
      // Manifests are small: S3 has them in the other region in no time. For the rest there is replicate().
      if (/^\/desktop-updates\/[a-z0-9-]+\.yml/.test(path)) await this.#copied(path);
      this.onChange(this.changes.length);
    }
    return passed;
  }

  async #copied(path: string): Promise<void> {
    const [key = ''] = path.split('?');
    const headers = { authorization: ANYBODY, 'x-amz-copy-source': key };
    await this.#pass('PUT', key.replace(BUCKET, REPLICA), headers, Buffer.alloc(0));
  }

  #pass(
    method: string,
    path: string,
    headers: IncomingMessage['headers'],
    body: Buffer,
  ): Promise<Passed> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#upstream;
      const passed = httpRequest(
        { method, path, hostname, port, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const told = { ...response.headers };
            delete told['transfer-encoding'];
            resolve({
              status: response.statusCode ?? 0,
              headers: told,
              body: Buffer.concat(chunks),
            });
          });
          response.on('error', reject);
        },
      );
      passed.on('error', reject);
      passed.end(body);
    });
  }

  /** Everything in both buckets but the audit, which is to grow: names, sizes, ETags. */
  async listing(): Promise<string> {
    const lines = await Promise.all(
      [BUCKET, REPLICA].map(async (Bucket) => {
        const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket }));
        return Contents.flatMap(({ Key = '', Size, ETag }) =>
          Key.startsWith('audit/') ? [] : [`${Bucket}/${Key} ${Size ?? 0} ${ETag ?? ''}`],
        );
      }),
    );
    return lines.flat().join('\n');
  }

  /** What S3 does by itself between regions. */
  async replicate(): Promise<void> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    for (const { Key = '' } of Contents)
      if (Key.startsWith('FACTSWAY-'))
        await this.s3.send(
          new CopyObjectCommand({ Bucket: REPLICA, Key, CopySource: `${BUCKET}/${Key}` }),
        );
  }

  /** An object as somebody without our care would put it. */
  async plant(Bucket: string, Key: string, content: Buffer, sha512: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket, Key, Body: content, Metadata: { sha512 } }));
  }

  /** What clients are offered under a name; empty where nothing is. */
  async offered(name: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/public/${name}`);
    return answer.ok ? answer.text() : '';
  }
}

/** A directory as electron-builder leaves it: an .exe and a .dmg with a zip, each with its block map. */
export async function buildRelease(version: string, bytes = 200_000): Promise<string> {
  const directory = join(ROOT, 'build/scenarios/desktop-releases', version);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  for (const ending of ['exe', 'zip']) {
    const content = randomBytes(bytes);
    const name = join(directory, `FACTSWAY-Setup-${version}.${ending}`);
    await writeFile(name, content);
    await writeFile(`${name}.blockmap`, await blockMapOf(content));
  }
  return directory;
}

async function blockMapOf(content: Buffer): Promise<Buffer> {
  const hash = await createBLAKE2b(144);
  const blocks = Array.from({ length: Math.ceil(content.length / 65_536) }, (_, index) =>
    content.subarray(index * 65_536, (index + 1) * 65_536),
  );
  const checksums = blocks.map((block) =>
    Buffer.from(hash.init().update(block).digest('binary')).toString('base64'),
  );
  const sizes = blocks.map((block) => block.length);
  return gzipSync(
    JSON.stringify({ version: '2', files: [{ name: 'file', offset: 0, checksums, sizes }] }),
  );
}

const SETTINGS = join(ROOT, 'build/scenarios/desktop-releases/updates.yaml');

export async function writeSettings(port: number): Promise<void> {
  await mkdir(join(SETTINGS, '..'), { recursive: true });
  await writeFile(
    SETTINGS,
    `apiVersion: factsway-updates/v1
url: http://127.0.0.1:${port}/public
bucket: ${BUCKET}
region: eu-central-1
replica: { bucket: ${REPLICA}, region: eu-west-1 }
endpoint: http://127.0.0.1:${port}
forcePathStyle: true
`,
  );
}

/** What follows the program's name, for these settings and without a question. */
export const releaseArguments = (argv: readonly string[]): string[] => {
  const looks = argv[0] === 'list' || argv[0] === 'verify';
  return ['release', ...argv, '--updates', SETTINGS, ...(looks ? [] : ['--yes'])];
};

/** `release …` as a person runs it. */
export async function release(...argv: string[]) {
  Object.assign(process.env, ACCESS);
  return cliJson(releaseArguments(argv));
}

/** The same, killed right after its nth change was carried out, before it hears of it; whether it came to that. */
export async function releaseKilledAt(
  bucket: UpdateBucket,
  nth: number,
  ...argv: string[]
): Promise<boolean> {
  const cli = join(ROOT, 'dist/factsway-install.js');
  const run = execa(process.execPath, [cli, ...releaseArguments(argv)], {
    reject: false,
    stdin: 'ignore',
    env: ACCESS,
  });
  bucket.changes = [];
  bucket.onChange = (count) => {
    if (count === nth) run.kill('SIGKILL');
  };
  const { signal } = await run;
  await bucket.settled();
  bucket.onChange = () => undefined;
  return signal === 'SIGKILL';
}
