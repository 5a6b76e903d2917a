import * as z from 'zod';
import { proxyConfig } from './outgoing-proxy.ts';
import { SUBNET, subnetProblem } from './subnet.ts';

export const networkConfig = z.strictObject({
  subnet: z
    .string()
    .superRefine((value, context) => {
      const problem = subnetProblem(value);
      if (!problem) return;
      const { message, hint } = problem;
      context.addIssue({ code: 'custom', message, params: { hint } });
    })
    .meta({ pattern: SUBNET.source })
    .optional()
    .describe(
      'Private IPv4 range the networks of the platform are cut from, /24 or larger. Without it Docker chooses.',
    ),
  proxy: proxyConfig.prefault({}),
});
