import { PlanBuilder, type Plan } from '../../model/plan.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RestorePoint } from '../../ports/restore-points.ts';
import { requireDocker } from '../check-docker.ts';
import { configInEffect } from '../in-effect.ts';
import { runPlan, type Consent, type PlanOutcome } from '../run-plan.ts';
import { openPoints, pointId } from './open-points.ts';

export type MakePointRequest = {
  readonly directory: string;
  /** Readable after "because". */
  readonly reason: string;
  readonly consent: Consent;
};

/** Makes a restore point of the database while it serves. Throws what `RestorePoints.create` does, and -EXTERNAL. */
export async function makePoint(
  { directory, reason, consent }: MakePointRequest,
  ports: Ports,
): Promise<PlanOutcome & { readonly point: RestorePoint | undefined }> {
  const { config } = await configInEffect(directory, ports.files);
  const points = openPoints(config, ports);
  await requireDocker(ports);
  // Once: the plan that is carried out has to be the one that was shown.
  const plan = planPoint(pointId(ports.clock.now()), reason);
  const replan = (): Promise<Plan> => Promise.resolve(plan);
  const { project } = config;
  const run = {
    command: 'database save',
    directory,
    project,
    plan,
    replan,
    consent,
    confirm: true,
  };
  const outcome = await runPlan(run, ports);
  const [latest] = outcome.executed ? await points.list() : [];
  return { ...outcome, point: latest };
}

function planPoint(id: string, reason: string): Plan {
  const builder = new PlanBuilder();
  builder.add({ action: { kind: 'CreateRestorePoint', id, reason }, cause: reason });
  return builder.build('Make a restore point of the database');
}
