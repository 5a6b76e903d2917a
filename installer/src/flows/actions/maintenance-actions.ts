import type { ActionOf } from '../../model/plan.ts';
import { closeMaintenance, openMaintenance } from '../maintenance.ts';
import type { ActionContext } from './action-context.ts';

export async function startMaintenance(
  action: ActionOf<'OpenMaintenance'>,
  { ports }: ActionContext,
): Promise<void> {
  await openMaintenance(action, ports);
}

export async function endMaintenance(
  { port }: ActionOf<'EndMaintenance'>,
  { ports }: ActionContext,
): Promise<void> {
  await closeMaintenance(port, ports);
}
