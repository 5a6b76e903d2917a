/** How often one address may ask for one kind of thing. */
export type Limit = { readonly requests: number; readonly seconds: number };

/** More addresses than a firm has; beyond that the oldest windows are forgotten. */
const MOST_ADDRESSES = 50_000;

/**
 * Counts requests of an address in windows of a fixed length. True where the request is within the limit. `now` in
 * milliseconds.
 */
export function createLimiter({ requests, seconds }: Limit): (who: string, now: number) => boolean {
  const windows = new Map<string, { begun: number; count: number }>();
  return (who, now) => {
    const window = windows.get(who);
    if (window === undefined || now - window.begun >= seconds * 1000) {
      // Put in anew, so that a Map's first entry is always its oldest.
      windows.delete(who);
      if (windows.size >= MOST_ADDRESSES) windows.delete(windows.keys().next().value ?? '');
      windows.set(who, { begun: now, count: 1 });
      return true;
    }
    window.count += 1;
    return window.count <= requests;
  };
}
