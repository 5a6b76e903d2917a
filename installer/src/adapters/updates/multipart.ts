import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
  type Part,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { FactswayError } from '../../model/errors.ts';
import { partSize, SMALLEST_PART } from '../../model/updates/upload-parts.ts';
import type { FileToUpload, Uploaded } from '../../ports/object-store.ts';
import { compositeChecksum } from './s3-checksum.ts';

/** Each holds one part in memory, and no more than these are at work. */
const AT_ONCE = 4;

type Target = { readonly client: S3Client; readonly Bucket: string; readonly Key: string };
type Numbered = { readonly number: number; readonly offset: number; readonly length: number };

function partsOf(size: number): Numbered[] {
  const each = partSize(size);
  return Array.from({ length: Math.ceil(size / each) }, (_, index) => ({
    number: index + 1,
    offset: index * each,
    length: Math.min(each, size - index * each),
  }));
}

const attributes = ({ contentType, cacheControl, sha512 }: FileToUpload) => ({
  ContentType: contentType,
  CacheControl: cacheControl,
  Metadata: { sha512 },
});

/** Sends a file, part by part where it is large; parts that an earlier run sent are compared, and not sent again. */
export async function uploadInParts(
  client: S3Client,
  bucket: string,
  file: FileToUpload,
  progress: (sentBytes: number) => void,
): Promise<Uploaded> {
  const target: Target = { client, Bucket: bucket, Key: file.key };
  const handle = await open(file.path);
  try {
    if (file.size <= SMALLEST_PART) return await putWhole(target, file, handle, progress);
    const { UploadId, parts } = await uploadToGoOn(target, file);
    const sent = await sendMissing(target, UploadId, { file, handle, parts, progress });
    refuseChanged(file, compositeChecksum(sent.completed.map(({ sum }) => sum)));
    await client.send(
      new CompleteMultipartUploadCommand({
        ...{ Bucket: bucket, Key: file.key, UploadId, IfNoneMatch: '*' },
        MultipartUpload: { Parts: sent.completed.map(({ part }) => part) },
      }),
    );
    return { sentParts: sent.sent, keptParts: sent.completed.length - sent.sent };
  } finally {
    await handle.close();
  }
}

async function putWhole(
  { client, Bucket, Key }: Target,
  file: FileToUpload,
  handle: FileHandle,
  progress: (sentBytes: number) => void,
): Promise<Uploaded> {
  const body = await readPart(handle, { number: 1, offset: 0, length: file.size });
  const ChecksumSHA256 = digest('sha256', body, 'base64');
  refuseChanged(file, ChecksumSHA256);
  const command = { Bucket, Key, Body: body, ChecksumSHA256, IfNoneMatch: '*' };
  await client.send(new PutObjectCommand({ ...command, ...attributes(file) }));
  progress(file.size);
  return { sentParts: 1, keptParts: 0 };
}

/** The upload an earlier run began, with its parts, or a new one. Those of other contents are given up. */
async function uploadToGoOn(
  { client, Bucket, Key }: Target,
  file: FileToUpload,
): Promise<{ UploadId: string; parts: Map<number, Part> }> {
  const begun = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
  const ours = (begun.Uploads ?? []).flatMap(({ Key: key, UploadId }) =>
    key === Key && UploadId !== undefined ? [UploadId] : [],
  );
  const found = await Promise.all(
    ours.map(async (UploadId) => ({
      UploadId,
      parts: await listParts({ client, Bucket, Key }, UploadId),
    })),
  );
  // The one that is furthest; the others would cost room for ever.
  const [best, ...rest] = found.toSorted((a, b) => b.parts.size - a.parts.size);
  const kept = file.resume ? best : undefined;
  for (const { UploadId } of kept ? rest : found)
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  if (kept) return kept;
  const command = { Bucket, Key, ChecksumAlgorithm: 'SHA256' as const, ...attributes(file) };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(command));
  if (UploadId === undefined) throw new Error('S3 began an upload without a name');
  return { UploadId, parts: new Map() };
}

