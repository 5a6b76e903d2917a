import { describe, expect, it } from 'vitest';
import { catalogWith } from '../../../test/fakes/builders.ts';
import { plain, type Workload } from '../model/workload.ts';
import { configSchema } from '../model/config.ts';
import { SERVICES } from './services/index.generated.ts';

const ENDPOINT = 'http://otel.example.com:4318';
const withTraces = (traces: object) => ({ monitoring: { traces } });
const told = ({ environment }: Workload) =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([key, value]) =>
      key.startsWith('OTEL_') ? [[key, plain(value)]] : [],
    ),
  );

describe('where traces are exported', () => {
  it('is told to every service in either slot, and to nobody else', () => {
    const { workloads } = catalogWith(withTraces({ otlpEndpoint: ENDPOINT, headers: true }), [
      'a',
      'b',
    ]);
    const telling = workloads.filter((workload) => Object.keys(told(workload)).length > 0);
    expect(telling.map(({ id }) => id).sort()).toEqual(
      SERVICES.flatMap(({ name }) => [`${name}-a`, `${name}-b`]).sort(),
    );
    for (const workload of telling) {
      expect(told(workload)).toEqual({
        OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
        OTEL_EXPORTER_OTLP_HEADERS_FILE: '/run/secrets/traces-headers',
        OTEL_TRACES_SAMPLER_ARG: '0.1',
      });
      expect(workload.secrets).toContain('traces-headers');
    }
  });

  it('is nowhere by itself, and asks for no secret without a use for it', () => {
    for (const settings of [
      {},
      withTraces({ headers: true }),
      withTraces({ otlpEndpoint: ENDPOINT }),
    ]) {
      const { workloads } = catalogWith(settings, ['a', 'b']);
      expect(workloads.flatMap(({ secrets }) => secrets)).not.toContain('traces-headers');
    }
    expect(catalogWith({}).workloads.flatMap((one) => Object.keys(told(one)))).toEqual([]);
  });

  it.each([
    'otel.example.com:4318',
    'grpc://x:4317',
    'http://user:secret@x:4318',
    'http://x:4318/?key=y',
  ])('is no address such as %s', (otlpEndpoint) => {
    expect(configSchema.safeParse(withTraces({ otlpEndpoint })).success).toBe(false);
  });
});
