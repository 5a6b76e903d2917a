/** Sizes are plain numbers of bytes; these helpers read and write them for people. */
const UNITS = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;
export const MiB = UNITS.MiB;
export const GiB = UNITS.GiB;
export const TiB = UNITS.TiB;

export const SIZE_PATTERN = /^(\d+(?:\.\d+)?)\s?(KiB|MiB|GiB|TiB)$/;

/** Bytes of `16GiB`, `512MiB`, `1.5GiB`; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const match = SIZE_PATTERN.exec(text);
  if (!match) return undefined;
  const unit = match[2] as keyof typeof UNITS;
  return Math.round(Number(match[1]) * UNITS[unit]);
}

/** The largest whole unit that is exact: 1073741824 → `1GiB`, 1610612736 → `1536MiB`. */
export function formatSize(bytes: number): string {
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB'] as const) {
    if (bytes >= UNITS[unit] && bytes % UNITS[unit] === 0) return `${bytes / UNITS[unit]}${unit}`;
  }
  return `${bytes}B`;
}

/** Whole mebibytes, rounded down, as Compose and PostgreSQL want them (`512m`, `512MB`). */
export function mebibytes(bytes: number): number {
  return Math.floor(bytes / MiB);
}

/** Milliseconds for people: `850 ms`, `12.4 s`, `3 min 20 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1 gap`, `2 gaps`. */
/** `40 s`, `12 min`, `5 h`, `3 days`: how much work that is, and not to the second. */
export function formatSeconds(seconds: number): string {
  const round = Math.ceil(seconds);
  if (round < 120) return `${round} s`;
  if (round < 7200) return `${Math.ceil(round / 60)} min`;
  if (round < 172_800) return `${Math.ceil(round / 3600)} h`;
  return `${Math.ceil(round / 86_400)} days`;
}

export const count = (amount: number, one: string, many: string): string =>
  `${amount} ${amount === 1 ? one : many}`;
