const WINDOW_MS = 15 * 60 * 1000;
/** A bound on memory: ids are sent by clients, and a client may make them up. */
const MAX_USERS = 10_000;

/** Counts distinct client ids seen within the last 15 minutes, at most 10 000 of them. */
export function createActiveUsers(now: () => number = Date.now) {
  // Insertion order is order of last sight, because `saw` deletes before it sets.
  const lastSeen = new Map<string, number>();

  const forgetOld = () => {
    const limit = now() - WINDOW_MS;
    for (const [id, at] of lastSeen) {
      if (at > limit && lastSeen.size <= MAX_USERS) return;
      lastSeen.delete(id);
    }
  };
  return {
    saw(id: string): void {
      lastSeen.delete(id);
      lastSeen.set(id, now());
      if (lastSeen.size > MAX_USERS) forgetOld();
    },
    count(): number {
      forgetOld();
      return lastSeen.size;
    },
  };
}
