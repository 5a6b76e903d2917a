import { expect, it } from 'vitest';
import { catalogWith } from '../../../../test/fakes/builders.ts';
import { MIRROR_METRICS } from '../../../../monitoring/metrics/mirror.ts';
import { collectPrometheus } from './prometheus-state.ts';

const EMPTY = { activeTargets: [], activeAlertmanagers: [], result: [], groups: [] };

/** What Prometheus is asked by queries, on a platform with these settings. */
async function asked(settings: object): Promise<string> {
  const queries: string[] = [];
  const http = {
    request: async ({ url }: { url: string }) => {
      queries.push(new URL(url).searchParams.get('query') ?? '');
      return { status: 200, headers: {}, body: JSON.stringify({ data: EMPTY }) };
    },
  };
  const state = await collectPrometheus({
    catalog: catalogWith(settings),
    startedMs: 0,
    ports: { http },
  });
  expect(state.unreachable).toBe('');
  return queries.join('\n');
}

it('the mirror of desktop updates has to show its metrics where there is one, and nowhere else', async () => {
  const metrics = MIRROR_METRICS.map(({ name }) => name);
  const wanted = await asked({ updates: { mirror: 'on' } });
  // Without a single fill there is no manifest to say anything about.
  expect(metrics.filter((name) => wanted.includes(name))).toEqual([
    'factsway_updates_requests_total',
    'factsway_updates_sent_bytes_total',
  ]);
  expect(wanted).toContain(
    '(max by (service) (up{job="updates"}) == 1) unless on (service) factsway_updates_requests_total,',
  );
  const without = await asked({});
  expect(without).toContain('factsway_db_pool_max');
  expect(without).not.toMatch(/factsway_updates_|"updates"/);
});
