import { describe, expect, it } from 'vitest';
import type { PrometheusState } from '../facts.ts';
import { analyseMetrics } from './metrics.ts';

describe('metrics', () => {
  const target = (job: string) => ({
    job,
    instance: `${job}:1`,
    health: 'up',
    lastError: '',
    stale: false,
  });
  const GOOD: PrometheusState = {
    unreachable: '',
    targets: [target('facts-service'), target('node')],
    builds: [{ service: 'facts-service', version: '1.0.0' }],
    alertmanagers: 1,
    missing: [],
    rules: [],
  };
  const EXPECTED = {
    prometheusPort: 9090,
    jobs: ['facts-service', 'node'],
    services: ['facts-service'],
    version: '1.0.0',
  };

  it('of every component pass', () => {
    expect(analyseMetrics(GOOD, EXPECTED)).toMatchObject({
      status: 'pass',
      found: 'all 2 targets are up; 1 services report 1.0.0',
    });
  });

  it.each<[Partial<PrometheusState>, string]>([
    [{ targets: [target('node')] }, 'nothing is scraped as facts-service'],
    [
      {
        targets: [target('facts-service'), { ...target('node'), health: 'down', lastError: 'EOF' }],
      },
      'node (node:1) is down: EOF',
    ],
    [
      { targets: [target('facts-service'), { ...target('node'), health: 'unknown' }] },
      'node (node:1) is unknown, not scraped yet',
    ],
    [
      { targets: [target('facts-service'), { ...target('node'), stale: true }] },
      'node (node:1) has not been scraped since this began',
    ],
    [{ builds: [] }, 'factsway_build_info of facts-service has not arrived'],
    [
      {
        builds: [
          { service: 'facts-service', version: '1.0.0' },
          { service: 'facts-service', version: '0.9.0' },
        ],
      },
      'factsway_build_info of facts-service says 0.9.0',
    ],
    [{ alertmanagers: 0 }, 'Prometheus has found no Alertmanager'],
    [
      { missing: [{ service: 'facts-service', metric: 'factsway_db_pool_max' }] },
      'facts-service does not show factsway_db_pool_max',
    ],
  ])('%o', (change, finding) => {
    const result = analyseMetrics({ ...GOOD, ...change }, EXPECTED);
    expect(result).toMatchObject({ status: 'fail', details: [finding] });
  });

  it('without a Prometheus say that alone', () => {
    const result = analyseMetrics({ ...GOOD, unreachable: 'refused', targets: [] }, EXPECTED);
    expect(result.found).toBe('Prometheus does not answer: refused');
    expect(result.details).toEqual([]);
  });
});
