import type { InstanceConfig } from '../model/config.ts';
import type { SecretName } from '../model/workload.ts';

const HEADERS = 'traces-headers';

/** What tells a service where its traces go; nothing where they go nowhere. */
export function tracesVariables({ monitoring }: InstanceConfig): Record<string, string> {
  const { otlpEndpoint, headers, sampleRate } = monitoring.traces;
  if (otlpEndpoint === undefined) return {};
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
    ...(headers ? { OTEL_EXPORTER_OTLP_HEADERS_FILE: `/run/secrets/${HEADERS}` } : {}),
    OTEL_TRACES_SAMPLER_ARG: String(sampleRate),
  };
}

/** What they are sent with, where the receiver wants to know from whom. */
export const tracesSecrets = ({ monitoring: { traces } }: InstanceConfig): SecretName[] =>
  traces.otlpEndpoint !== undefined && traces.headers ? [HEADERS] : [];
