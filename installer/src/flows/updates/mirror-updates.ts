import { FactswayError } from '../../model/errors.ts';
import { blockMapProblem, type BlockMap } from '../../model/updates/block-map.ts';
import type { MirrorCopy, MirrorPlan, MirrorRequest } from '../../model/updates/mirror.ts';
import { formatSize, MiB } from '../../model/units.ts';
import { planMirror } from '../../planner/plan-mirror.ts';
import type { Ports } from '../../ports/ports.ts';
import type { UpdateSource, UpdateStore } from '../../ports/update-mirror.ts';
import { observeMirror } from './observe-mirror.ts';

export type MirrorPorts = Pick<Ports, 'signal'> & {
  readonly reporter: Pick<Ports['reporter'], 'note' | 'warning'>;
};
type Places = { readonly source: UpdateSource; readonly store: UpdateStore };

/** What would be done. Changes nothing. */
export async function lookAtMirror(
  request: MirrorRequest,
  { source, store }: Places,
): Promise<MirrorPlan> {
  return planMirror(request, await observeMirror(request, source, store));
}

/**
 * Carries a plan out: every file is brought and checked before any takes its name, installers before the manifests that
 * name them, and what nobody needs goes last. Whoever is killed in between left the former manifests or the new ones.
 * Throws FW-MIRROR-FILE and FW-CANCELLED with nothing changed that is served.
 */
export async function carryOutMirror(
  plan: MirrorPlan,
  { source, store }: Places,
  ports: MirrorPorts,
): Promise<void> {
  const wanted = plan.copies.filter(({ here }) => here).map(({ name }) => name);
  for (const name of Object.keys(await store.staged()))
    if (!wanted.includes(name)) await store.discard(name);
  for (const [at, copy] of plan.copies.entries()) {
    if (copy.here) {
      await refuseEmbedded(copy, store);
      continue;
    }
    const size = formatSize(Math.max(1, Math.round(copy.size / MiB)) * MiB);
    ports.reporter.note(`[${at + 1}/${plan.copies.length}] ${copy.name}, about ${size}`);
    await bring(copy, { source, store }, ports);
  }
  for (const { name } of plan.copies) await store.publish(name);
  for (const { name, text } of plan.manifests) await store.writeText(name, text);
  for (const { name } of plan.removes) await store.remove(name);
}

async function bring(
  copy: MirrorCopy,
  { source, store }: Places,
  { signal }: MirrorPorts,
): Promise<void> {
  const { name, size, sha512, blockMap } = copy;
  const content = await source.read(name);
  if (content === undefined) throw unfit(name, 'is not there any more');
  const map = blockMap === undefined ? undefined : await store.stagedBlockMap(blockMap);
  const within = upTo(size, interruptible(content, signal));
  const found = await store.stage(name, within.content, map);
  const problem = within.isMore()
    ? `is longer than the ${size} bytes that were announced`
    : found.size !== size
      ? `has ${found.size} bytes, and ${size} were announced`
      : sha512 !== undefined && found.sha512 !== sha512
        ? 'has another SHA-512 than its manifest says'
        : copy.blockMapOf && (await problemOfMap(copy.name, copy.blockMapOf, store));
  if (problem !== undefined) {
    // It was brought for this installer alone.
    if (blockMap !== undefined) await store.discard(blockMap);
    return refuse(name, problem, store);
  }
  // The installer is what its manifest says: whatever differs is the fault of the map.
  const wrong = map && blockMapProblem(map, size, found.different);
  if (blockMap !== undefined && wrong !== undefined) await refuse(blockMap, wrong, store);
  await refuseEmbedded(copy, store);
}

/** Also of what an earlier run has brought: it may have been killed before it looked. */
async function refuseEmbedded(
  { name, blockMapSize }: MirrorCopy,
  store: UpdateStore,
): Promise<void> {
  if (blockMapSize === undefined) return;
  const problem = await store.embeddedMapProblem(name, blockMapSize);
  if (problem !== undefined) await refuse(name, problem, store);
}

/** Block by block where its installer is here already; otherwise that follows, and is compared on its way. */
async function problemOfMap(
  name: string,
  installer: NonNullable<MirrorCopy['blockMapOf']>,
  store: UpdateStore,
): Promise<string | undefined> {
  const map: BlockMap | undefined = await store.stagedBlockMap(name);
  if (!map) return `is no block map of a file of ${installer.size} bytes`;
  const problem = blockMapProblem(map, installer.size);
  if (problem !== undefined || !installer.isHere) return problem;
  return blockMapProblem(map, installer.size, await store.differentBlock(installer.name, map));
}

async function refuse(name: string, problem: string, store: UpdateStore): Promise<never> {
  await store.discard(name);
  throw unfit(name, problem);
}

const unfit = (name: string, what: string): FactswayError =>
  new FactswayError(
    'FW-MIRROR-FILE',
    `${name} ${what}. Nothing that is served was changed.`,
    'Run the command again; where it says the same, have the file published again or take another copy.',
  );

/** No byte beyond what was announced is written: a source must not fill a disk. */
function upTo(
  size: number,
  content: AsyncIterable<Uint8Array>,
): { readonly content: AsyncGenerator<Uint8Array>; readonly isMore: () => boolean } {
  let isMore = false;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let given = 0;
    for await (const piece of content) {
      const fits = piece.subarray(0, size - given);
      given += fits.length;
      isMore = fits.length < piece.length;
      if (fits.length > 0) yield fits;
      if (isMore) return;
    }
  }
  return { content: bytes(), isMore: () => isMore };
}

async function* interruptible(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const piece of content) {
    if (signal.aborted)
      throw new FactswayError(
        'FW-CANCELLED',
        'Interrupted. Nothing that is served was changed; whole files that were brought are kept.',
        'Run the same command again: it continues from what is there.',
      );
    yield piece;
  }
}
