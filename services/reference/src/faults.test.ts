import { describe, expect, it } from 'vitest';
import { changeFaults, NO_FAULTS } from './faults.ts';
import { serviceUnderTest } from './test-support.ts';

describe('faults', () => {
  it('have no endpoint unless they are switched on', async () => {
    const { app } = serviceUnderTest(() => []);
    expect((await app.inject('/__faults')).statusCode).toBe(404);
    const put = await app.inject({ method: 'PUT', url: '/__faults', payload: { slow_ms: 1 } });
    expect(put.statusCode).toBe(404);
  });

  it('can be changed while running', async () => {
    const { app, platform } = serviceUnderTest(() => [], { REFERENCE_FAULTS: 'on' });
    const put = (payload: object) => app.inject({ method: 'PUT', url: '/__faults', payload });

    expect((await app.inject('/__faults')).json()).toEqual(NO_FAULTS);
    expect((await put({ error_rate: 1 })).statusCode).toBe(200);
    expect((await app.inject('/api/cases')).statusCode).toBe(500);
    expect((await app.inject('/health/live')).statusCode).toBe(200);
    await put({ error_rate: 0, never_ready: true });
    expect((await app.inject('/api/cases')).statusCode).toBe(200);
    expect((await platform.health.ready()).statusCode).toBe(503);
    await put({ never_ready: false, slow_ms: 60 });
    expect((await platform.health.ready()).statusCode).toBe(200);
    const begin = performance.now();
    await app.inject('/api/cases');
    expect(performance.now() - begin).toBeGreaterThan(55);
  });

  it('can take the metrics away, whole or one by one', async () => {
    const { app } = serviceUnderTest(() => [], { REFERENCE_FAULTS: 'on' });
    const put = (payload: object) => app.inject({ method: 'PUT', url: '/__faults', payload });
    const shown = async () => (await app.inject('/metrics')).body;

    expect(await shown()).toMatch(/^factsway_active_users /m);
    await put({ hide_metric: 'factsway_active_users' });
    expect(await shown()).not.toContain('factsway_active_users');
    expect(await shown()).toContain('factsway_build_info');
    await put({ hide_metric: 'http_request_duration_seconds' });
    expect(await shown()).not.toContain('http_request_duration_seconds_bucket');
    await put({ hide_metric: '', no_metrics: true });
    expect((await app.inject('/metrics')).statusCode).toBe(404);
    await put({ no_metrics: false });
    expect(await shown()).toMatch(/^factsway_active_users /m);
  });

  it('refuse what is unknown or out of range, and then change nothing', async () => {
    const { app } = serviceUnderTest(() => [], { REFERENCE_FAULTS: 'on' });
    const payload = { slow_ms: 5, error_rate: 2, sloow_ms: 1 };
    const answer = await app.inject({ method: 'PUT', url: '/__faults', payload });
    expect(answer.statusCode).toBe(400);
    expect((await app.inject('/__faults')).json()).toEqual(NO_FAULTS);
  });

  it.each([
    [{ error_rate: -0.1 }],
    [{ slow_ms: 1.5 }],
    [{ never_ready: 'yes' }],
    [{ no_metrics: 1 }],
    [{ hide_metric: 'a.*' }],
    [{ hold_pool: Number.NaN }],
    [{ toString: 1 }],
  ])('%j is refused', (change) => {
    expect(changeFaults(NO_FAULTS, change)).toEqual({
      faults: NO_FAULTS,
      refused: Object.keys(change),
    });
  });
});
