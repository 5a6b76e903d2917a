import { X509Certificate } from 'node:crypto';
import { copyFile, readdir, readFile, rename, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Authority, type Pair } from './support/certificates.ts';
import { ROOT } from './support/cli.ts';
import { containerId, docker, fingerprint } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { SHARED } from './support/instance.ts';

const authority = new Authority(join(ROOT, 'build/scenarios/authority'));
/** Where the administrator keeps the certificate in use. */
const USED = {
  certificateFile: join(authority.directory, 'used.crt'),
  keyFile: join(authority.directory, 'used.key'),
};
let first: Pair;

const settingsOf = ({ certificateFile, keyFile }: Pair): string[] =>
  Object.entries({
    'edge.tls.mode': 'provided',
    'edge.tls.certificateFile': certificateFile,
    'edge.tls.keyFile': keyFile,
  }).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

async function use({ certificateFile, keyFile }: Pair): Promise<void> {
  await copyFile(certificateFile, USED.certificateFile);
  await copyFile(keyFile, USED.keyFile);
}

/** The chain as the edge shows it to whoever comes, the server's own first. */
function servedChain(): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      {
        host: '127.0.0.1',
        port: SHARED.ports.https,
        servername: 'localhost',
        rejectUnauthorized: false,
      },
      () => {
        const names: string[] = [];
        const seen = new Set<string>();
        let one = socket.getPeerCertificate(true);
        while (!seen.has(one.fingerprint256)) {
          seen.add(one.fingerprint256);
          names.push(`${String(one.subject.CN)} ${one.fingerprint256}`);
          one = one.issuerCertificate;
          if ((one as typeof one | undefined) === undefined) break;
        }
        socket.destroy();
        resolve(names);
      },
    );
    socket.on('error', reject);
  });
}

const shown = async (file: string): Promise<string> => {
  const own = new X509Certificate(await readFile(file));
  return `${own.subject.replace('CN=', '')} ${own.fingerprint256}`;
};
/** Every file that an update of the configuration could touch, with its bytes. */
async function onDisk(): Promise<Record<string, string>> {
  const entries = await readdir(SHARED.directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [path, await readFile(path, 'base64')] as const;
      }),
    ),
  );
}
const steps = (result: Record<string, unknown> | null): string[] =>
  (result?.['plan'] as { steps: { kind: string }[] }).steps.map(({ kind }) => kind);

beforeAll(async () => {
  await rm(authority.directory, { recursive: true, force: true });
  await authority.make();
  first = await authority.issue('first', 'localhost');
  await use(first);
});
afterAll(async () => {
  await SHARED.runJson('up', '--yes', '--set', 'edge.tls.mode=internal');
});

it('a certificate of the firm is served with its chain, and verify trusts it without being told more', async () => {
  const run = await SHARED.runJson('up', '--yes', ...settingsOf(USED));
  expect(run.errors).toEqual([]);
  expect((await servedChain()).slice(0, 2)).toEqual([
    await shown(first.certificateFile),
    await shown(join(authority.directory, 'intermediate.crt')),
  ]);
  expect((await throughEdge(`${SHARED.url}/healthz`, authority.rootFile)).status).toBe(200);
  const gate = await SHARED.runJson('verify', '--gate', 'edge', '--gate', 'secrets');
  expect(gate.errors).toEqual([]);
});

it('the key is the edge’s alone, and stands in no journal, manifest or container definition', async () => {
  const line = (await readFile(USED.keyFile, 'utf8')).split('\n')[1] ?? '';
  const holders = Object.entries(await onDisk())
    .filter(([, bytes]) => Buffer.from(bytes, 'base64').toString('utf8').includes(line))
    .map(([path]) => path.slice(SHARED.directory.length + 1));
  expect(holders).toEqual([expect.stringMatching(/^secrets\/edge-tls\/[0-9a-f]{16}\.key$/)]);
  const edge = await containerId(SHARED.project, 'edge');
  expect(await docker('inspect', edge)).not.toContain(line);
  expect(
    await docker(
      'exec',
      edge,
      'stat',
      '-c',
      '%a %u',
      `/run/edge-tls/${holders[0]?.split('/')[2] ?? ''}`,
    ),
  ).toBe('400 10001');
});

