import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { compositeChecksum, S3Checksum } from './s3-checksum.ts';

const MIB = 1024 * 1024;
const sha256 = (...parts: Buffer[]): string =>
  createHash('sha256').update(Buffer.concat(parts)).digest('base64');

function checksumOf(content: Buffer, chunk: number): string {
  const checksum = new S3Checksum(content.length);
  for (let at = 0; at < content.length; at += chunk)
    checksum.update(content.subarray(at, at + chunk));
  return checksum.digest();
}

it('a file that is sent as one object has the checksum of its bytes', () => {
  const content = Buffer.alloc(8 * MIB, 'a');
  expect(checksumOf(content, 1_000_003)).toBe(sha256(content));
});

it.each([
  ['that ends within a part', 8 * MIB + 1, 2],
  ['that ends with a part', 16 * MIB, 2],
])('a file %s has the checksum of the checksums of its parts', (_, size, parts) => {
  const content = Buffer.alloc(size, 'b');
  const sums = [sha256(content.subarray(0, 8 * MIB)), sha256(content.subarray(8 * MIB))];
  const both = sha256(...sums.map((sum) => Buffer.from(sum, 'base64')));
  expect(checksumOf(content, 1_000_003)).toBe(`${both}-${parts}`);
  expect(compositeChecksum(sums)).toBe(`${both}-${parts}`);
});
