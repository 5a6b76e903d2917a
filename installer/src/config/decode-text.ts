import { FactswayError } from '../model/errors.ts';
import { shellWord } from '../model/shell.ts';

const LINE_FEED = 0x0a;
/** Longest first: the mark of UTF-16 is the beginning of that of UTF-32. iconv finds the byte order by the mark. */
const MARKS: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  ['UTF-32', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-32', [0x00, 0x00, 0xfe, 0xff]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
];

/**
 * The text of a configuration file, which must be in UTF-8; a byte order mark is kept. `source` is what the file is
 * called in messages, `path` where it is. Throws FW-CONFIG-ENCODING.
 */
export function decodeText(bytes: Uint8Array, source: string, path: string): string {
  const wide = wideEncoding(bytes);
  if (wide !== undefined)
    throw wrongEncoding(`${source} is in ${wide}; it must be in UTF-8.`, wide, path);
  if (isUtf8(bytes)) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  throw wrongEncoding(
    `${source}:${firstBrokenLine(bytes)}: this line is not in UTF-8, but probably in Windows-1252 (ISO 8859-1).`,
    'WINDOWS-1252',
    path,
  );
}

/** By its mark, or by the zero that is half of nearly every character of a configuration. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  for (const [encoding, mark] of MARKS)
    if (mark.every((byte, index) => bytes[index] === byte)) return encoding;
  const zeros = [0, 0];
  for (const [index, byte] of bytes.entries())
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = bytes.length / 4;
  if (odd > most && even === 0) return 'UTF-16LE';
  return even > most && odd === 0 ? 'UTF-16BE' : undefined;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** No character of UTF-8 holds the byte of a line feed, so lines can be looked at one by one. */
function firstBrokenLine(bytes: Uint8Array): number {
  let line = 1;
  for (let begin = 0; begin < bytes.length; line += 1) {
    const end = bytes.indexOf(LINE_FEED, begin);
    if (end < 0 || !isUtf8(bytes.subarray(begin, end))) break;
    begin = end + 1;
  }
  return line;
}

function wrongEncoding(message: string, encoding: string, path: string): FactswayError {
  const [file, converted] = [shellWord(path), shellWord(`${path}.utf8`)];
  return new FactswayError(
    'FW-CONFIG-ENCODING',
    message,
    `Convert it: iconv -f ${encoding} -t UTF-8 ${file} > ${converted} && mv ${converted} ${file}`,
  );
}
