import { sha256 } from '../../render/digest.ts';
import {
  EMPTY_MANIFEST,
  isOurs,
  originOf,
  withEdits,
  withPending,
  type CarriedEdit,
  type Manifest,
  type RenderedTexts,
} from '../../model/bundle.ts';
import type { ActionOf } from '../../model/plan.ts';
import { wantedModes } from '../../planner/plan-permissions.ts';
import { textsOf } from '../edit-bases.ts';
import { readJson } from '../read-json.ts';
import { prepareUpgradeMetrics } from '../upgrade-record.ts';
import { requireDesired, type ActionContext } from './action-context.ts';
import {
  copyMode,
  inEffectIn,
  manifestIn,
  previousOf,
  saveManifest,
  textsIn,
  textsMode,
  untilAllEnded,
} from './bundle-copies.ts';
import { alignSecretPermissions } from './secret-permissions.ts';

/**
 * Brings the directory to the new bundle. What is replaced is kept below state/previous first; a file
 * somebody edited is kept below state/edited as well, for good.
 */
export async function writeBundle(
  action: ActionOf<'WriteBundle'>,
  context: ActionContext,
): Promise<void> {
  const { files } = context.ports;
  const { paths } = context;
  const { bundle, configText, catalog } = requireDesired(context);
  const previous = previousOf(action, paths);
  const manifest = (await readJson<Manifest>(paths.manifest, files)) ?? EMPTY_MANIFEST;
  const wanted = new Map(bundle.files.map((file) => [file.path, file]));

  const isEdited = (path: string, digest: string): boolean =>
    manifest.files[path] !== undefined && !isOurs(manifest, path, digest);
  const carried = new Map(
    action.changes.flatMap(({ path, withEdit }) =>
      withEdit === undefined ? [] : [[path, withEdit] as const],
    ),
  );
  /** What is edited as it is now, and what it was made in. */
  const edits: Record<string, CarriedEdit> = {};
  const keepPrevious = async (path: string): Promise<void> => {
    const current = await files.readText(paths.file(path));
    if (current === undefined) return;
    const mode = await copyMode(path, bundle, context);
    await files.write(`${previous}/${path}`, current, { mode });
    const digest = sha256(current);
    if (!isEdited(path, digest)) return;
    edits[path] = { content: digest, of: originOf(manifest, path, digest) ?? '' };
    if (digest === sha256(wanted.get(path)?.content ?? '') || carried.has(path)) return;
    await files.write(`${paths.edited}/${context.run}/${path}`, current, { mode });
  };

  // The copy of the manifest is written last: with it the way back is complete, without it nothing was changed.
  await files.remove(manifestIn(previous));
  await untilAllEnded(
    action.changes
      .filter(({ change }) => change !== 'permissions')
      .map(({ path }) => keepPrevious(path)),
  );
  for (const path of action.later ?? []) {
    const digest = sha256((await files.readText(paths.file(path))) ?? '');
    if (isEdited(path, digest))
      edits[path] = { content: digest, of: originOf(manifest, path, digest) ?? '' };
  }
  const texts = await files.readText(paths.rendered);
  if (texts !== undefined) await files.write(textsIn(previous), texts, { mode: textsMode(bundle) });
  const inEffect = await files.readText(paths.inEffect);
  if (inEffect === undefined) await files.remove(inEffectIn(previous));
  else await files.write(inEffectIn(previous), inEffect, { mode: 0o644 });
  await files.write(manifestIn(previous), JSON.stringify(manifest), { mode: 0o644 });
  // What we are about to write goes on record beside what was there: after a kill half way the next run
  // recognises either content as ours.
  const rendered = bundle.files.filter(({ ownership }) => ownership === 'rendered');
  const digests = Object.fromEntries(rendered.map(({ path, content }) => [path, sha256(content)]));
  await saveManifest(
    withEdits(withEdits(withPending(manifest, digests), edits), carriedOver(carried, digests)),
    context,
  );
  const former = await formerTexts(edits, context);
  const rendering: RenderedTexts = {
    version: 1,
    files: Object.fromEntries(rendered.map(({ path, content }) => [path, content])),
    ...(Object.keys(former).length === 0 ? {} : { former }),
    config: configText,
  };
  // Before any file: what an edit is of must be known as soon as it is carried over.
  await files.write(paths.rendered, `${JSON.stringify(rendering)}\n`, { mode: textsMode(bundle) });
  await untilAllEnded(
    action.changes.map(async ({ path, change, withEdit }) => {
      const file = wanted.get(path);
      if (change === 'permissions') await openToContainers(path, context);
      else if (path === 'factsway.yaml')
        await files.write(paths.config, configText, { mode: 0o644 });
      else if (file && change !== 'delete')
        await files.write(paths.file(path), withEdit ?? file.content, { mode: file.mode });
    }),
  );
  // Last: an edit that is carried into another file is in one of the two at any time.
  await untilAllEnded(
    action.changes
      .filter(({ change }) => change === 'delete')
      .map(({ path }) => files.remove(paths.file(path))),
  );
  await saveManifest(withoutLater(action.later ?? [], digests, manifest), context);
  await alignSecretPermissions(context);
  // Docker would make it as root's own, and whoever fills it need not be root.
  if (catalog.context.config.updates.mirror === 'on')
    await files.makeDirectory(paths.updates, 0o755);
  const warning = await prepareUpgradeMetrics(paths, files);
  if (warning !== undefined) context.ports.reporter.warning(warning);
}

