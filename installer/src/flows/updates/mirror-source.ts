import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { SourceOptions } from '../../ports/update-mirror.ts';
import { readSettings } from '../release/settings.ts';

export type AskedSource = {
  readonly from: string | undefined;
  /** An updates.yaml, absolute; `isNamed` where somebody typed it. */
  readonly updates: { readonly path: string; readonly isNamed: boolean };
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
};

export type ChosenSource = {
  readonly from: string;
  readonly options: SourceOptions;
  /** The updates.yaml that was read. */
  readonly settings?: string;
};

/**
 * Where a mirror is copied from: what was typed, and for what was not the bucket of an updates.yaml and how it is
 * reached. A file that nobody named is read only where nothing else says where from. Throws FW-USAGE where nothing does,
 * and what `readSettings` throws.
 */
export async function chooseSource(
  { from, updates, region, endpoint }: AskedSource,
  ports: Pick<Ports, 'files'>,
): Promise<ChosenSource> {
  if (from !== undefined && !updates.isNamed)
    return { from, options: { region, endpoint, forcePathStyle: undefined } };
  if (!updates.isNamed && !(await ports.files.exists(updates.path)))
    throw new FactswayError(
      'FW-USAGE',
      `release mirror needs to know where from: there is no --from, and no ${updates.path}.`,
      'Use: factsway-install release mirror --from https://SERVER, s3://BUCKET, a directory or a .tar; or --updates FILE, to copy from its bucket',
    );
  const settings = await readSettings(updates.path, ports);
  return {
    from: from ?? `s3://${settings.bucket}`,
    options: {
      region: region ?? settings.region,
      endpoint: endpoint ?? settings.endpoint,
      // Of the server that the file is about, and of no other.
      forcePathStyle: endpoint === undefined ? settings.forcePathStyle : undefined,
    },
    settings: updates.path,
  };
}
