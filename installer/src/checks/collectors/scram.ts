import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';

/** As PostgreSQL makes them (scram_iterations). */
const ITERATIONS = 4096;
const VERIFIER = /^SCRAM-SHA-256\$(\d{1,9}):([^$:]+)\$([^$:]+):([^$:]+)$/;

/**
 * What PostgreSQL keeps of a password (RFC 5802 and 7677; `rolpassword` of pg_authid): given this, it never gets to see
 * the password. Text is normalised as its clients do (SASLprep; for what a password is likely to hold that is NFKC).
 */
export function scramVerifier(password: string, salt: Uint8Array, iterations = ITERATIONS): string {
  return verifierOf(password.normalize('NFKC'), salt, iterations);
}

/** "Commonly mapped to nothing" (RFC 3454, table B.1). */
const UNSEEN =
  /\u00AD|\u034F|\u1806|[\u180B-\u180D]|[\u200B-\u200D]|\u2060|[\uFE00-\uFE0F]|\uFEFF/g;

function verifierOf(password: string, salt: Uint8Array, iterations: number): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const keyed = (word: string): Buffer => createHmac('sha256', salted).update(word).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest();
  const parts = [stored, keyed('Server Key')].map((key) => key.toString('base64'));
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${parts.join(':')}`;
}

/** Whether a role with this verifier lets in whoever has the password; false for one of another kind, or none. */
export function opens(password: string, verifier: string): boolean {
  const [, iterations, salt] = VERIFIER.exec(verifier) ?? [];
  if (iterations === undefined || salt === undefined) return false;
  // PostgreSQL leaves out what is not seen, and takes text that SASLprep refuses as it is.
  const spellings = new Set([password, password.replaceAll(UNSEEN, '')]);
  return [...spellings].some((spelling) => {
    const own = verifierOf(spelling, Buffer.from(salt, 'base64'), Number(iterations));
    const prepared = scramVerifier(spelling, Buffer.from(salt, 'base64'), Number(iterations));
    return isSame(own, verifier) || isSame(prepared, verifier);
  });
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
