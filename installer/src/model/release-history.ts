import * as z from 'zod';
import { FactswayError } from './errors.ts';
import { RELEASE_LABEL } from './labels.ts';
import { shellWord } from './shell.ts';
import { isVersion } from './version.ts';

/** A thousand times what a release has to say; a label is anybody's text. */
const LARGEST = 1024 * 1024;

const version = z.string().refine(isVersion, 'is not a version such as 1.1.0');
/** It is shown on a terminal, which must not obey it. */
const sentence = z.string().regex(/^\P{C}{0,500}$/u, 'is not a sentence');

/** Keys it does not name are of later releases, and left out. */
const releaseSchema = z.object({
  version,
  history: z
    .array(
      z.object({
        version,
        /** Nobody may go past it. */
        requiredStop: z.boolean().default(false),
        notes: sentence.optional(),
      }),
    )
    .refine(
      (entries) => new Set(entries.map((entry) => entry.version)).size === entries.length,
      'names a release twice',
    ),
  migrations: z.array(
    z.object({
      name: z.string().regex(/^[A-Za-z0-9_.-]{1,200}$/, 'is not the name of a migration'),
      release: version,
      /** contract: the release before can no longer be gone back to. */
      kind: z.enum(['expand', 'contract']),
      /** Whether it can be undone. */
      down: z.boolean(),
    }),
  ),
});

/** What a release says of itself: the releases up to it, and its migrations, each in no promised order. */
export type ReleaseHistory = z.output<typeof releaseSchema>;
export type ReleaseEntry = ReleaseHistory['history'][number];
export type ReleaseMigration = ReleaseHistory['migrations'][number];

/**
 * The label of a migrations image, read. Undefined where the image has none, as those of before had: then nothing is
 * known. `reference` names the image. Throws FW-RELEASE-HISTORY for a label that says something else.
 */
export function readReleaseHistory(
  label: string | undefined,
  reference: string,
): ReleaseHistory | undefined {
  if (label === undefined) return undefined;
  const parsed = releaseSchema.safeParse(label.length > LARGEST ? undefined : asJson(label));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') ?? '';
    throw unreadable(reference, place === '' ? 'it is not what a build writes' : `see ${place}`);
  }
  const { data } = parsed;
  if (!data.history.some((entry) => entry.version === data.version))
    throw unreadable(reference, `its history leaves out ${data.version} itself`);
  return data;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(reference: string, why: string): FactswayError {
  const image = shellWord(reference);
  return new FactswayError(
    'FW-RELEASE-HISTORY',
    `The label ${RELEASE_LABEL} of ${reference} cannot be read: ${why}.`,
    `Get the image anew: docker image rm ${image} && docker pull ${image}   or load the bundle it came with again. A later installer may be needed for a later release.`,
  );
}
