/**
 * A cursor names the last row of a page by its sequence number. It is opaque to clients, so that
 * what it holds may change.
 */
export function encodeCursor(sequence: number): string {
  return Buffer.from(`v1:${sequence}`).toString('base64url');
}

/** The sequence number in a cursor, or undefined when nobody here wrote it. */
export function decodeCursor(cursor: string): number | undefined {
  const match = /^v1:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  return match === null ? undefined : Number(match[1]);
}
