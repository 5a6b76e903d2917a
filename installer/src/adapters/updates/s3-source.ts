import './sdk-warning.ts';
import type { SourceOptions, UpdateSource } from '../../ports/update-mirror.ts';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { resumed, type Answer } from './resumed-source.ts';
import { messageOf, unreadable } from './source-errors.ts';
import { textOf } from './source-text.ts';

/** The bucket of an update server; who we are is said by the AWS environment (its default chain), and by nothing else. `second` in milliseconds. */
export function s3Source(
  bucket: string,
  { region, endpoint, forcePathStyle }: SourceOptions,
  second = 1000,
): UpdateSource {
  const client = new S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: forcePathStyle ?? endpoint !== undefined,
  });
  const unlessMissing = async <T>(name: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw unreadable(`s3://${bucket}/${name}`, messageOf(error));
    }
  };
  const addressOf = (name: string): string => `s3://${bucket}/${name}`;
  const get = async (name: string, rest: Rest = {}): Promise<Answer> => {
    const asked = { Bucket: bucket, Key: name, ...rest };
    const { Body, ETag, ContentRange } = await client.send(new GetObjectCommand(asked));
    const from = Number(/^bytes (\d+)-/.exec(ContentRange ?? '')?.[1] ?? 0);
    return { body: Body as AsyncIterable<Uint8Array>, etag: ETag, from };
  };
  /** S3 has no If-Range: another file is told by 412, and then begun anew. */
  const getRest = async (name: string, from: number, etag: string | undefined): Promise<Answer> => {
    if (etag === undefined || from === 0) return get(name);
    try {
      return await get(name, { Range: `bytes=${from}-`, IfMatch: etag });
    } catch (error) {
      if (![412, 416].includes(statusOf(error) ?? 0)) throw error;
      return get(name);
    }
  };
  return {
    readText: (name) =>
      unlessMissing(name, async () => {
        const { body } = await get(name);
        return textOf(bytesOf(body, addressOf(name)), addressOf(name));
      }),
    size: (name) =>
      unlessMissing(name, async () => {
        const { ContentLength } = await client.send(
          new HeadObjectCommand({ Bucket: bucket, Key: name }),
        );
        return ContentLength ?? 0;
      }),
    read: (name) =>
      unlessMissing(name, async () => {
        const again = (from: number, etag: string | undefined) =>
          unlessMissing(name, () => getRest(name, from, etag));
        return resumed(addressOf(name), await get(name), again, second);
      }),
  };
}

type Rest = { readonly Range?: string; readonly IfMatch?: string };

/** A bucket that is not there is no missing file. */
function statusOf(error: unknown): number | undefined {
  const known = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return known.name === 'NoSuchBucket' ? undefined : known.$metadata?.httpStatusCode;
}

async function* bytesOf(
  body: AsyncIterable<Uint8Array>,
  address: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw unreadable(address, `broke off: ${messageOf(error)}`);
  }
}
