import { parseDocument, stringify } from 'yaml';
import { FactswayError } from '../model/errors.ts';
import { imageLockSchema, LOCK_FILE, type ImageLock } from '../model/image-lock.ts';

const HEADER = `# Written by \`factsway-install images lock\`: which image each tag stood for. As long as this file is here the
# platform is rendered and fetched by these digests. Renew it: factsway-install images lock --refresh
`;

/** Throws FW-IMAGE-LOCK-INVALID. */
export function parseImageLock(text: string): ImageLock {
  const document = parseDocument(text);
  const parsed = imageLockSchema.safeParse(document.errors.length > 0 ? null : document.toJS());
  if (parsed.success) return parsed.data.images;
  throw new FactswayError(
    'FW-IMAGE-LOCK-INVALID',
    `${LOCK_FILE} cannot be read: ${document.errors[0]?.message.split('\n')[0] ?? parsed.error.issues[0]?.path.join('.') ?? ''}.`,
    'Put it back from your backup, or write it anew: factsway-install images unlock, then factsway-install images lock',
  );
}

/** The text of the file; the same entries give the same bytes. */
export function imageLockText(images: ImageLock): string {
  const sorted = Object.fromEntries(
    Object.entries(images).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  return `${HEADER}${stringify({ version: 1, images: sorted }, { lineWidth: 0 })}`;
}
