/**
 * When the requests of an open loop are due: at a fixed rate, whatever the answers do. A generator
 * that waited for answers would ask least when the platform is slowest (coordinated omission).
 */
export interface Limits {
  readonly ratePerSecond: number;
  /** When it stops by itself, in seconds. */
  readonly seconds: number;
}

/** What a run may be; beyond it, it is a mistake. */
const BOUNDS = { rate: 1000, seconds: 3600, requests: 500_000 };

/** @throws RangeError naming what is out of bounds; otherwise how many requests there will be */
export function requestsOf({ ratePerSecond, seconds }: Limits): number {
  if (!(ratePerSecond > 0 && ratePerSecond <= BOUNDS.rate)) {
    throw new RangeError(`a rate of ${ratePerSecond}/s; more than 0, at most ${BOUNDS.rate}`);
  }
  if (!(seconds > 0 && seconds <= BOUNDS.seconds)) {
    throw new RangeError(`${seconds} seconds; more than 0, at most ${BOUNDS.seconds}`);
  }
  const requests = Math.floor(ratePerSecond * seconds);
  if (requests > BOUNDS.requests) {
    throw new RangeError(`${requests} requests; at most ${BOUNDS.requests}`);
  }
  return requests;
}

/** When request `n` is due, in milliseconds after the beginning. */
export function dueAt(n: number, { ratePerSecond }: Limits): number {
  return (n * 1000) / ratePerSecond;
}

/** How many requests are due `elapsed` milliseconds after the beginning: those before the first that is not. */
export function dueBy(elapsed: number, limits: Limits): number {
  if (elapsed < 0) return 0;
  // The small part more: 3 × (1000 / 3) is a little less than 1000.
  const due = Math.floor((elapsed * limits.ratePerSecond) / 1000 + 1e-9) + 1;
  return Math.min(requestsOf(limits), due);
}
