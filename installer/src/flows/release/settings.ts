import { decodeText } from '../../config/decode-text.ts';
import { parseUpdates } from '../../config/parse-updates.ts';
import { FactswayError } from '../../model/errors.ts';
import type { UpdatesSettings } from '../../model/updates/settings.ts';
import type { Ports } from '../../ports/ports.ts';

/** Reads an updates.yaml. Throws FW-UPDATES-NO-SETTINGS and what `parseUpdates` throws. */
export async function readSettings(
  path: string,
  { files }: Pick<Ports, 'files'>,
): Promise<UpdatesSettings> {
  const bytes = await files.readBytes(path);
  if (bytes) return parseUpdates(decodeText(bytes, path, path), path);
  throw new FactswayError(
    'FW-UPDATES-NO-SETTINGS',
    `${path} is not there; it says where the update server keeps its files.`,
    'Name it: --updates FILE   What belongs into it: docs/operations/updates.md',
  );
}
