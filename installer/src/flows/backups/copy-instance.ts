import * as z from 'zod';
import type { InstanceCopy } from '../../model/instance-copy.ts';
import type { Files } from '../../ports/files.ts';
import { hasBackups } from '../../catalog/backup-rules.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { FactswayError } from '../../model/errors.ts';
import { readAuthority } from './edge-authority.ts';
import { Keeper } from './keeper.ts';
import type { Ports } from '../../ports/ports.ts';

const putSchema = z.object({
  copies: z.array(z.object({ place: z.string(), name: z.string() })),
  failures: z.array(z.object({ place: z.string(), code: z.string(), message: z.string() })),
});
export type PutCopies = z.output<typeof putSchema>;

/**
 * What another server does not need: what runs holds, what it wrote for the way back, what it
 * found to be broken, what it handed out to others, the public half of an authority
 * whose private half is in a volume, and the key that opens the copy itself.
 */
const LEFT_OUT = [
  /^secrets\/backup-key$/,
  /^state\/(lock|journal\.jsonl(\.1)?|answers\.yaml|recovering\.json|restored\.json|root-ca\.crt)$/,
  /^state\/(previous|failures|metrics|updates|authority)\//,
];

/** Puts the instance directory, secrets included, beside the backups; the keeper encrypts it with their key. */
export async function copyInstance(
  directory: string,
  keeper: Keeper,
  { files, clock, docker }: Pick<Ports, 'files' | 'clock' | 'docker'>,
): Promise<PutCopies> {
  const found = await readInstance(directory, clock.now(), files);
  const authority = await readAuthority(keeper.project, docker);
  const copy = { ...found, files: [...found.files, ...authority] };
  return keeper.ask(putSchema, { argv: ['instance-put'], input: JSON.stringify(copy) });
}

/** After a change: what is beside the backups is what the platform is now. That it fails is told, and is no failure of the change. */
export async function keepCopy({ context }: Catalog, ports: Ports): Promise<void> {
  if (!hasBackups(context)) return;
  try {
    const keeper = new Keeper(context.config, ports.docker);
    const { failures } = await copyInstance(context.directory, keeper, ports);
    for (const { place, message } of failures)
      ports.reporter.note(`No copy of the instance directory in ${place} yet: ${message}`);
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
    ports.reporter.note(
      `No copy of the instance directory beside the backups yet: ${error.message}`,
    );
  }
}

export async function readInstance(
  directory: string,
  now: Date,
  files: Pick<Files, 'walk' | 'readBytes' | 'stat'>,
): Promise<InstanceCopy> {
  const entries = await files.walk(directory);
  const found = await Promise.all(
    entries
      .filter(({ kind, path }) => kind === 'file' && !LEFT_OUT.some((one) => one.test(path)))
      .map(async ({ path }) => {
        const [bytes, status] = await Promise.all([
          files.readBytes(`${directory}/${path}`),
          files.stat(`${directory}/${path}`),
        ]);
        // Gone since it was listed: of a run that tidied up.
        if (bytes === undefined || !status) return [];
        const { mode, uid, gid } = status;
        return [{ path, mode, uid, gid, content: Buffer.from(bytes).toString('base64') }];
      }),
  );
  return { version: 1, directory, madeAt: now.toISOString(), files: found.flat() };
}
