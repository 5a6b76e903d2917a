import { describe, expect, it } from 'vitest';
import { SERVICES } from './services/index.ts';
import { serviceUnderTest } from './test-support.ts';

/** Per process. Eight services, two slots: 20 000 series are little for one Prometheus. */
const MAX_SERIES = 1200;

async function series(platform: ReturnType<typeof serviceUnderTest>['platform']) {
  const text = await platform.metrics.registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('metrics', () => {
  it.each(SERVICES.map((service) => service.name))('%s has few series', async (name) => {
    const { app, platform } = serviceUnderTest(() => [], { SERVICE_NAME: name });
    await app.ready();
    const lines = await series(platform);
    expect(lines.length).toBeGreaterThan(200);
    expect(lines.length).toBeLessThan(MAX_SERIES);
  });

  it('do not grow with paths, methods and ids strangers make up', async () => {
    const { app, platform } = serviceUnderTest(() => []);
    await app.ready();
    const before = (await series(platform)).length;
    for (let index = 0; index < 200; index += 1) {
      await app.inject(`/made/up/${index}`);
      await app.inject(`/api/cases/${index}`);
      await app.inject({ method: 'PROPFIND' as 'GET', url: `/dav/${index}` });
    }
    // A method nobody registered adds one counter and one histogram, once.
    expect((await series(platform)).length).toBeLessThan(before + 20);
  });

  it('have every route at 0 from boot, labelled with its template', async () => {
    const { app, platform } = serviceUnderTest(() => []);
    await app.ready();
    const lines = await series(platform);
    for (const line of [
      'http_requests_total{method="POST",endpoint="/api/cases",status="201"} 0',
      'http_requests_total{method="GET",endpoint="/api/cases/:id",status="500"} 0',
      'http_requests_total{method="DELETE",endpoint="/api/drafts/:id",status="503"} 0',
      'http_requests_total{method="GET",endpoint="/health/ready",status="503"} 0',
      'http_requests_total{method="GET",endpoint="__unmatched__",status="404"} 0',
      'http_request_duration_seconds_count{method="PUT",endpoint="/api/templates/:id"} 0',
      'factsway_db_query_duration_seconds_count{query="list_cases"} 0',
      'factsway_build_info{service="records-service",version="1.0.0"} 1',
      'factsway_templates_created_total 0',
      'factsway_drafts_created_total 0',
      'factsway_active_users 0',
      'factsway_active_connections 0',
      'database_connection_errors_total 0',
    ]) {
      expect(lines).toContain(line);
    }
    expect(lines.some((line) => line.startsWith('process_cpu_seconds_total'))).toBe(true);
    expect(lines.some((line) => line.startsWith('nodejs_eventloop_lag_seconds'))).toBe(true);
  });

  it('count requests and the clients that made them', async () => {
    const { app, platform } = serviceUnderTest(() => []);
    for (const client of ['a', 'b', 'a']) {
      await app.inject({ url: '/api/cases', headers: { 'x-client-id': client } });
    }
    const lines = await series(platform);
    expect(lines).toContain(
      'http_requests_total{method="GET",endpoint="/api/cases",status="200"} 3',
    );
    expect(lines).toContain('factsway_active_users 2');
  });

  it('are text 0.0.4', async () => {
    const { app } = serviceUnderTest(() => []);
    const answer = await app.inject('/metrics');
    expect(answer.headers['content-type']).toContain('version=0.0.4');
  });
});
