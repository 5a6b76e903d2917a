import { authorOf, templateText } from '../../../cloudfront/template.ts';
import { FactswayError } from '../model/errors.ts';
import type { FileChange } from '../model/plan.ts';
import { shellWord } from '../model/shell.ts';
import type { Ports } from '../ports/ports.ts';

export type CloudFrontRequest = {
  /** Absolute; the file itself. */
  readonly out: string;
  readonly dryRun: boolean;
  /** Replace it where it was edited by hand. */
  readonly overwrite: boolean;
};

export type CloudFrontResult = {
  readonly out: string;
  readonly executed: boolean;
  /** Undefined where the file is as it would be written. */
  readonly change?: FileChange['change'];
};

const MODE = 0o644;

/**
 * Writes the CloudFormation template of an update server (spec 07), whole or not at all. The file says by itself whether
 * it is as we wrote it: an edited one is refused or, with `overwrite`, replaced; one of somebody else is left alone.
 * Throws FW-DRIFT and FW-EXPORT-FOREIGN.
 */
export async function exportCloudFront(
  { out, dryRun, overwrite }: CloudFrontRequest,
  { files }: Pick<Ports, 'files'>,
): Promise<CloudFrontResult> {
  const found = await files.readText(out);
  const wanted = templateText();
  if (found === wanted) return { out, executed: !dryRun };
  if (found !== undefined) refuseWorkOfOthers(found, out, overwrite);
  if (!dryRun) await files.write(out, wanted, { mode: MODE });
  return { out, executed: !dryRun, change: found === undefined ? 'create' : 'update' };
}

function refuseWorkOfOthers(found: string, out: string, overwrite: boolean): void {
  const author = authorOf(found);
  if (author === 'foreign')
    throw new FactswayError(
      'FW-EXPORT-FOREIGN',
      `${out} is a file that no export wrote; it was left as it is.`,
      'Name another one: factsway-install export cloudfront --out FILE',
    );
  if (author === 'edited' && !overwrite)
    throw new FactswayError(
      'FW-DRIFT',
      `${out} was edited by hand; nothing was written.`,
      `What differs between two firms is a parameter of the stack. To replace the file: factsway-install export cloudfront --overwrite-edited --out ${shellWord(out)}`,
    );
}