it('a renewed certificate is one reload: no container is made again, and a request under way is finished', async () => {
  const before = await fingerprint(SHARED.project);
  const old = await shown(USED.certificateFile);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = JSON.stringify({ name: 'Renewed', category: 'motion', body: 'x'.repeat(2000) });
  const upload = request(`${SHARED.url}/api/templates`, {
    method: 'POST',
    ca: await readFile(authority.rootFile),
    agent,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  });
  const answered = new Promise<number>((resolve, reject) => {
    upload.on('error', reject).on('response', (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
  });
  // Half of it, on a connection that is open while everything below happens.
  upload.write(body.slice(0, 1000));

  const second = await authority.issue('second', 'localhost');
  await use(second);
  const run = await SHARED.runJson('up', '--yes');

  expect(run.errors).toEqual([]);
  expect(steps(run.result)).toEqual(['ImportCertificate', 'ReloadConfig']);
  expect(await fingerprint(SHARED.project)).toBe(before);
  const now = await shown(second.certificateFile);
  expect(now).not.toBe(old);
  expect((await servedChain())[0]).toBe(now);
  upload.end(body.slice(1000));
  expect(await answered).toBe(201);
  agent.destroy();
  expect(steps((await SHARED.runJson('up', '--yes')).result)).toEqual([]);
});

it.each([
  ['a key of another certificate', 'FW-TLS-KEY-MISMATCH'],
  ['a certificate that has expired', 'FW-TLS-EXPIRED'],
  ['a certificate that is not valid yet', 'FW-TLS-NOT-YET-VALID'],
  ['a certificate for another name', 'FW-TLS-NAME'],
  ['a chain without its intermediate', 'FW-TLS-CHAIN'],
  ['a key with a passphrase', 'FW-TLS-KEY-ENCRYPTED'],
])('%s is refused: nothing on disk changes, and the old one is served on', async (_, code) => {
  const bad: Record<string, () => Promise<Pair>> = {
    'FW-TLS-KEY-MISMATCH': async () => ({
      ...first,
      keyFile: (await authority.issue('o', 'localhost')).keyFile,
    }),
    'FW-TLS-EXPIRED': () => authority.issue('expired', 'localhost', [-5, -1]),
    'FW-TLS-NOT-YET-VALID': () => authority.issue('early', 'localhost', [2, 90]),
    'FW-TLS-NAME': () => authority.issue('other', 'other.example.com'),
    'FW-TLS-CHAIN': () => authority.withoutIntermediate(first),
    'FW-TLS-KEY-ENCRYPTED': () => authority.encrypted(first),
  };
  const pair = (await bad[code]?.()) ?? first;
  const [before, chain] = [await onDisk(), await servedChain()];

  const run = await SHARED.runJson('up', '--yes', ...settingsOf(pair));

  expect(await onDisk()).toEqual(before);
  expect(await servedChain()).toEqual(chain);
  expect(run.errors[0]?.code).toBe(code);
  expect(run.exitCode).toBe(3);
});

it('files that are gone later are a warning, and the copy is served on', async () => {
  await rename(USED.certificateFile, `${USED.certificateFile}.away`);
  try {
    const run = await SHARED.runJson('up', '--yes', '--set', 'edge.requestTimeoutSeconds=121');
    expect(run.errors).toEqual([]);
    expect(run.warnings.join('\n')).toContain('stays in use');
    expect(run.exitCode).toBe(4);
    expect((await throughEdge(`${SHARED.url}/healthz`, authority.rootFile)).status).toBe(200);
  } finally {
    await rename(`${USED.certificateFile}.away`, USED.certificateFile);
  }
});
