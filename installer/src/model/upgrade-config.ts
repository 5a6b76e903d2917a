import * as z from 'zod';

/** `upgrade`: how another release takes over, and what is kept for the way back (spec 04). */
export const upgradeConfig = z.strictObject({
  strategy: z
    .enum(['slots', 'recreate'])
    .default('slots')
    .describe(
      'slots: the new services start beside those that serve, and nobody notices; recreate: these stop first, behind a maintenance page, for a server whose memory does not hold both.',
    ),
  // None kept would mean no rollback; that nobody asks for by a number.
  keepReleases: z
    .int()
    .min(1)
    .max(20)
    .default(2)
    .describe('How many former releases keep their images on this server, for rollback.'),
});
