import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { Problem } from './problem.ts';
import { SECRETS, SETTINGS_FILE } from './paths.ts';

const AUTHORITY_FILE = '/etc/factsway-backup-tls/ca.crt';

/** What a server that was lost knew, and a new one is told: by standard input, where no list of processes has it. */
const knowledge = z.object({
  /** Text of backup.yaml. */
  settings: z.string(),
  key: z.string(),
  s3KeyId: z.string().optional(),
  s3Secret: z.string().optional(),
  /** PEM of the authority of the S3 service. */
  authority: z.string().optional(),
});

/** Puts it where the mounts of an installation have it; there it is memory that goes with the container. */
export function layOut(text: string): void {
  let told: z.output<typeof knowledge>;
  try {
    told = knowledge.parse(JSON.parse(text));
  } catch {
    throw new Problem('FW-BACKUP-USAGE', 'what is to be fetched, and by which key, is not told');
  }
  const files: readonly (readonly [string, string | undefined])[] = [
    [SETTINGS_FILE, told.settings],
    [SECRETS.key, told.key],
    [SECRETS.s3KeyId, told.s3KeyId],
    [SECRETS.s3Secret, told.s3Secret],
    [AUTHORITY_FILE, told.authority],
  ];
  for (const [path, content] of files) {
    if (content === undefined) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
  }
}
