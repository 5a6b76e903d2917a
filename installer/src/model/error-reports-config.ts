import * as z from 'zod';

type Problem = { readonly message: string; readonly hint?: string };

/** `https://key@host/path/42`. Source: Sentry's developer documentation, "Parsing the DSN". */
const DSN = /^https?:\/\/\w+@[^/@\s]+(?:\/[^/\s]+)*\/\d+$/;

/** Why a text is no address of a project of Sentry or GlitchTip; undefined when it is one. */
export function dsnProblem(text: string): Problem | undefined {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address !== undefined && address.password !== '') {
    return {
      message: 'holds a secret, which everyone who may run "docker inspect" could read',
      hint: 'Leave out the part between the colon and the @: the public key is enough.',
    };
  }
  if (address !== undefined && DSN.test(text)) return undefined;
  return {
    message: 'must be the address of a project, such as https://key@sentry.example.com/42',
    hint: 'Copy it from the settings of the project, under "Client Keys (DSN)".',
  };
}

/** `monitoring.sentry`: where errors of the services are reported (spec 03, "Errors: Sentry"). */
export const errorReportsConfig = z.strictObject({
  dsn: z
    .string()
    .superRefine((value, context) => {
      const problem = dsnProblem(value);
      if (!problem) return;
      const { message, hint } = problem;
      context.addIssue({ code: 'custom', message, params: { hint } });
    })
    .meta({ pattern: DSN.source })
    .optional()
    .describe(
      'Address of a project of Sentry or GlitchTip that errors of the services are reported to. Nothing of a request or a document is in a report. Without it nothing is reported.',
    ),
  environment: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must be letters, digits, -, _ or .')
    .optional()
    .describe('What reports say they come from; without it enterprise, in a cluster cloud.'),
  sampleRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Share of requests whose duration is reported too, from 0 to 1.'),
});
