/** An IPv4 range as numbers: its first address and how many there are. */
export type Range = { readonly first: number; readonly size: number };

/** `172.17.0.1/16` → the range it lies in, `10.0.0.53` → itself alone; undefined for anything else. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (!match) return undefined;
  const parts = match.slice(1, 5).map(Number);
  const bits = match[5] === undefined ? 32 : Number(match[5]);
  if (bits > 32 || parts.some((part) => part > 255)) return undefined;
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - bits);
  return { first: Math.floor(address / size) * size, size };
}

export const overlap = (a: Range, b: Range): boolean =>
  a.first < b.first + b.size && b.first < a.first + a.size;

/** Every range of `bits` inside a larger one, the lowest first. */
export function* subdivide({ first, size }: Range, bits: number): Generator<Range> {
  const step = 2 ** (32 - bits);
  for (let at = first; at + step <= first + size; at += step) yield { first: at, size: step };
}
