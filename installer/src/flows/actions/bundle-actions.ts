import { sha256 } from '../../render/digest.ts';
import {
  EMPTY_MANIFEST,
  isOurs,
  withPending,
  type Manifest,
  type RenderedTexts,
} from '../../model/bundle.ts';
import type { ActionOf } from '../../model/plan.ts';
import {
  deviates,
  wantedOfSecret,
  wantedOfSecrets,
  type WantedAccess,
} from '../../model/secret-access.ts';
import { wantedModes } from '../../planner/plan-permissions.ts';
import type { Files } from '../../ports/files.ts';
import { recordInEffect } from '../configuration-record.ts';
import { readJson } from '../read-json.ts';
import { requireDesired, type ActionContext } from './action-context.ts';
import { alignKeyPermissions } from './certificate-actions.ts';
import { reloadConfig, rememberApplied } from './reload-config.ts';
import { runToEnd } from './run-migrations.ts';
import { startAndWait } from './start-components.ts';

/** The mode last: until the file has its owner, no further bit is of use to anybody. */
async function setAccess(path: string, wanted: WantedAccess, files: Files): Promise<void> {
  const found = await files.stat(path);
  if (found && deviates(found, { ...wanted, mode: found.mode }))
    await files.setOwner(path, wanted.uid ?? found.uid, wanted.gid ?? found.gid);
  await files.setMode(path, wanted.mode);
}

/** Writes each missing secret once. A file that is there is never written again, whatever is in it. */
export async function createSecrets(
  action: ActionOf<'CreateSecrets'>,
  context: ActionContext,
): Promise<void> {
  const { files, random } = context.ports;
  await files.makeDirectory(context.paths.secrets, 0o700);
  for (const name of action.names) {
    await files.createExclusive(context.paths.secret(name), `${random.secret(24)}\n`, 0o600);
  }
  await alignSecretPermissions(context);
}

/** Owner and mode of every secret, also of those a person put there. Cheap, so it runs whenever files or containers are made. */
export async function alignSecretPermissions(context: ActionContext): Promise<void> {
  const { files, host } = context.ports;
  const asRoot = host.isRoot();
  await setAccess(context.paths.secrets, wantedOfSecrets(asRoot), files);
  for (const secret of requireDesired(context).bundle.secrets)
    await setAccess(context.paths.secret(secret.name), wantedOfSecret(secret, asRoot), files);
  await alignKeyPermissions(context);
}

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
  const { bundle, configText } = requireDesired(context);
  const manifest = (await readJson<Manifest>(paths.manifest, files)) ?? EMPTY_MANIFEST;
  const wanted = new Map(bundle.files.map((file) => [file.path, file]));

  const keepPrevious = async (path: string): Promise<void> => {
    const current = await files.readText(paths.file(path));
    if (current === undefined) return;
    await files.write(`${paths.previous}/${path}`, current, { mode: 0o644 });
    const digest = sha256(current);
    const edited = manifest.files[path] !== undefined && !isOurs(manifest, path, digest);
    if (!edited || digest === sha256(wanted.get(path)?.content ?? '')) return;
    await files.write(`${paths.edited}/${context.run}/${path}`, current, { mode: 0o644 });
  };

  // The copy of the manifest is written last: with it the way back is complete, without it nothing was changed.
  await files.remove(previousManifest(paths));
  await untilAllEnded(
    action.changes
      .filter(({ change }) => change !== 'permissions')
      .map(({ path }) => keepPrevious(path)),
  );
  const texts = await files.readText(paths.rendered);
  if (texts !== undefined) await files.write(previousTexts(paths), texts, { mode: 0o644 });
  const inEffect = await files.readText(paths.inEffect);
  if (inEffect === undefined) await files.remove(previousInEffect(paths));
  else await files.write(previousInEffect(paths), inEffect, { mode: 0o644 });
  await files.write(previousManifest(paths), JSON.stringify(manifest), { mode: 0o644 });
  await untilAllEnded(
    action.changes
      .filter(({ change }) => change === 'delete')
      .map(({ path }) => files.remove(paths.file(path))),
  );
  // What we are about to write goes on record beside what was there: after a kill half way the next run
  // recognises either content as ours.
  const rendered = bundle.files.filter(({ ownership }) => ownership === 'rendered');
  const digests = Object.fromEntries(rendered.map(({ path, content }) => [path, sha256(content)]));
  await saveManifest(withPending(manifest, digests), context);
  const rendering: RenderedTexts = {
    version: 1,
    files: Object.fromEntries(rendered.map(({ path, content }) => [path, content])),
    config: configText,
  };
  await untilAllEnded([
    files.write(paths.rendered, `${JSON.stringify(rendering)}\n`, { mode: 0o644 }),
    ...action.changes.map(async ({ path, change }) => {
      const file = wanted.get(path);
      if (change === 'permissions') await openToContainers(path, context);
      else if (path === 'factsway.yaml')
        await files.write(paths.config, configText, { mode: 0o644 });
      else if (file && change !== 'delete')
        await files.write(paths.file(path), file.content, { mode: file.mode });
    }),
  ]);
  await saveManifest({ version: 1, files: digests }, context);
  await alignSecretPermissions(context);
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

