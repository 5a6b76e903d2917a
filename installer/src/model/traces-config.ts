import * as z from 'zod';

const ENDPOINT = /^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/;

/** `monitoring.traces`: where traces of the services are exported (spec 03, "Traces"). */
export const tracesConfig = z.strictObject({
  otlpEndpoint: z
    .string()
    .regex(
      ENDPOINT,
      'must be the address of a receiver of OTLP over HTTP, such as http://otel.example.com:4318, without a login',
    )
    .optional()
    .describe(
      'Address of a receiver of OTLP over HTTP that traces of the services are exported to, without /v1/traces. Nothing of a request but route, method, status and ids is in a trace. Without it nothing is exported.',
    ),
  headers: z
    .boolean()
    .default(false)
    .describe(
      'Whether the receiver wants headers, such as an authorization: each as name=value on a line of secrets/traces-headers.',
    ),
  sampleRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe(
      'Share of traces beginning here that are exported, from 0 to 1. Where a client began one, it has decided.',
    ),
});
