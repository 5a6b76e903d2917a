import { Readable } from 'node:stream';
import { crc32 } from './crc32.ts';

/**
 * A DOCX is a ZIP of XML parts (ECMA-376). Sizes follow the data (bit 3), so a document of any
 * length is written without being held in memory; the data is deflate in stored blocks, because
 * readers accept trailing sizes only with deflate. Source: APPNOTE.TXT 6.3.10 of PKWARE, RFC 1951.
 */
const FIXED_PARTS: readonly (readonly [string, string])[] = [
  [
    '[Content_Types].xml',
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
  ],
  [
    '_rels/.rels',
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
  ],
];
const NAMESPACE = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const MAIN_PART = 'word/document.xml';
/** XML 1.0 has no way to write these characters. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
/** 1 January 1980, the first day a ZIP can name: the same export gives the same bytes. */
const DOS_DATE = 0x21;

const DEFLATE = 8;
const MAX_BLOCK = 0xffff;
/** An empty stored block with the mark of the last one. */
const LAST_BLOCK = Buffer.from([1, 0, 0, 0xff, 0xff]);

interface Entry {
  readonly name: Buffer;
  readonly crc: number;
  readonly size: number;
  /** Bytes in the archive. */
  readonly stored: number;
  readonly offset: number;
}

/** Streams a document whose pages come one by one; the stream ends with `pages`. */
export function streamDocx(title: string, pages: AsyncIterable<string>): Readable {
  return Readable.from(writeArchive(title, pages), { objectMode: false });
}

async function* writeArchive(title: string, pages: AsyncIterable<string>) {
  const entries: Entry[] = [];
  let offset = 0;
  async function* part(name: string, chunks: AsyncIterable<string> | Iterable<string>) {
    const header = localHeader(Buffer.from(name));
    let [crc, size, stored] = [0, 0, 0];
    yield header;
    for await (const chunk of chunks) {
      const bytes = Buffer.from(chunk);
      crc = crc32(bytes, crc);
      size += bytes.length;
      const block = storedBlocks(bytes);
      stored += block.length;
      yield block;
    }
    yield LAST_BLOCK;
    stored += LAST_BLOCK.length;
    const descriptor = uint32s(0x08074b50, crc, stored, size);
    yield descriptor;
    entries.push({ name: Buffer.from(name), crc, size, stored, offset });
    offset += header.length + stored + descriptor.length;
  }
  for (const [name, text] of FIXED_PARTS) yield* part(name, [text]);
  yield* part(MAIN_PART, documentXml(title, pages));
  yield directory(entries, offset);
}

async function* documentXml(title: string, pages: AsyncIterable<string>) {
  yield `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="${NAMESPACE}"><w:body>${paragraph(title)}`;
  for await (const page of pages) {
    yield `${paragraph(page)}<w:p><w:r><w:br w:type="page"/></w:r></w:p>`;
  }
  yield '</w:body></w:document>';
}

function paragraph(text: string): string {
  return `<w:p><w:r><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r></w:p>`;
}

function escapeXml(text: string): string {
  return text
    .replace(NOT_XML, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function localHeader(name: Buffer): Buffer {
  const fields = uint16s(20, 8, DEFLATE, 0, DOS_DATE);
  return Buffer.concat([
    uint32s(0x04034b50),
    fields,
    uint32s(0, 0, 0),
    uint16s(name.length, 0),
    name,
  ]);
}

function directory(entries: readonly Entry[], offset: number): Buffer {
  const records = entries.map(({ name, crc, size, stored, offset: at }) =>
    Buffer.concat([
      uint32s(0x02014b50),
      uint16s(20, 20, 8, DEFLATE, 0, DOS_DATE),
      uint32s(crc, stored, size),
      uint16s(name.length, 0, 0, 0, 0),
      uint32s(0, at),
      name,
    ]),
  );
  const length = records.reduce((sum, record) => sum + record.length, 0);
  const count = entries.length;
  return Buffer.concat([
    ...records,
    uint32s(0x06054b50),
    uint16s(0, 0, count, count),
    uint32s(length, offset),
    uint16s(0),
  ]);
}

/** RFC 1951, 3.2.4: a block of at most 65 535 bytes as they are. */
function storedBlocks(bytes: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += MAX_BLOCK) {
    const block = bytes.subarray(at, at + MAX_BLOCK);
    blocks.push(Buffer.from([0]), uint16s(block.length, block.length ^ 0xffff), block);
  }
  return Buffer.concat(blocks);
}

function uint16s(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) buffer.writeUInt16LE(value, index * 2);
  return buffer;
}

function uint32s(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 4);
  return buffer;
}
