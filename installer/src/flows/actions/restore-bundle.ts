import { CLOSED_FILE } from '../../catalog/serving.ts';
import { sha256 } from '../../render/digest.ts';
import {
  EMPTY_MANIFEST,
  isOurs,
  originOf,
  withEdits,
  withPending,
  type CarriedEdit,
  type Manifest,
} from '../../model/bundle.ts';
import type { ActionOf, FileChange } from '../../model/plan.ts';
import type { Files } from '../../ports/files.ts';
import { recordInEffect } from '../configuration-record.ts';
import { CONFIG_FILE } from '../paths.ts';
import { readJson } from '../read-json.ts';
import type { ActionContext } from './action-context.ts';
import {
  inEffectIn,
  manifestIn,
  previousOf,
  saveManifest,
  textsIn,
  untilAllEnded,
} from './bundle-copies.ts';
import { reloadConfig, rememberApplied } from './reload-config.ts';
import { runToEnd } from './run-migrations.ts';
import { startAndWait } from './start-components.ts';

/**
 * Puts back the files a failed run replaced, has running components take up their old configuration, and
 * runs the containers that ran from them. Without a complete copy nothing had been changed yet.
 */
export async function restoreBundle(
  action: ActionOf<'RestoreBundle'>,
  context: ActionContext,
): Promise<void> {
  await putBack(action, context);
  // Last: until the services of before are back, people are told to wait rather than given errors.
  if (action.opens) await context.ports.files.remove(context.paths.file(CLOSED_FILE));
}

async function putBack(action: ActionOf<'RestoreBundle'>, context: ActionContext): Promise<void> {
  const { files, compose, docker } = context.ports;
  const { paths } = context;
  const previous = previousOf(action, paths);
  const before = await readJson<Manifest>(manifestIn(previous), files);
  if (!before) return;
  const current = (await readJson<Manifest>(paths.manifest, files)) ?? EMPTY_MANIFEST;
  const edits = await editsIn(previous, before, action.changes, files);
  await saveManifest(withEdits(withPending(current, before.files), edits), context);
  // First what comes back: an edit that was carried into another file is in one of the two at any time.
  const isNew = ({ change }: FileChange): boolean => change === 'create';
  for (const changes of [action.changes.filter((one) => !isNew(one)), action.changes.filter(isNew)])
    await untilAllEnded(changes.map((change) => restoreFile(change, previous, context)));
  const texts = await files.readText(textsIn(previous));
  if (texts !== undefined) {
    const { mode = 0o600 } = (await files.stat(textsIn(previous))) ?? {};
    await files.write(paths.rendered, texts, { mode });
  }
  const inEffect = await files.readText(inEffectIn(previous));
  if (inEffect === undefined) await files.remove(paths.inEffect);
  else await recordInEffect(inEffect, paths, files);
  await saveManifest(before, context);
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

/** Edits in the copies that are about to come back. */
async function editsIn(
  previous: string,
  before: Manifest,
  changes: readonly FileChange[],
  files: Files,
): Promise<Record<string, CarriedEdit>> {
  const edits: Record<string, CarriedEdit> = {};
  for (const { path } of changes) {
    const text = await files.readText(`${previous}/${path}`);
    if (text === undefined || before.files[path] === undefined) continue;
    const content = sha256(text);
    if (!isOurs(before, path, content))
      edits[path] = { content, of: originOf(before, path, content) ?? '' };
  }
  return edits;
}

async function restoreFile(
  { path, change }: FileChange,
  previous: string,
  context: ActionContext,
): Promise<void> {
  const { ports, paths } = context;
  const { files } = ports;
  // Nothing that was broken is broken again.
  if (change === 'permissions') return;
  if (change === 'create') return files.remove(paths.file(path));
  const text = await files.readText(`${previous}/${path}`);
  if (text === undefined) return;
  if (path === CONFIG_FILE) await keepSaved(text, context);
  const { mode = 0o600 } = (await files.stat(`${previous}/${path}`)) ?? {};
  await files.write(paths.file(path), text, { mode });
}

/** What an administrator saved in factsway.yaml while the run was at work is kept beside what comes back. */
async function keepSaved(
  before: string,
  { ports: { files, reporter }, paths, desired, run }: ActionContext,
): Promise<void> {
  const now = await files.readText(paths.config);
  if (now === undefined || now === before || now === desired?.configText) return;
  const copy = `${paths.edited}/${run}/${CONFIG_FILE}`;
  await files.write(copy, now, { mode: 0o600 });
  reporter.warning(`${CONFIG_FILE} was changed meanwhile; that text is in ${copy}.`);
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
