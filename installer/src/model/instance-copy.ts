import * as z from 'zod';

/** Below the instance directory, and nowhere else. */
const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0]+$/;

/** The instance directory as one document, as it lies beside the backups. */
export const instanceCopySchema = z.object({
  version: z.literal(1),
  /** Where it was, absolute. */
  directory: z.string(),
  madeAt: z.string(),
  files: z.array(
    z.object({
      path: z.string().regex(RELATIVE),
      /** Permission bits. */
      mode: z.int(),
      uid: z.int(),
      gid: z.int(),
      /** base64. */
      content: z.base64(),
    }),
  ),
});
export type InstanceCopy = z.output<typeof instanceCopySchema>;
