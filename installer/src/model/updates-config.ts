import * as z from 'zod';

/** Absolute, without detours; a colon would end it in a Compose file. */
const DIRECTORY = /^(\/(?!\.{1,2}(\/|$))[^/:\u0000-\u001f]+)+$/;

/** `updates`: whether this server hands out updates of the desktop app itself (spec 07). */
export const updatesConfig = z.strictObject({
  mirror: z
    .enum(['off', 'on'])
    .default('off')
    .describe(
      'on: desktop apps get their updates from this server, at /updates/; factsway-install release mirror fills it.',
    ),
  directory: z
    .string()
    .regex(DIRECTORY, 'must be a directory such as /mnt/updates')
    .optional()
    .describe(
      'Directory of yours that holds the installers, in place of state/updates; the mirror only reads it.',
    ),
});
