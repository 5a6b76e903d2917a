import { describe, expect, it } from 'vitest';
import { beyond, PageScan } from './page-scan.ts';

/** A page that begins with a position in the log. */
function page(high: number, low: number): Buffer {
  const bytes = Buffer.alloc(8192, 0x5a);
  bytes.writeUInt32LE(high, 0);
  bytes.writeUInt32LE(low, 4);
  return bytes;
}

/** One file, as tar stores it. */
function entry(path: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

const TAR = Buffer.concat([
  entry('backup_label', Buffer.from('START WAL LOCATION: 0/2000028')),
  entry('base/', Buffer.alloc(0)),
  entry('base/5/16384', Buffer.concat([page(0, 0x100), page(1, 0x200), page(0, 0x300)])),
  entry('base/5/16384_vm', page(0, 0x400)),
  entry('base/5/pg_filenode.map', page(9, 9)),
  entry('pg_xact/0000', page(9, 9)),
  entry('global/1262.1', page(0x4000_0000, 0x10)),
  Buffer.alloc(1024),
]);

function scan(size: number): PageScan {
  const pages = new PageScan();
  for (let at = 0; at < TAR.length; at += size) pages.write(TAR.subarray(at, at + size));
  return pages;
}

describe('the pages of a base backup', () => {
  it.each([1, 511, 8192, 65_536])('are found in pieces of %d bytes', (size) => {
    expect([...scan(size).newest]).toEqual([
      ['base/5/16384', { block: 1, lsn: 0x1_0000_0200n }],
      ['base/5/16384_vm', { block: 0, lsn: 0x400n }],
      ['global/1262.1', { block: 0, lsn: 0x4000_0000_0000_0010n }],
    ]);
  });

  it('are damaged where they name a position that the log has not reached', () => {
    const { newest } = scan(65_536);
    expect(beyond(newest, 0x1_0000_0200n)).toEqual([['global/1262.1', 0]]);
    expect(beyond(newest, 0x1_0000_01ffn)).toHaveLength(2);
  });
});
