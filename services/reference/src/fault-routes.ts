import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Platform } from '../../shared-utils/src/platform.ts';
import type { PooledDatabase } from './database.ts';
import { changeFaults, type Faults } from './faults.ts';
import { invalid, Problem } from './problem.ts';

/** Makes the faults happen, and lets them be changed with `PUT /__faults` while running. */
export function registerFaults(
  app: FastifyInstance,
  platform: Platform,
  db: PooledDatabase,
  initial: Faults,
): void {
  let faults = initial;
  let crash: NodeJS.Timeout | undefined;

  const enact = async (previous: Faults | undefined) => {
    platform.health.hold(faults.never_ready ? 'fault: never_ready' : undefined);
    if (faults.crash_after_ms !== (previous?.crash_after_ms ?? 0)) {
      clearTimeout(crash);
      if (faults.crash_after_ms > 0) crash = setTimeout(die, faults.crash_after_ms);
    }
    // Last, because it may wait for connections that requests still use.
    if (faults.hold_pool !== (previous?.hold_pool ?? 0)) {
      await db.hold(faults.hold_pool).catch((error: unknown) => {
        platform.logger.warn({ err: error }, 'the pool could not be held');
      });
    }
  };
  const die = () => {
    platform.logger.fatal('fault: crash_after_ms');
    process.exit(1);
  };

  app.addHook('preHandler', async (request) => {
    if (!request.url.startsWith('/api/')) return;
    if (faults.slow_ms > 0) await sleep(faults.slow_ms);
    if (Math.random() < faults.error_rate) throw new Problem(500, 'fault', 'fault: error_rate');
    if (faults.throw_error) throw quoting(request);
    if (faults.throw_uncaught) setImmediate(() => rethrow(quoting(request)));
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/metrics' && faults.no_metrics)
      await reply.code(404).type('text/plain').send('fault: no_metrics\n');
  });
  app.addHook('onSend', async (request, _reply, payload) =>
    request.url === '/metrics' && faults.hide_metric !== '' && typeof payload === 'string'
      ? withoutMetric(payload, faults.hide_metric)
      : payload,
  );
  app.get('/__faults', () => faults);
  app.put('/__faults', async (request) => {
    const { body } = request;
    if (typeof body !== 'object' || body === null) {
      throw invalid([{ field: '', problem: 'must be a JSON object' }]);
    }
    const { faults: changed, refused } = changeFaults(faults, { ...body });
    if (refused.length > 0) {
      throw invalid(refused.map((field) => ({ field, problem: 'is unknown or out of range' })));
    }
    const previous = faults;
    faults = changed;
    await enact(previous);
    return faults;
  });
  void enact(undefined);
}

/** What a careless program throws: with the client's words in its message, its cause and its fields. */
function quoting({ method, url, headers, params, body }: FastifyRequest): Error {
  const asked = JSON.stringify({ url, headers, params, body });
  const cause = Object.assign(new Error(`value violates a rule: ${asked}`), {
    code: '23514',
    table: 'drafts',
    constraint: 'drafts_title_check',
    detail: `Failing row contains (${asked}).`,
    where: asked,
  });
  return Object.assign(new Error(`cannot ${method} ${asked}`, { cause }), { asked, body, headers });
}

function rethrow(error: Error): never {
  throw error;
}

/** Prometheus text without the lines of one metric. */
function withoutMetric(text: string, name: string): string {
  const own = new RegExp(`^(# (HELP|TYPE) )?${name}(_bucket|_sum|_count)?[ {]`);
  return text
    .split('\n')
    .filter((line) => !own.test(line))
    .join('\n');
}
