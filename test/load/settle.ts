/** Whether every POST was applied exactly once: what was sent against what the API lists. */

/** One POST of the run. */
export interface Sent {
  readonly resource: string;
  readonly key: string;
  /** Answered 2xx: the client may rely on it. */
  readonly acknowledged: boolean;
}

export interface Applied {
  readonly posts: number;
  readonly acknowledged: number;
  /** Acknowledged and not there. */
  readonly lost: readonly string[];
  /** There more than once, acknowledged or not. */
  readonly doubled: readonly string[];
  /** Never acknowledged, and there once all the same: nothing is wrong with the data. */
  readonly unacknowledgedApplied: number;
  /** Never acknowledged and not there. */
  readonly unacknowledgedAbsent: number;
}

/** @param found how often each key is there, by resource */
export function compareApplied(
  sent: readonly Sent[],
  found: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Applied {
  const lost: string[] = [];
  const doubled: string[] = [];
  let [acknowledgedCount, applied, absent] = [0, 0, 0];
  for (const { resource, key, acknowledged } of sent) {
    const times = found.get(resource)?.get(key) ?? 0;
    const name = `${resource} ${key}`;
    if (acknowledged) acknowledgedCount += 1;
    if (times > 1) doubled.push(name);
    if (acknowledged && times === 0) lost.push(name);
    if (!acknowledged && times === 1) applied += 1;
    if (!acknowledged && times === 0) absent += 1;
  }
  return {
    posts: sent.length,
    acknowledged: acknowledgedCount,
    lost,
    doubled,
    unacknowledgedApplied: applied,
    unacknowledgedAbsent: absent,
  };
}