/**
 * Throws the first failure, but not before the others have ended: a file still being written would overtake the
 * one an undo puts back, and one that cannot be put back must not keep the others from it.
 */
async function untilAllEnded(works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

const previousTexts = (paths: ActionContext['paths']): string => `${paths.previous}/rendered.json`;
const previousInEffect = (paths: ActionContext['paths']): string =>
  `${paths.previous}/in-effect.yaml`;
const previousManifest = (paths: ActionContext['paths']): string =>
  `${paths.previous}/manifest.json`;

function saveManifest(manifest: Manifest, { ports, paths }: ActionContext): Promise<void> {
  return ports.files.write(paths.manifest, `${JSON.stringify(manifest, null, 2)}\n`, {
    mode: 0o644,
  });
}

/**
 * Puts back the files a failed run replaced, has running components take up their old configuration, and
 * runs the containers that ran from them. Without a complete copy nothing had been changed yet.
 */
export async function restoreBundle(
  action: ActionOf<'RestoreBundle'>,
  context: ActionContext,
): Promise<void> {
  const { files, compose, docker } = context.ports;
  const { paths } = context;
  const previous = await readJson<Manifest>(previousManifest(paths), files);
  if (!previous) return;
  const current = (await readJson<Manifest>(paths.manifest, files)) ?? EMPTY_MANIFEST;
  await saveManifest(withPending(current, previous.files), context);
  await untilAllEnded(action.changes.map((change) => restoreFile(change, context)));
  const texts = await files.readText(previousTexts(paths));
  if (texts !== undefined) await files.write(paths.rendered, texts, { mode: 0o644 });
  const inEffect = await files.readText(previousInEffect(paths));
  if (inEffect === undefined) await files.remove(paths.inEffect);
  else await recordInEffect(inEffect, paths, files);
  await saveManifest(previous, context);
  if (action.services.length === 0) return;
  await takeUpAgain(action.reloads ?? [], context);
  const now = new Map(
    (await docker.containers(context.project)).map(({ service, spec }) => [service, spec]),
  );
  const isReplaced = (service: string): boolean =>
    action.specs === undefined || now.get(service) !== action.specs[service];
  // What services depend on Compose makes along with them; one-shots nothing depends on come after.
  for (const group of [action.services.filter(isReplaced), action.oneShots.filter(isReplaced)]) {
    if (group.length > 0) await compose.create(paths.directory, group);
  }
  await startAndWait(action.services, context, () => undefined);
  for (const service of action.oneShots.filter(isReplaced)) {
    const { exitCode } = await runToEnd(service, context, () => undefined);
    if (exitCode !== 0) throw new Error(`${service} ended with exit code ${exitCode}`);
  }
}

async function restoreFile(
  { path, change }: ActionOf<'RestoreBundle'>['changes'][number],
  { ports: { files }, paths }: ActionContext,
): Promise<void> {
  // Nothing that was broken is broken again.
  if (change === 'permissions') return;
  if (change === 'create') return files.remove(paths.file(path));
  const text = await files.readText(`${paths.previous}/${path}`);
  if (text === undefined) return;
  await files.write(paths.file(path), text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
}

/** What runs reloads the restored configuration; what does not reads it when it starts. */
async function takeUpAgain(
  reloads: readonly ActionOf<'ReloadConfig'>[],
  context: ActionContext,
): Promise<void> {
  const containers = await context.ports.docker.containers(context.project);
  for (const reload of reloads) {
    const found = containers.find(({ service }) => service === reload.service);
    if (found?.state === 'running') await reloadConfig(reload, context);
    else await rememberApplied({ [reload.service]: reload.configHash }, context);
  }
}
