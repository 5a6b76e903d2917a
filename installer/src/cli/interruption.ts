/** What of a process an interruption needs; `process` itself has it. */
type Signalled = {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
};

/**
 * One Ctrl-C can arrive twice: from the terminal, which signals everything in the foreground, and again from npx,
 * which passes its own on.
 */
const SAME_PRESS_MS = 1000;

/**
 * Aborted by the first Ctrl-C; what is under way is then ended in order. Another one calls `endAtOnce`.
 *
 * The listeners stay: libraries that tidy up at the end of a process (signal-exit, in execa, inquirer and log-update)
 * kill it themselves when nobody but them listens, before anything could be said or the lock be released.
 */
export function interruption(
  signalled: Signalled,
  now: () => number,
  endAtOnce: () => void,
): AbortSignal {
  const abort = new AbortController();
  let first = Infinity;
  const onSignal = (): void => {
    if (!abort.signal.aborted) {
      first = now();
      abort.abort();
    } else if (now() - first >= SAME_PRESS_MS) endAtOnce();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) signalled.on(signal, onSignal);
  return abort.signal;
}