/** Edits as they are about to be on disk, each in the new rendering. */
const carriedOver = (
  carried: ReadonlyMap<string, string>,
  digests: Manifest['files'],
): Record<string, CarriedEdit> =>
  Object.fromEntries(
    [...carried].map(([path, text]) => [path, { content: sha256(text), of: digests[path] ?? '' }]),
  );

/** The renderings that edits were made in: until every file is written, and on the way back, they are asked for. */
async function formerTexts(
  edits: Readonly<Record<string, CarriedEdit>>,
  { ports, paths }: ActionContext,
): Promise<NonNullable<RenderedTexts['former']>> {
  const former = await readJson<RenderedTexts>(paths.rendered, ports.files);
  return Object.fromEntries(
    Object.entries(edits).flatMap(([path, { of }]) => {
      const text = textsOf(former, path).find((candidate) => sha256(candidate) === of);
      return text === undefined ? [] : [[path, [text]]];
    }),
  );
}

/** What a later step writes is still as it was, and may be either once that step has begun. */
function withoutLater(
  later: readonly string[],
  digests: Manifest['files'],
  { files, edits = {} }: Manifest,
): Manifest {
  const isLater = ([path]: [string, string]): boolean => later.includes(path);
  const written = Object.entries(digests).filter((entry) => !isLater(entry));
  const stays = Object.entries(files).filter(isLater);
  const unwritten = Object.fromEntries(
    Object.entries(edits).filter(([path]) => later.includes(path)),
  );
  const manifest: Manifest = {
    version: 1,
    files: Object.fromEntries([...written, ...stays]),
    ...(Object.keys(unwritten).length === 0 ? {} : { edits: unwritten }),
  };
  const meant = Object.entries(digests).filter(isLater);
  return meant.length === 0 ? manifest : withPending(manifest, Object.fromEntries(meant));
}

/** Set in place: what is edited by hand stays as it is, and what a container has mounted stays the same file. */
async function openToContainers(path: string, context: ActionContext): Promise<void> {
  const { files } = context.ports;
  const wanted = wantedModes(requireDesired(context).bundle).get(path);
  const found = await files.stat(context.paths.file(path));
  if (wanted === undefined || !found) return;
  // Bits for the group of a directory (setgid) are the administrator's.
  await files.setMode(context.paths.file(path), wanted | (found.mode & 0o7000));
}
