import * as z from 'zod';
import { FactswayError } from '../../model/errors.ts';
import { shellWord } from '../../model/shell.ts';
import type { Files } from '../../ports/files.ts';
import { instancePaths } from '../paths.ts';

const recoveringSchema = z.object({
  /** files: they are being written; database: they are there, and the database is not. */
  stage: z.enum(['files', 'database']),
  place: z.string(),
  /** Of the copy of the instance directory that it is built from. */
  madeAt: z.string(),
});
export type Recovering = z.output<typeof recoveringSchema>;

/** state/recovering.json: there from the first file of a server that is built anew until its services serve. */
export async function readRecovering(
  directory: string,
  files: Pick<Files, 'readText'>,
): Promise<Recovering | undefined> {
  const text = await files.readText(instancePaths(directory).recovering);
  return text === undefined ? undefined : recoveringSchema.parse(JSON.parse(text));
}

export async function writeRecovering(
  directory: string,
  recovering: Recovering,
  files: Pick<Files, 'write'>,
): Promise<void> {
  const { recovering: path } = instancePaths(directory);
  await files.write(path, `${JSON.stringify(recovering)}\n`, { mode: 0o644 });
}

/** Whatever starts the platform would make an empty database. Throws FW-RECOVER-UNFINISHED. */
export async function refuseRecovering(
  directory: string,
  files: Pick<Files, 'readText'>,
): Promise<void> {
  if (!(await readRecovering(directory, files))) return;
  throw new FactswayError(
    'FW-RECOVER-UNFINISHED',
    'This server is being built anew from backups, and its database is not restored yet. Nothing was changed.',
    `Go on with it: factsway-install recover --dir ${shellWord(directory)}`,
  );
}
