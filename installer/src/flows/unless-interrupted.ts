import { FactswayError } from '../model/errors.ts';

/**
 * The same work, left alone as soon as somebody presses Ctrl-C: for what only reads, and may wait long for an
 * answer. Throws FW-CANCELLED.
 */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let reject: (error: FactswayError) => void = () => undefined;
  const interrupted = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  const stop = (): void => {
    reject(
      new FactswayError(
        'FW-CANCELLED',
        'Interrupted; nothing was changed.',
        'Run the same command again to continue.',
      ),
    );
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([interrupted, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
