import * as z from 'zod';

const path = (what: string) =>
  z
    .string()
    .min(1)
    .regex(/^[^\0\n\r]+$/, 'must be the path of a file')
    .describe(what);

/** How the edge comes by its certificate. Which keys belong to which mode is judged in catalog/tls-rules.ts. */
export const tlsConfig = z.strictObject({
  mode: z
    .enum(['internal', 'provided', 'acme', 'off'])
    .default('internal')
    .describe(
      'internal: own certificate authority; provided: certificate and key from files; acme: from a public authority such as Let’s Encrypt; off: plain HTTP behind a load balancer.',
    ),
  certificateFile: path(
    'For mode provided: PEM file with the certificate of the server, followed by those that sign it. Absolute, or relative to the instance directory.',
  ).optional(),
  keyFile: path(
    'For mode provided: PEM file with its private key, without a passphrase. Absolute, or relative to the instance directory.',
  ).optional(),
  email: z
    .email('must be an e-mail address')
    .optional()
    .describe('For mode acme: where the authority writes to when something is wrong.'),
  acmeDirectory: z
    .url({ protocol: /^https$/, error: 'must be an https:// address' })
    .optional()
    .describe('For mode acme: directory address of another authority than Let’s Encrypt.'),
});

export type TlsConfig = z.output<typeof tlsConfig>;
