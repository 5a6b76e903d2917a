/** Of a file in an archive (POSIX ustar; sizes beyond 8 GiB in base 256, as GNU tar writes them). */
export type TarEntry = {
  readonly name: string;
  readonly size: number;
  readonly offset: number;
};

export const BLOCK = 512;
const FIELDS = { name: [0, 100], size: [124, 12], checksum: [148, 8], prefix: [345, 155] } as const;

const text = (block: Buffer, [at, length]: readonly [number, number]): string => {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
};

function numberIn(block: Buffer, [at, length]: readonly [number, number]): number {
  const field = block.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) === 0) return Number.parseInt(text(block, [at, length]).trim(), 8);
  return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f);
}

/** Sum of the bytes of a header, its own field taken as spaces. */
function checksumOf(block: Buffer): number {
  const [at, length] = FIELDS.checksum;
  return block.reduce(
    (sum, byte, index) => sum + (index >= at && index < at + length ? 32 : byte),
    0,
  );
}

export const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

/**
 * One header: `file` with its name and size, `other` for what is no plain file, `end` for an empty block, undefined
 * where this is no archive.
 */
export function readHeader(
  block: Buffer,
):
  | { readonly kind: 'file' | 'other'; readonly name: string; readonly size: number }
  | 'end'
  | undefined {
  if (block.every((byte) => byte === 0)) return 'end';
  if (block.length < BLOCK || numberIn(block, FIELDS.checksum) !== checksumOf(block))
    return undefined;
  const type = block[156] ?? 0;
  const size = numberIn(block, FIELDS.size);
  if (!Number.isSafeInteger(size) || size < 0) return undefined;
  const prefix = block.subarray(257, 262).toString() === 'ustar' ? text(block, FIELDS.prefix) : '';
  const name = `${prefix === '' ? '' : `${prefix}/`}${text(block, FIELDS.name)}`;
  // '0', and 0 in archives of before POSIX.
  const kind = type === 0x30 || type === 0 ? 'file' : 'other';
  return { kind, name: name.replace(/^(\.\/)+/, ''), size };
}

/** The same bytes whoever writes it, and whenever: nothing but name and size is told. */
export function writeHeader(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (value: string, at: number): void => {
    block.write(value, at, 'utf8');
  };
  const octal = (value: number, length: number): string =>
    `${value.toString(8).padStart(length - 1, '0')}\0`;
  put(name, 0);
  put(octal(0o644, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(size, 12), 124);
  put(octal(0, 12), 136);
  put('0', 156);
  put('ustar\0' + '00', 257);
  put(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
