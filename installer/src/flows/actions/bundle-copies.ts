import type { Bundle, Manifest } from '../../model/bundle.ts';
import type { ActionContext } from './action-context.ts';

/**
 * Throws the first failure, but not before the others have ended: a file still being written would overtake the
 * one an undo puts back, and one that cannot be put back must not keep the others from it.
 */
export async function untilAllEnded(works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** Each writing of a plan has copies of its own: the undo of both has to find what it replaced. */
export const previousOf = (
  { leads }: { readonly leads?: true },
  { previous }: ActionContext['paths'],
) => (leads ? `${previous}/leading` : previous);
export const textsIn = (previous: string): string => `${previous}/rendered.json`;
export const inEffectIn = (previous: string): string => `${previous}/in-effect.yaml`;
export const manifestIn = (previous: string): string => `${previous}/manifest.json`;

export function saveManifest(manifest: Manifest, { ports, paths }: ActionContext): Promise<void> {
  return ports.files.write(paths.manifest, `${JSON.stringify(manifest, null, 2)}\n`, {
    mode: 0o644,
  });
}

const READABLE = 0o644;

/** What a copy of a file is for others to read: what the file is. One that is no longer made is as it lies there. */
export async function copyMode(
  path: string,
  bundle: Bundle,
  { ports, paths }: ActionContext,
): Promise<number> {
  const wanted = bundle.files.find((file) => file.path === path)?.mode;
  return wanted ?? (await ports.files.stat(paths.file(path)))?.mode ?? READABLE;
}

/** The texts of all files in one: read by those who may read each of them. */
export const textsMode = ({ files }: Bundle): number =>
  files.reduce((mode, file) => mode & file.mode, READABLE);
