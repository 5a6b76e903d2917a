import './sdk-warning.ts';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { FactswayError } from '../../model/errors.ts';
import type { BucketPlace } from '../../model/updates/settings.ts';
import type { ObjectFacts, ObjectStore } from '../../ports/object-store.ts';
import { uploadInParts } from './multipart.ts';

const clients = new Map<string, S3Client>();

function clientOf(place: BucketPlace): S3Client {
  const key = JSON.stringify([place.region, place.endpoint, place.forcePathStyle]);
  const known = clients.get(key);
  if (known) return known;
  const { region, endpoint, forcePathStyle } = place;
  const client = new S3Client({
    region,
    forcePathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    // Checksums are ours: of a part before it leaves, and S3 compares.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  clients.set(key, client);
  return client;
}

/** Objects by the AWS SDK; who we are is said by its default chain, and by nothing else. */
export const s3ObjectStore: ObjectStore = {
  head: (place, key) =>
    unlessMissing(place, key, async () => {
      const asked = { Bucket: place.bucket, Key: key, ChecksumMode: 'ENABLED' as const };
      const { ContentLength, ETag, Metadata, ReplicationStatus, ChecksumSHA256 } = await clientOf(
        place,
      ).send(new HeadObjectCommand(asked));
      const sha512 = Metadata?.['sha512'];
      const facts: ObjectFacts = {
        size: ContentLength ?? 0,
        etag: ETag ?? '',
        ...(sha512 === undefined ? {} : { sha512 }),
        ...(ChecksumSHA256 === undefined ? {} : { checksum: ChecksumSHA256 }),
        ...(ReplicationStatus === undefined ? {} : { replication: ReplicationStatus }),
      };
      return facts;
    }),
  readText: (place, key) =>
    unlessMissing(place, key, async () => {
      const command = new GetObjectCommand({ Bucket: place.bucket, Key: key });
      const { Body, ETag } = await clientOf(place).send(command);
      return { text: (await Body?.transformToString('utf8')) ?? '', etag: ETag ?? '' };
    }),
  writeText: (place, key, text, { contentType, cacheControl, condition }) =>
    telling(place, key, async () => {
      const command = new PutObjectCommand({
        Bucket: place.bucket,
        Key: key,
        Body: text,
        ContentType: contentType,
        CacheControl: cacheControl,
        ChecksumSHA256: createHash('sha256').update(text).digest('base64'),
        Metadata: { sha512: createHash('sha512').update(text).digest('base64') },
        ...('absent' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.etag }),
      });
      try {
        return (await clientOf(place).send(command)).ETag ?? '';
      } catch (error) {
        // 409: somebody else is writing it this moment. 404: it was there, and is gone.
        if (![404, 409, 412].includes(statusOf(error) ?? 0) || isNoBucket(error)) throw error;
        // The SDK asks again where an answer was lost, and then meets what it wrote itself.
        const there = await s3ObjectStore.readText(place, key);
        return there?.text === text ? there.etag : undefined;
      }
    }),
  list: (place, prefix) =>
    telling(place, prefix, async () => {
      const found: { key: string; size: number }[] = [];
      let token: string | undefined;
      do {
        const command: ListObjectsV2Command = new ListObjectsV2Command({
          Bucket: place.bucket,
          Prefix: prefix,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        });
        const page = await clientOf(place).send(command);
        for (const { Key, Size } of page.Contents ?? [])
          if (Key !== undefined) found.push({ key: Key, size: Size ?? 0 });
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return found;
    }),
  upload: (place, file, progress) =>
    telling(place, file.key, () => uploadInParts(clientOf(place), place.bucket, file, progress)),
  sha512: (place, key) =>
    telling(place, key, async () => {
      const command = new GetObjectCommand({ Bucket: place.bucket, Key: key });
      const { Body } = await clientOf(place).send(command);
      const hash = createHash('sha512');
      for await (const chunk of Body as AsyncIterable<Uint8Array>) hash.update(chunk);
      return hash.digest('base64');
    }),
};

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

const isNoBucket = (error: unknown): boolean =>
  (error as { name?: string }).name === 'NoSuchBucket';

async function unlessMissing<T>(
  place: BucketPlace,
  key: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  return telling(place, key, async () => {
    try {
      return await work();
    } catch (error) {
      if (statusOf(error) === 404 && !isNoBucket(error)) return undefined;
      throw error;
    }
  });
}

/** Whatever S3 or the network says, as one error that names the object; the SDK's words hold no credentials. */
async function telling<T>(place: BucketPlace, key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FactswayError) throw error;
    const { name, message } = error as Error;
    const status = statusOf(error);
    throw new FactswayError(
      'FW-UPDATES-STORE',
      `s3://${place.bucket}/${key} (${place.region}): ${status === undefined ? '' : `${status} `}${name}: ${message}.`,
      'See who you are to AWS: aws sts get-caller-identity   then run the same command again; it goes on.',
    );
  }
}
