import type { InstanceConfig } from '../../model/config.ts';
import type { ActionOf } from '../../model/plan.ts';
import { configInEffect } from '../in-effect.ts';
import { openPoints } from '../restore-points/open-points.ts';
import { readRelease } from '../serving-slot.ts';
import type { ActionContext } from './action-context.ts';

/** Throws FW-RESTORE-POINT-SPACE, -FAILED and -EXTERNAL; then nothing of a point is left. */
export async function createRestorePoint(
  { id, reason }: ActionOf<'CreateRestorePoint'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { ports, paths } = context;
  const config = await configOf(context);
  const points = openPoints(config, ports);
  waiting('writing the database to a restore point; it serves meanwhile');
  const serving = await readRelease(paths, ports.files);
  const release = serving?.version ?? config.release.version;
  await points.create({ id, reason, release, createdAt: ports.clock.now().toISOString() });
}

/** Throws FW-RESTORE-POINT-MISSING, -DAMAGED, -SPACE and FW-RESTORE-FAILED; then the database is as it was. */
export async function restoreDatabase(
  { id }: ActionOf<'RestoreDatabase'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const points = openPoints(await configOf(context), context.ports);
  waiting(`putting the database back to ${id}`);
  await points.restore(id);
}

export async function removeRestorePoints(
  { ids }: ActionOf<'RemoveRestorePoints'>,
  context: ActionContext,
): Promise<void> {
  const points = openPoints(await configOf(context), context.ports);
  for (const id of ids) await points.remove(id);
}

export async function removeReplacedDatabases(
  { names }: ActionOf<'RemoveReplacedDatabases'>,
  context: ActionContext,
): Promise<void> {
  await openPoints(await configOf(context), context.ports).removeReplaced(names);
}

/** The name of the database is not one that changes while it is gone back to. */
async function configOf({ desired, paths, ports }: ActionContext): Promise<InstanceConfig> {
  const { config } =
    desired?.catalog.context ?? (await configInEffect(paths.directory, ports.files));
  return config;
}
