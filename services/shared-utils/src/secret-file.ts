import { readFileSync } from 'node:fs';

/**
 * Reads a secret from a mounted file. Exactly one trailing newline is dropped, because editors and
 * `echo` add one; anything else, other newlines included, belongs to the secret.
 *
 * @throws the file system's error when the file cannot be read
 */
export function readSecretFile(path: string): string {
  return withoutOneNewline(readFileSync(path, 'utf8'));
}

/** Drops one trailing "\n", never more. */
export function withoutOneNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
