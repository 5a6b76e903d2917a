import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CACHE_CONTROL,
  CONTENT_TYPES,
  servedAs,
} from '../../../installer/src/model/updates/protocol.ts';
import { fetchFrom } from '../client/fetch-from.ts';
import { sha512Of } from '../client/release-files.ts';
import type { Fault, UpdateServer } from '../client/update-server.ts';
import type { Deployment, Limits } from './deploy.ts';
import type { RegionState } from './region-gate.ts';

export type EmulatedServer = UpdateServer & {
  /** An object in one region only: what replication has not brought yet. */
  putIn(
    part: 'primary' | 'replica',
    key: string,
    content: Buffer,
    /** Without any header of ours. */
    how?: { readonly bare: boolean },
  ): Promise<void>;
};

/** A deployment as the client cases want it. What S3 would replicate is put into both buckets. */
export function emulatedServer(deployment: Deployment, limits: Limits): EmulatedServer {
  const { edge, regions, buckets, s3 } = deployment;
  const keys = new Set<string>();
  const putIn: EmulatedServer['putIn'] = async (part, key, content, { bare } = { bare: false }) => {
    keys.add(key);
    const kind = servedAs(key);
    await s3.send(
      new PutObjectCommand({
        Bucket: buckets[part],
        Key: key,
        Body: content,
        ...(bare ? {} : { CacheControl: CACHE_CONTROL[kind], ContentType: CONTENT_TYPES[kind] }),
        Metadata: { sha512: sha512Of(content) },
      }),
    );
  };
  const exhaust =
    (name: string, limit: number): Fault =>
    async () => {
      for (let asked = 0; asked <= limit; asked += 1) await fetchFrom(edge, name);
      return async () => {
        edge.firewall.forget();
      };
    };
  const failing =
    (parts: readonly ('primary' | 'replica')[], state: RegionState): Fault =>
    async () => {
      for (const part of parts) regions[part].state = state;
      return async () => {
        for (const part of parts) regions[part].state = 'up';
      };
    };
  return {
    url: edge.url,
    putIn,
    async put(name, content) {
      await putIn('primary', name, content);
      await putIn('replica', name, content);
    },
    async clear() {
      for (const Key of keys)
        for (const Bucket of Object.values(buckets))
          await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      keys.clear();
      edge.invalidate();
      edge.firewall.forget();
    },
    tooMany: {
      manifest: exhaust('latest.yml', limits.manifest),
      installer: exhaust('FACTSWAY-Setup-0.0.0.exe', limits.installer),
    },
    unavailable: failing(['primary', 'replica'], 'overloaded'),
    firstOriginDown: failing(['primary'], 'overloaded'),
  };
}
