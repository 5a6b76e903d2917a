import { PlanBuilder, type Plan } from '../../model/plan.ts';
import { pointError } from '../../model/restore-point-refusals.ts';
import type { Ports } from '../../ports/ports.ts';
import { requireDocker } from '../check-docker.ts';
import { configInEffect } from '../in-effect.ts';
import { runPlan, type Consent, type PlanOutcome } from '../run-plan.ts';
import { openPoints } from './open-points.ts';

export type RemovePointRequest = {
  readonly directory: string;
  /** A restore point, or a database that was set aside when one was gone back to. */
  readonly point: string;
  readonly consent: Consent;
};

/** Gives back the disk that a restore point or a database set aside takes. Throws FW-RESTORE-POINT-MISSING and -EXTERNAL. */
export async function removePoint(
  { directory, point, consent }: RemovePointRequest,
  ports: Ports,
): Promise<PlanOutcome> {
  const { config } = await configInEffect(directory, ports.files);
  const points = openPoints(config, ports);
  await requireDocker(ports);
  const [kept, replaced] = [await points.list(), await points.replaced()];
  const isPoint = kept.some(({ id }) => id === point);
  if (!isPoint && !replaced.includes(point))
    throw pointError('FW-RESTORE-POINT-MISSING', [], point);
  const builder = new PlanBuilder();
  builder.add({
    action: isPoint
      ? { kind: 'RemoveRestorePoints', ids: [point] }
      : { kind: 'RemoveReplacedDatabases', names: [point] },
    cause: 'it was asked for; there is no way back to it afterwards',
  });
  const plan = builder.build('Remove a restore point of the database');
  const replan = (): Promise<Plan> => Promise.resolve(plan);
  const run = { command: 'database remove', directory, project: config.project, plan, replan };
  return runPlan({ ...run, consent, confirm: true }, ports);
}
