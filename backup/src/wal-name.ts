/** Names of WAL segments: 8 hex digits each of timeline, upper and lower part of the number. */
const SEGMENT = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/;
export const SEGMENT_BYTES = 16 * 1024 * 1024;
const SEGMENTS_PER_UPPER = 0x1_0000_0000 / SEGMENT_BYTES;

export interface Segment {
  readonly timeline: number;
  readonly number: number;
}

export function parseSegment(name: string): Segment | null {
  const match = SEGMENT.exec(name);
  if (match === null) return null;
  const [, timeline = '', upper = '', lower = ''] = match;
  return {
    timeline: parseInt(timeline, 16),
    number: parseInt(upper, 16) * SEGMENTS_PER_UPPER + parseInt(lower, 16),
  };
}

export function segmentName({ timeline, number }: Segment): string {
  return [timeline, Math.floor(number / SEGMENTS_PER_UPPER), number % SEGMENTS_PER_UPPER]
    .map((part) => part.toString(16).toUpperCase().padStart(8, '0'))
    .join('');
}

/** A position in the log, as PostgreSQL writes it (`0/77CCEE0`), as a number that can be compared. */
export function lsn(text: string): bigint {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
  if (match === null) throw new Error(`"${text}" is no position in the log`);
  return (BigInt(`0x${match[1] ?? '0'}`) << 32n) + BigInt(`0x${match[2] ?? '0'}`);
}
