import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createBLAKE2b } from 'hash-wasm';
import { execa } from 'execa';
import { createCipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../test/scenarios/support/cli.ts';
import {
  ACCESS,
  BUCKET,
  releaseArguments,
  writeSettings,
} from '../test/scenarios/support/update-server.ts';
import { startS3 } from '../test/updates/emulator/s3-server.ts';
import { milliseconds, type Row } from './lib/rows.ts';

const PORT = 27_290;
const MIB = 1024 ** 2;
const SMALL = 256 * MIB;
const LARGE = 4096 * MIB;
const BLOCK = 64 * 1024;
/** Parts of 8 MiB that S3 has when the run is killed. */
const HALF = LARGE / MIB / 8 / 2;
/** How much more memory sixteen times the installer may take: its block map, 65 536 checksums in JSON, is read as a whole. */
const MOST_MORE_MIB = 64;
const SAMPLE_MS = 50;

type Run = { readonly peakMiB: number; readonly ms: number; readonly result: Result };
type Result = { readonly sentParts?: number; readonly keptParts?: number };

/** A large installer is published, killed in the middle and published again: memory, time and what is sent twice. */
export async function releaseRows(): Promise<Row[]> {
  const moto = await startS3('factsway-bench-s3', PORT);
  const releases = join(ROOT, 'build/scenarios/bench-releases');
  try {
    await writeSettings(PORT);
    const s3 = new S3Client({
      ...{ region: 'eu-central-1', endpoint: moto.endpoint, forcePathStyle: true },
      credentials: {
        accessKeyId: ACCESS.AWS_ACCESS_KEY_ID,
        secretAccessKey: ACCESS.AWS_SECRET_ACCESS_KEY,
      },
    });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const small = await publish(await build(releases, '1.0.0', SMALL), '1.0.0');
    const large = await build(releases, '1.1.0', LARGE);
    const killed = await publish(large, '1.1.0', (run) => killedHalfWay(s3, run));
    const again = await publish(large, '1.1.0');
    const peak = Math.max(killed.peakMiB, again.peakMiB);
    const { sentParts = 0, keptParts = 0 } = again.result;
    return [
      {
        what: `publish an installer of ${(LARGE / 1e9).toFixed(1)} GB, killed half way and run again`,
        measured: `${peak.toFixed(0)} MiB at the most; the second run kept ${keptParts} parts, sent ${sentParts}, and took ${milliseconds(again.ms)}`,
        against: `an installer of ${(SMALL / 1e9).toFixed(1)} GB: ${small.peakMiB.toFixed(0)} MiB, ${milliseconds(small.ms)}`,
        target: `≤ ${MOST_MORE_MIB} MiB more; no part sent twice`,
        met: peak <= small.peakMiB + MOST_MORE_MIB && keptParts >= HALF,
        details: { small, killed, again },
      },
    ];
  } finally {
    await rm(releases, { recursive: true, force: true });
    await moto.remove();
  }
}

/** A file no compression makes smaller, written and mapped block by block. */
async function build(parent: string, version: string, size: number): Promise<string> {
  const directory = join(parent, version);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const name = join(directory, `FACTSWAY-Setup-${version}.exe`);
  const noise = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16));
  const hash = await createBLAKE2b(144);
  const nothing = Buffer.alloc(BLOCK);
  const checksums: string[] = [];
  const file = await open(name, 'w');
  for (let at = 0; at < size; at += BLOCK) {
    const block = noise.update(nothing);
    checksums.push(Buffer.from(hash.init().update(block).digest('binary')).toString('base64'));
    await file.write(block);
  }
  await file.close();
  const sizes = checksums.map(() => BLOCK);
  const map = { version: '2', files: [{ name: 'file', offset: 0, checksums, sizes }] };
  await writeFile(`${name}.blockmap`, gzipSync(JSON.stringify(map)));
  return directory;
}

type Started = { readonly kill: (signal: 'SIGKILL') => boolean };

async function publish(
  directory: string,
  version: string,
  watch?: (run: Started) => Promise<void>,
): Promise<Run> {
  const cli = join(ROOT, 'dist/factsway-install.js');
  const begun = performance.now();
  const run = execa(
    process.execPath,
    [cli, ...releaseArguments(['publish', directory, '--version', version]), '--json'],
    { reject: false, stdin: 'ignore', env: ACCESS },
  );
  let peakMiB = 0;
  const sampling = setInterval(() => {
    peakMiB = Math.max(peakMiB, peakOf(run.pid ?? 0));
  }, SAMPLE_MS);
  const watching = watch?.(run);
  const { stdout, stderr, exitCode, signal } = await run;
  clearInterval(sampling);
  await watching;
  if (exitCode !== 0 && signal !== 'SIGKILL') throw new Error(stdout + stderr);
  const result =
    signal === 'SIGKILL' ? {} : ((JSON.parse(stdout) as { result?: Result }).result ?? {});
  return { peakMiB, ms: performance.now() - begun, result };
}

/** The most memory a process has had, as the kernel counts it; 0 where it is gone. */
function peakOf(pid: number): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Ends the run once S3 has half of the parts. */
async function killedHalfWay(s3: S3Client, run: Started): Promise<void> {
  for (;;) {
    await sleep(200);
    const { Uploads: [upload] = [] } = await s3.send(
      new ListMultipartUploadsCommand({ Bucket: BUCKET }),
    );
    if (upload?.Key === undefined || upload.UploadId === undefined) continue;
    const asked = { Bucket: BUCKET, Key: upload.Key, UploadId: upload.UploadId };
    const { Parts = [] } = await s3.send(new ListPartsCommand(asked));
    if (Parts.length < HALF) continue;
    run.kill('SIGKILL');
    return;
  }
}
