import { describe, expect, it } from 'vitest';
import { catalogWith, configWith } from '../../../test/fakes/builders.ts';
import { plain, type Workload } from '../model/workload.ts';
import { errorReportQueue } from './error-reports.ts';
import { SERVICES } from './services/index.generated.ts';

const DSN = 'https://0123abcd@sentry.example.com/42';
const WITH = { monitoring: { sentry: { dsn: DSN, environment: 'office' } } };

const told = ({ environment }: Workload) =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([key, value]) =>
      key.startsWith('SENTRY_') ? [[key, plain(value)]] : [],
    ),
  );

describe('where errors are reported', () => {
  it('is told to every service in either slot, and to nobody else', () => {
    const { workloads } = catalogWith(WITH, ['a', 'b']);
    const telling = workloads.filter((workload) => Object.keys(told(workload)).length > 0);
    expect(telling.map(({ id }) => id).sort()).toEqual(
      SERVICES.flatMap(({ name }) => [`${name}-a`, `${name}-b`]).sort(),
    );
    for (const workload of telling) {
      expect(told(workload)).toEqual({
        SENTRY_DSN: DSN,
        SENTRY_ENVIRONMENT: 'office',
        SENTRY_TRACES_SAMPLE_RATE: '0.1',
        SENTRY_QUEUE_DIR: `/var/lib/factsway/error-reports/${workload.component}`,
      });
      expect(workload.volumes).toEqual([
        { name: 'error-reports', mount: '/var/lib/factsway/error-reports' },
      ]);
    }
  });

  it('is nowhere by itself, and then nothing waits anywhere', () => {
    const { workloads } = catalogWith({}, ['a', 'b']);
    expect(workloads.flatMap((workload) => Object.keys(told(workload)))).toEqual([]);
    const volumes = workloads.flatMap(({ volumes: mounted }) => mounted.map(({ name }) => name));
    expect(volumes).not.toContain('error-reports');
  });

  it('a service in a cluster stays one without data: its queue is scratch of the pod', () => {
    expect(errorReportQueue(configWith(WITH), 'kubernetes')).toEqual({
      volumes: [],
      tmpfs: [{ mount: '/var/lib/factsway/error-reports', sizeBytes: 24 * 1024 * 1024 }],
    });
  });
});
