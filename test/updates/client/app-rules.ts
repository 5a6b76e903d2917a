/**
 * What the app has to do around electron-updater (spec 07, "Client side rules"): the library itself tries again only where
 * nobody listens at all, and downloads nothing twice.
 */

/** Seconds before each further try. */
export const BACKOFF_SECONDS = [1, 2, 4, 8] as const;

export type Wait = (seconds: number) => Promise<void>;

/** A code of electron-updater or Node, or HTTP_ERROR_nnn. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What another try may answer otherwise. A manifest that is not there, or not readable, stays so. */
function mayPass(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return (
    /^HTTP_ERROR_(429|5\d\d)$/.test(code) ||
    /^E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|AI_AGAIN)/.test(code)
  );
}

/** Throws the last error once all waits are used up, and at once what another try does not change. */
export async function withBackoff<T>(work: () => Promise<T>, wait: Wait): Promise<T> {
  for (const seconds of BACKOFF_SECONDS) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error)) throw error;
      await wait(seconds);
    }
  }
  return work();
}

/** One clean re-download of a file whose digest is another than the manifest's; not a third. */
export async function withOneRedownload<T>(download: () => Promise<T>): Promise<T> {
  try {
    return await download();
  } catch (error) {
    if (codeOf(error) !== 'ERR_CHECKSUM_MISMATCH') throw error;
    return download();
  }
}

/** The other address of the app's settings, where the first does not answer or answers 5xx. */
export async function fromFirstThatAnswers<T>(
  addresses: readonly string[],
  ask: (address: string) => Promise<T>,
): Promise<T> {
  const [first = '', ...others] = addresses;
  try {
    return await ask(first);
  } catch (error) {
    if (others.length === 0 || !mayPass(error)) throw error;
    return fromFirstThatAnswers(others, ask);
  }
}
