import { describe, expect, it } from 'vitest';
import type { EndpointAnswer, ServiceEndpoints } from '../facts.ts';
import { analyseServiceContract } from './service-contract.ts';
import { analyseVersions } from './versions.ts';

const METRICS = [
  '# HELP factsway_build_info Build.',
  'factsway_build_info{service="facts",version="1.0.0"} 1',
  'http_requests_total{route="/"} 1',
  'http_request_duration_seconds_bucket{le="1"} 1',
  'process_cpu_seconds_total 1',
  'factsway_db_pool_max 4',
  '',
].join('\n');
const answer = (body: string, status = 200, contentType = 'application/json'): EndpointAnswer => ({
  status,
  contentType,
  body,
});
const HEALTH = {
  status: 'ok',
  timestamp: '2026-01-01T00:00:00Z',
  version: '1.0.0',
  service: 'facts',
  checks: { database: 'ok' },
};

function service(changes: ServiceEndpoints['answers'] = {}): ServiceEndpoints {
  return {
    service: 'facts-service',
    unreachable: '',
    answers: {
      '/health': answer(JSON.stringify(HEALTH)),
      '/health/live': answer('{}'),
      '/health/ready': answer('{}'),
      '/metrics': answer(METRICS, 200, 'text/plain; version=0.0.4'),
      ...changes,
    },
  };
}
const findings = (changes: ServiceEndpoints['answers']): readonly string[] | undefined =>
  analyseServiceContract([service(), service(changes)]).details;

describe('the contract of a service', () => {
  it('kept by all passes', () => {
    expect(analyseServiceContract([service(), service()])).toMatchObject({
      status: 'pass',
      found: '2 services answer /health, /health/live, /health/ready and /metrics as agreed',
    });
  });

  it.each(['status', 'timestamp', 'version', 'service', 'checks'])(
    'is broken by a /health without %s',
    (key) => {
      const body = JSON.stringify({ ...HEALTH, [key]: undefined });
      expect(findings({ '/health': answer(body) })).toEqual([
        `facts-service: /health does not say its ${key}`,
      ]);
    },
  );

  it.each(['/health/live', '/health/ready'] as const)(
    'is broken by a %s that is not 200',
    (path) => {
      expect(findings({ [path]: answer('', 503) })).toEqual([`facts-service: ${path} answers 503`]);
      expect(findings({ [path]: answer('ECONNREFUSED', 0) })).toEqual([
        `facts-service: ${path} answers 0 (ECONNREFUSED)`,
      ]);
    },
  );

  it.each([
    'factsway_build_info',
    'http_requests_total',
    'http_request_duration_seconds_bucket',
    'process_cpu_seconds_total',
    'factsway_db_pool_max',
  ])('is broken by /metrics without %s, even where a comment names it', (series) => {
    const body = METRICS.replaceAll(`\n${series}`, '\nother');
    expect(findings({ '/metrics': answer(body, 200, 'text/plain') })).toEqual([
      `facts-service: /metrics lacks ${series}`,
    ]);
  });

  it('is broken by metrics of another type', () => {
    expect(findings({ '/metrics': answer(METRICS) })).toEqual([
      'facts-service: /metrics is application/json, not text/plain',
    ]);
  });

  it('is broken by a /health that is no JSON, and the others are still looked at', () => {
    const found = findings({ '/health': answer('<html>', 200), '/health/live': answer('', 500) });
    expect(found).toHaveLength(6);
    expect(found?.at(-1)).toBe('facts-service: /health/live answers 500');
  });

  it('cannot be judged where nobody answers', () => {
    const dead = { service: 'facts-service', unreachable: 'is exited', answers: {} };
    expect(analyseServiceContract([dead]).details).toEqual(['facts-service is exited']);
  });
});

describe('versions', () => {
  const image = { reference: 'facts-service:1.0.0', id: 'x', version: '1.0.0' };

  it('that agree pass', () => {
    expect(analyseVersions('1.0.0', [image], [service()])).toMatchObject({
      status: 'pass',
      found: '1 images and 1 services agree: 1.0.0',
    });
  });

  it('that do not are named, each where it was found', () => {
    const other = service({
      '/health': answer(JSON.stringify({ ...HEALTH, version: '0.9.0' })),
      '/metrics': answer(METRICS.replace('version="1.0.0"', 'version="1.1.0"')),
    });
    expect(analyseVersions('1.0.0', [{ ...image, version: '2.0.0' }], [other]).details).toEqual([
      'facts-service:1.0.0 is 2.0.0',
      'facts-service: /health says 0.9.0',
      'facts-service: factsway_build_info says 1.1.0',
    ]);
  });

  it('that nobody says are findings too', () => {
    const mute = { service: 'facts-service', unreachable: 'is missing', answers: {} };
    expect(analyseVersions('1.0.0', [], [mute]).details).toEqual([
      'facts-service: /health says no version',
      'facts-service: factsway_build_info says no version',
    ]);
  });
});