async function listParts(
  { client, Bucket, Key }: Target,
  UploadId: string,
): Promise<Map<number, Part>> {
  const parts = new Map<number, Part>();
  let marker: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof askParts>> = await askParts(client, {
      ...{ Bucket, Key, UploadId },
      ...(marker === undefined ? {} : { PartNumberMarker: marker }),
    });
    for (const part of page.Parts ?? []) parts.set(part.PartNumber ?? 0, part);
    marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return parts;
}

const askParts = (
  client: S3Client,
  input: { Bucket: string; Key: string; UploadId: string; PartNumberMarker?: string },
) => client.send(new ListPartsCommand(input));

/** `sum` is its SHA-256 in base64. */
type Completed = { readonly number: number; readonly sum: string; readonly part: CompletedPart };

/** Before the object is there: what was sent has to be what was hashed, and its block map compared with. */
function refuseChanged({ path, checksum }: FileToUpload, sent: string): void {
  if (sent === checksum) return;
  throw new FactswayError(
    'FW-RELEASE-CHANGED',
    `${path} changed while it was being published; nobody is offered it.`,
    'See that no build is running, then run the same command again.',
  );
}

type Sending = {
  readonly file: FileToUpload;
  readonly handle: FileHandle;
  readonly parts: ReadonlyMap<number, Part>;
  readonly progress: (sentBytes: number) => void;
};

/** Every part once, each by one of a few workers; the file is read where it is at, never as a whole. */
async function sendMissing(
  { client, Bucket, Key }: Target,
  UploadId: string,
  { file, handle, parts, progress }: Sending,
): Promise<{ completed: Completed[]; sent: number }> {
  const waiting = partsOf(file.size);
  const completed: Completed[] = [];
  let sent = 0;
  let bytes = 0;
  const work = async (): Promise<void> => {
    // One memory for all parts of a worker: what is left to the garbage collector grows with the file.
    const memory = Buffer.allocUnsafeSlow(partSize(file.size));
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      const body = await readPart(handle, part, memory);
      const ChecksumSHA256 = digest('sha256', body, 'base64');
      const there = parts.get(part.number);
      let ETag = there?.ETag;
      if (!there || !isSame(there, body, ChecksumSHA256)) {
        const one = { Bucket, Key, UploadId, PartNumber: part.number, Body: body, ChecksumSHA256 };
        ({ ETag } = await client.send(new UploadPartCommand(one)));
        sent += 1;
      }
      const done = { PartNumber: part.number, ChecksumSHA256 };
      completed.push({
        number: part.number,
        sum: ChecksumSHA256,
        part: { ...done, ...(ETag === undefined ? {} : { ETag }) },
      });
      progress((bytes += part.length));
    }
  };
  const workers = Array.from({ length: AT_ONCE }, work);
  try {
    await Promise.all(workers);
  } finally {
    // One that failed must not leave others reading a file that is closed.
    waiting.length = 0;
    await Promise.allSettled(workers);
  }
  completed.sort((a, b) => a.number - b.number);
  return { completed, sent };
}

/** By the checksum S3 kept, or where a server keeps none, by the MD5 that an ETag of a part is. */
function isSame(there: Part, body: Buffer, sha256: string): boolean {
  if (there.Size !== body.length) return false;
  if (there.ChecksumSHA256 !== undefined) return there.ChecksumSHA256 === sha256;
  return there.ETag?.replaceAll('"', '') === digest('md5', body, 'hex');
}

const digest = (algorithm: string, body: Buffer, encoding: 'base64' | 'hex'): string =>
  createHash(algorithm).update(body).digest(encoding);

/** The part, in a memory that is written over by the next one. */
async function readPart(
  handle: FileHandle,
  { offset, length }: Numbered,
  memory = Buffer.allocUnsafeSlow(length),
): Promise<Buffer> {
  const body = memory.subarray(0, length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(body, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw new Error('the file became shorter while it was sent');
    filled += bytesRead;
  }
  return body;
}
