import { CopyObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { record, type Json } from '../../../k8s/json.ts';
import { deploy, type Deployment } from '../../updates/emulator/deploy.ts';
import { startS3 } from '../../updates/emulator/s3-server.ts';
import { cliJson, type JsonDocument } from './cli.ts';
import { ACCESS, buildRelease } from './update-server.ts';

/** Far beyond what a scenario asks for that is not about the limit. */
const LIMITS = { manifest: 5000, installer: 5000 };

const COPIED_EVERY_MS = 300;

/** The exported template in the emulator over an S3 service, and the release commands with settings for it. */
export type DeployedRelease = {
  readonly template: Json;
  readonly deployment: Deployment;
  /** A stack of another template over the same buckets. */
  deployed(template: Json): Promise<Deployment>;
  release(...argv: string[]): Promise<JsonDocument & { readonly exitCode: number }>;
  /** Builds and publishes a version. Its directory. */
  publish(version: string, ...argv: string[]): Promise<string>;
  /** What S3 does by itself between regions; a command that is waiting gets it at once, unless `isLagging`. */
  replicate(): Promise<void>;
  isLagging: boolean;
  close(): Promise<void>;
};

/** `name` is that of the stack; `port` that of the S3 service. */
export async function deployRelease(name: string, port: number): Promise<DeployedRelease> {
  Object.assign(process.env, ACCESS);
  const scratch = await mkdtemp(join(tmpdir(), 'factsway-release-'));
  const file = join(scratch, 'template.yaml');
  const exported = await cliJson(['export', 'cloudfront', '--out', file]);
  if (!exported.ok) throw new Error(JSON.stringify(exported.errors));
  const template = record(parse(await readFile(file, 'utf8'), { version: '1.1' }));
  const s3 = await startS3(`factsway-${name}-s3`, port);
  const deployed = (of: Json): Promise<Deployment> => deploy(of, s3.endpoint, LIMITS, name);
  const deployment = await deployed(template);
  const { edge, buckets } = deployment;
  const settings = join(scratch, 'updates.yaml');
  await writeFile(
    settings,
    `apiVersion: factsway-updates/v1
url: ${edge.url}
bucket: ${buckets.primary}
region: us-east-1
replica: { bucket: ${buckets.replica}, region: eu-central-1 }
endpoint: ${s3.endpoint}
forcePathStyle: true
`,
  );
  const replicate = async (): Promise<void> => {
    const { Contents = [] } = await deployment.s3.send(
      new ListObjectsV2Command({ Bucket: buckets.primary }),
    );
    for (const { Key = '' } of Contents) {
      const CopySource = `${buckets.primary}/${Key}`;
      await deployment.s3.send(new CopyObjectCommand({ Bucket: buckets.replica, Key, CopySource }));
    }
  };
  const copiedUntil = async (over: AbortSignal): Promise<void> => {
    while (!over.aborted && !server.isLagging) {
      await replicate();
      await sleep(COPIED_EVERY_MS);
    }
  };
  const server: DeployedRelease = {
    isLagging: false,
    template,
    deployment,
    deployed,
    async release(...argv) {
      const over = new AbortController();
      const copying = copiedUntil(over.signal);
      const run = await cliJson(['release', ...argv, '--updates', settings, '--yes']);
      over.abort();
      await copying;
      return run;
    },
    replicate,
    async publish(version, ...argv) {
      const directory = await buildRelease(version);
      const { errors } = await server.release('publish', directory, '--version', version, ...argv);
      if (errors.length > 0) throw new Error(JSON.stringify(errors));
      await replicate();
      return directory;
    },
    async close() {
      await deployment.close();
      await s3.remove();
      await rm(scratch, { recursive: true });
    },
  };
  return server;
}
