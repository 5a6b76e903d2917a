import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../shared-utils/src/logger.ts';
import type { Metrics } from '../../shared-utils/src/metrics.ts';
import type { Database } from './database.ts';

/** Rows of one slice, and the pause after it: 1000 rows are some 50 ms of one core, hence 7 % of it. */
const SLICE = 1000;
const PAUSE_MS = 750;
/** From the end of one pass to the beginning of the next. */
const REST_MS = 6 * 3_600_000;
/** After a pass that could not be finished, say because the database is away. */
const RETRY_MS = 60_000;

export interface Pace {
  readonly slice: number;
  readonly pauseMs: number;
  readonly restMs: number;
  readonly retryMs: number;
}

/** What one pass over the chain found. */
export interface Passed {
  /** Rows in the log when the pass ended. */
  readonly rows: number;
  /** The first place that is not as it was written; undefined where all is. */
  readonly broken: { readonly seq: number; readonly problem: string } | undefined;
}

/**
 * Goes through the chain once, slice by slice, from its first row to the head. Reads no row: audit_verify tells only
 * where the chain breaks.
 *
 * @param pause called between two slices
 * @throws what Database.query throws, and Error when the function answers nothing
 */
export async function passOver(
  db: Database,
  slice: number,
  pause: () => Promise<unknown>,
): Promise<Passed> {
  for (let from = 1; ;) {
    const [row] = await db.query('verify_audit', 'SELECT * FROM factsway.audit_verify($1, $2)', [
      from,
      slice,
    ]);
    if (row === undefined) throw new Error('audit_verify answered nothing');
    const [first, head] = [Number(row['first_seq']), Number(row['head_seq'])];
    const verified = Number(row['verified_to']);
    const rows = Math.max(0, head - first + 1);
    if (row['broken_at'] !== null)
      return {
        rows,
        broken: { seq: Number(row['broken_at']), problem: String(row['problem']) },
      };
    if (verified >= head) return { rows, broken: undefined };
    from = verified + 1;
    await pause();
  }
}

/**
 * Verifies the chain for as long as the process lives, and shows what it found. The timestamp is 0 until a pass of
 * this process reached the end: who is started again and again never gets there, and the alert says so.
 */
export function startAuditVerifier(
  db: Database,
  metrics: Metrics,
  logger: Logger,
  pace: Pace = { slice: SLICE, pauseMs: PAUSE_MS, restMs: REST_MS, retryMs: RETRY_MS },
): { readonly stop: () => void } {
  const seen = { broken: 0, verified: 0, rows: 0 };
  metrics.declareQueries(['verify_audit']);
  metrics.gauge(
    { name: 'factsway_audit_chain_broken', help: '1 when the audit log is not as it was written.' },
    () => seen.broken,
  );
  metrics.gauge(
    {
      name: 'factsway_audit_last_verified_timestamp_seconds',
      help: 'When the whole audit log was gone through last, broken or not; 0 before the first time.',
    },
    () => seen.verified,
  );
  metrics.gauge(
    { name: 'factsway_audit_rows', help: 'Rows of the audit log when it was gone through last.' },
    () => seen.rows,
  );
  const ended = new AbortController();
  const nap = (ms: number) => sleep(ms, undefined, { signal: ended.signal, ref: false });
  const isEnded = (): boolean => ended.signal.aborted;
  const work = async () => {
    while (!isEnded()) {
      try {
        const { rows, broken } = await passOver(db, pace.slice, () => nap(pace.pauseMs));
        Object.assign(seen, { rows, broken: broken ? 1 : 0, verified: Date.now() / 1000 });
        if (broken) logger.error({ ...broken }, 'the audit log is not as it was written');
        await nap(pace.restMs);
      } catch (error) {
        if (isEnded()) return;
        logger.warn({ err: error }, 'the audit log could not be verified');
        await nap(pace.retryMs);
      }
    }
  };
  // Ends with `stop` only, which aborts a nap.
  work().catch(() => undefined);
  return {
    stop: () => {
      ended.abort();
    },
  };
}
