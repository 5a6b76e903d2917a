/** A check resolves when what it looks at is well and rejects when it is not. */
export type Check = () => Promise<unknown>;

export interface HealthOptions {
  readonly service: string;
  readonly version: string;
  readonly checks: Readonly<Record<string, Check>>;
  /** How long one check may take, in milliseconds. Default 2000. */
  readonly timeoutMs?: number;
  /** How long a round of checks is reused, in milliseconds. Default 1000. */
  readonly cacheMs?: number;
}

export interface CheckResult {
  readonly status: 'ok' | 'fail';
  readonly duration_ms: number;
  /** A code (ECONNREFUSED, 57P03, timeout), never a message: messages carry addresses and values. */
  readonly error?: string;
}

export interface HealthBody {
  readonly status: 'ok' | 'starting' | 'draining' | 'unavailable';
  readonly timestamp: string;
  readonly version: string;
  readonly service: string;
  readonly checks: Readonly<Record<string, CheckResult>>;
  /** Why the service holds itself back, when it does. */
  readonly reason?: string;
}

export interface HealthAnswer {
  readonly statusCode: 200 | 503;
  readonly body: HealthBody;
}

export interface Health {
  /** The process answers: always 200. Looks at nothing else, so a database outage restarts nobody. */
  live(): HealthAnswer;
  /** May traffic come here? 503 while starting, draining, held, or when any check fails. */
  ready(): Promise<HealthAnswer>;
  /** The whole picture for people and probes. A draining service with good checks is still 200. */
  report(): Promise<HealthAnswer>;
  markStarted(): void;
  markDraining(): void;
  /** Keeps `ready` at 503 with this reason until called with undefined. */
  hold(reason: string | undefined): void;
  readonly isStarted: boolean;
  readonly isDraining: boolean;
}

/** Health of one process. Concurrent probes share a round of checks, so they never pile up. */
export function createHealth(options: HealthOptions): Health {
  const run = roundOfChecks(options);
  let started = false;
  let draining = false;
  let held: string | undefined;

  const answer = (
    statusCode: 200 | 503,
    status: HealthBody['status'],
    checks: HealthBody['checks'],
  ): HealthAnswer => ({
    statusCode,
    body: {
      status,
      timestamp: new Date().toISOString(),
      version: options.version,
      service: options.service,
      checks,
      ...(held === undefined ? {} : { reason: held }),
    },
  });

  return {
    live: () => answer(200, draining ? 'draining' : 'ok', {}),
    async ready() {
      // Decided before the checks: while draining nobody waits for a slow database.
      if (draining) return answer(503, 'draining', {});
      if (!started) return answer(503, 'starting', {});
      const checks = await run();
      const well = held === undefined && allOk(checks);
      return answer(well ? 200 : 503, well ? 'ok' : 'unavailable', checks);
    },
    async report() {
      if (!started) return answer(503, 'starting', {});
      const checks = await run();
      if (held !== undefined || !allOk(checks)) return answer(503, 'unavailable', checks);
      return answer(200, draining ? 'draining' : 'ok', checks);
    },
    markStarted: () => {
      started = true;
    },
    markDraining: () => {
      draining = true;
    },
    hold: (reason) => {
      held = reason;
    },
    get isStarted() {
      return started;
    },
    get isDraining() {
      return draining;
    },
  };
}

function allOk(checks: HealthBody['checks']): boolean {
  return Object.values(checks).every((check) => check.status === 'ok');
}

function roundOfChecks(options: HealthOptions): () => Promise<HealthBody['checks']> {
  const timeoutMs = options.timeoutMs ?? 2000;
  const cacheMs = options.cacheMs ?? 1000;
  const runners = Object.entries(options.checks).map(
    ([name, check]) => [name, singleFlight(check)] as const,
  );
  let round: Promise<HealthBody['checks']> | undefined;
  let freshUntil = 0;

  const start = async () => {
    const results = await Promise.all(
      runners.map(async ([name, check]) => [name, await measure(check, timeoutMs)] as const),
    );
    freshUntil = performance.now() + cacheMs;
    return Object.fromEntries(results);
  };
  return () => {
    if (round === undefined || performance.now() > freshUntil) {
      freshUntil = Number.POSITIVE_INFINITY;
      round = start();
    }
    return round;
  };
}

/** A check that hangs past its timeout is waited for again next time, not started again. */
function singleFlight(check: Check): Check {
  let running: Promise<unknown> | undefined;
  return () => {
    running ??= Promise.resolve()
      .then(check)
      .finally(() => {
        running = undefined;
      });
    return running;
  };
}

async function measure(check: Check, timeoutMs: number): Promise<CheckResult> {
  const begin = performance.now();
  const elapsed = () => Math.round(performance.now() - begin);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'timeout');
  });
  try {
    const winner = await Promise.race([check().then(() => 'ok' as const), timeout]);
    if (winner === 'ok') return { status: 'ok', duration_ms: elapsed() };
    return { status: 'fail', duration_ms: elapsed(), error: 'timeout' };
  } catch (error) {
    return { status: 'fail', duration_ms: elapsed(), error: codeOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'failed';
  return typeof error.code === 'string' ? error.code : 'failed';
}
