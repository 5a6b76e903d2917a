/** Lets at most so many in at a time; the others wait in order of arrival. */
export interface Queue {
  waiting(): number;
  /**
   * Resolves when it is this caller's turn, or at once when the signal aborts. Either way the caller
   * calls what it got when it is done.
   */
  enter(signal: AbortSignal): Promise<() => void>;
}

/** A queue with this many places. */
export function createQueue(places: number): Queue {
  const waiting: (() => void)[] = [];
  let taken = 0;

  /** A place is handed over, not given back: nobody who has just arrived gets in between. */
  const leaveOnce = () => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = waiting.shift();
      if (next === undefined) taken -= 1;
      else next();
    };
  };
  const turn = (signal: AbortSignal) =>
    new Promise<boolean>((resolve) => {
      const admit = () => {
        resolve(true);
      };
      waiting.push(admit);
      signal.addEventListener('abort', () => {
        const at = waiting.indexOf(admit);
        if (at >= 0) waiting.splice(at, 1);
        resolve(false);
      });
    });

  return {
    waiting: () => waiting.length,
    async enter(signal) {
      if (taken < places) {
        taken += 1;
        return leaveOnce();
      }
      // Who gave up waiting never had a place to leave.
      return (await turn(signal)) ? leaveOnce() : () => undefined;
    },
  };
}
