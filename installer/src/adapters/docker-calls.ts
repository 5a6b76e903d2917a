import { realpathSync } from 'node:fs';
import { FactswayError } from '../model/errors.ts';
import type { ObservedContainer } from '../model/observed.ts';

/** Labels that Compose puts on what it makes. */
export const PROJECT = 'com.docker.compose.project';
export const WORKING_DIRECTORY = 'com.docker.compose.project.working_dir';
export const VOLUME = 'com.docker.compose.volume';
export const NETWORK = 'com.docker.compose.network';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EACCES',
  'ECONNRESET',
  'EPERM',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
]);

/** `undefined` where the engine says that there is no such thing (404) or nothing to change (304). */
export async function finding<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || status === 304) return undefined;
    throw refusal(error);
  }
}

/**
 * A call of the engine's API about something that is there. Throws FW-DOCKER-UNREACHABLE, and FW-DOCKER-COMMAND for
 * what the engine refuses: also that somebody has taken it away in the meantime.
 */
export async function calling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusal(error);
  }
}

/** What is no answer of the engine stays what it was. */
function refusal(error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && UNREACHABLE.has(code)) return unreachable(code);
  const status = statusOf(error);
  if (status === undefined || status < 400) return error;
  return new FactswayError(
    'FW-DOCKER-COMMAND',
    `Docker refused: ${reasonOf(error)}.`,
    status === 404
      ? 'Somebody else removed it in the meantime. Run the command again: it makes what is missing.'
      : 'Correct what Docker names, then run the command again.',
  );
}

/** No engine this user can use; `reason` is the code of the system's error, or words where there is none. */
export function unreachable(reason: string): FactswayError {
  const denied = reason === 'EACCES' || reason === 'EPERM';
  return new FactswayError(
    'FW-DOCKER-UNREACHABLE',
    denied ? 'This user may not use the Docker socket.' : `No Docker Engine answers (${reason}).`,
    denied
      ? 'Run the command as root, or add the user to the group docker: sudo usermod -aG docker $USER'
      : 'Start it: sudo systemctl start docker   or install it: https://docs.docker.com/engine/install/',
  );
}

/** Compose typed by hand remembers the path that was typed; one directory must have one name. */
export const withoutLinks = (path: string): string => madeIn(path).workingDirectory;

/** Where a container was made, by the path Compose remembers. */
export function madeIn(path: string): Pick<ObservedContainer, 'workingDirectory' | 'mountsBy'> {
  try {
    const workingDirectory = realpathSync(path);
    return { workingDirectory, ...(workingDirectory === path ? {} : { mountsBy: 'link' }) };
  } catch {
    return { workingDirectory: path, mountsBy: 'gone' };
  }
}

export const statusOf = (error: unknown): number | undefined =>
  (error as { statusCode?: number }).statusCode;

function reasonOf(error: unknown): string {
  const json = (error as { json?: { message?: string } }).json;
  return (json?.message ?? (error instanceof Error ? error.message : String(error))).replace(
    /\.$/,
    '',
  );
}
