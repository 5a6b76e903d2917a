import type { Clock } from '../../ports/host.ts';
import type { Files } from '../../ports/files.ts';
import { instancePaths } from '../paths.ts';
import type { ChainEnd } from './entry.ts';

type Anchor = ChainEnd & {
  readonly at: string;
  readonly because: string;
  /** Those before it no longer count: a person has said that the log is another one since. */
  readonly accepted?: string;
};

/**
 * What was the end of the chain when it was found sound, kept outside of the database: who can do everything there
 * cannot make it anew without being found. By number, since it was last accepted. Reads only.
 */
export async function readAnchors(
  directory: string,
  files: Files,
): Promise<ReadonlyMap<number, string>> {
  const text = (await files.readText(instancePaths(directory).auditAnchors)) ?? '';
  const anchors = new Map<number, string>();
  for (const line of text.split('\n')) {
    // The last one may have been cut off while it was written.
    const anchor = parse(line);
    if (!anchor) continue;
    if (anchor.accepted !== undefined) anchors.clear();
    anchors.set(anchor.seq, anchor.hash);
  }
  return anchors;
}

function parse(line: string): Anchor | undefined {
  try {
    const { seq, hash } = JSON.parse(line) as Anchor;
    return Number.isSafeInteger(seq) && typeof hash === 'string'
      ? (JSON.parse(line) as Anchor)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the end of a chain that was just found sound. */
export async function keepAnchor(
  directory: string,
  end: ChainEnd,
  why: { readonly because: string; readonly accepted?: string },
  { files, clock }: { readonly files: Files; readonly clock: Clock },
): Promise<void> {
  const anchor: Anchor = { ...end, at: clock.now().toISOString(), ...why };
  await files.append(instancePaths(directory).auditAnchors, `${JSON.stringify(anchor)}\n`);
}
