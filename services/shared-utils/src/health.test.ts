import { describe, expect, it, vi } from 'vitest';
import { createHealth } from './health.ts';

const base = { service: 'records-service', version: '1.0.0' };
const never = () => new Promise<void>(() => undefined);

describe('health', () => {
  it('is not ready while starting, and runs no check for it', async () => {
    const database = vi.fn(() => Promise.resolve());
    const health = createHealth({ ...base, checks: { database } });

    expect((await health.ready()).statusCode).toBe(503);
    expect((await health.report()).body.status).toBe('starting');
    expect(database).not.toHaveBeenCalled();
    expect(health.live().statusCode).toBe(200);
  });

  it('answers with everything the contract names', async () => {
    const health = createHealth({ ...base, checks: { database: () => Promise.resolve() } });
    health.markStarted();

    const { statusCode, body } = await health.report();

    expect(statusCode).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/) as string,
      service: 'records-service',
      version: '1.0.0',
      checks: { database: { status: 'ok', duration_ms: expect.any(Number) as number } },
    });
  });

  it('is unavailable but alive when a check fails, and shows its code only', async () => {
    const error = Object.assign(new Error('connect to 10.0.0.5 refused'), { code: 'ECONNREFUSED' });
    const health = createHealth({ ...base, checks: { database: () => Promise.reject(error) } });
    health.markStarted();

    const { statusCode, body } = await health.ready();

    expect(statusCode).toBe(503);
    expect(body.checks['database']).toMatchObject({ status: 'fail', error: 'ECONNREFUSED' });
    expect(JSON.stringify(body)).not.toContain('10.0.0.5');
    expect(health.live().statusCode).toBe(200);
  });

  it('gives a check that hangs up, and does not start it again', async () => {
    const database = vi.fn(never);
    const health = createHealth({ ...base, checks: { database }, timeoutMs: 10, cacheMs: 0 });
    health.markStarted();

    expect((await health.ready()).body.checks['database']?.error).toBe('timeout');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await health.ready()).body.checks['database']?.error).toBe('timeout');
    expect(database).toHaveBeenCalledTimes(1);
  });

  it('shares one round of checks among probes, and keeps it briefly', async () => {
    const database = vi.fn(() => Promise.resolve());
    const health = createHealth({ ...base, checks: { database }, cacheMs: 30 });
    health.markStarted();

    await Promise.all(Array.from({ length: 50 }, () => health.ready()));
    await health.report();
    expect(database).toHaveBeenCalledTimes(1);

    await new Promise((resolve) => setTimeout(resolve, 40));
    await health.ready();
    expect(database).toHaveBeenCalledTimes(2);
  });

  it('turns not ready at once when draining, however slow the checks are', async () => {
    const health = createHealth({ ...base, checks: { database: never } });
    health.markStarted();
    health.markDraining();

    const { statusCode, body } = await health.ready();

    expect([statusCode, body.status]).toEqual([503, 'draining']);
  });

  it('is held back with a reason until let go', async () => {
    const health = createHealth({ ...base, checks: {} });
    health.markStarted();
    health.hold('fault');
    expect((await health.ready()).body).toMatchObject({ status: 'unavailable', reason: 'fault' });
    health.hold(undefined);
    expect((await health.ready()).statusCode).toBe(200);
  });
});
