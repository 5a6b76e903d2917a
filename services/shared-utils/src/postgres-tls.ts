import { readFileSync } from 'node:fs';

/** What `pg` takes as `ssl`: false for no encryption. */
export type PostgresTls = false | { readonly rejectUnauthorized: boolean; readonly ca?: string };

/** POSTGRES_SSLMODE, with the words of libpq; what libpq has between them promises less than it sounds. */
export const SSL_MODES = ['disable', 'require', 'verify-full'] as const;

/** One of the two variables is wrong; `problem` is the rest of a sentence that begins with its name. */
export class PostgresTlsError extends Error {
  readonly variable: string;
  readonly problem: string;

  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.name = 'PostgresTlsError';
    this.variable = variable;
    this.problem = problem;
  }
}

/**
 * How to speak to PostgreSQL, from POSTGRES_SSLMODE and POSTGRES_SSLROOTCERT (platform contract). Without
 * them: no encryption, as inside the platform's own network.
 *
 * @throws PostgresTlsError
 */
export function readPostgresTls(env: NodeJS.ProcessEnv): PostgresTls {
  const text = env['POSTGRES_SSLMODE'] ?? '';
  const mode = SSL_MODES.find((known) => known === (text === '' ? 'disable' : text));
  if (mode === undefined)
    throw new PostgresTlsError(
      'POSTGRES_SSLMODE',
      `is "${text}"; allowed: ${SSL_MODES.join(', ')}`,
    );
  if (mode === 'disable') return false;
  if (mode === 'require') return { rejectUnauthorized: false };
  const path = env['POSTGRES_SSLROOTCERT'] ?? '';
  if (path === '') return { rejectUnauthorized: true };
  try {
    return { rejectUnauthorized: true, ca: readFileSync(path, 'utf8') };
  } catch {
    throw new PostgresTlsError('POSTGRES_SSLROOTCERT', `names ${path}, which cannot be read`);
  }
}
