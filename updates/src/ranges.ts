/** Bytes of a file, both ends included (RFC 9110, 14.1.2). */
export type ByteRange = { readonly start: number; readonly end: number };

/** As many as electron-updater asks for at once when it takes the changed blocks of an installer. */
const MOST = 1000;
const ONE = /^(\d*)-(\d*)$/;

/**
 * What a Range header asks of a file of `size` bytes. `whole` where it has to be ignored: another unit, a mistake in it,
 * or more bytes than there are, which is nobody who wants to save some. `none` where nothing of it is there: that is 416.
 */
export function rangesOf(
  header: string | undefined,
  size: number,
): readonly ByteRange[] | 'whole' | 'none' {
  const list = /^bytes=(.+)$/.exec(header?.trim() ?? '')?.[1]?.split(',');
  if (list === undefined || list.length > MOST) return 'whole';
  const asked = list.map((text) => rangeOf(text.trim(), size));
  if (asked.includes('wrong')) return 'whole';
  const found = asked.filter((range) => typeof range === 'object');
  if (found.length === 0) return 'none';
  const bytes = found.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  return bytes > size ? 'whole' : found;
}

function rangeOf(text: string, size: number): ByteRange | 'wrong' | 'outside' {
  const [, first = '', last = ''] = ONE.exec(text) ?? [];
  if (first === '' && last === '') return 'wrong';
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'outside' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'wrong';
  if (start >= size) return 'outside';
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}
