import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker } from './docker.ts';

/** Builds an image that differs from one of ours by a few files; labels are inherited unless given. */
export async function deriveImage(
  reference: string,
  base: string,
  files: Record<string, string>,
  labels: Record<string, string> = {},
): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), 'factsway-derive-'));
  const copies = Object.keys(files).map((target, index) => `COPY file-${index} ${target}`);
  const lines = [
    `FROM ${base}`,
    ...copies,
    ...Object.entries(labels).map(([name, value]) => `LABEL ${name}="${value}"`),
  ];
  await writeFile(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
  for (const [index, content] of Object.values(files).entries())
    await writeFile(join(context, `file-${index}`), content);
  try {
    await docker('build', '--quiet', '--tag', reference, context);
  } finally {
    await rm(context, { recursive: true });
  }
  return reference;
}

export async function removeImages(...references: string[]): Promise<void> {
  await docker('image', 'rm', '--force', ...references);
}
