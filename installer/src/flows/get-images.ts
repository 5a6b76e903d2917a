import { PlanBuilder, type Plan } from '../model/plan.ts';
import { planPulls } from '../planner/container-steps.ts';
import type { Desired } from '../planner/desired.ts';
import { staleLock } from '../planner/plan-image-lock.ts';
import type { Ports } from '../ports/ports.ts';
import { requireDocker } from './check-docker.ts';
import { desire } from './desire.ts';
import type { ConfigRequest } from './resolve-config.ts';
import { runPlan, type Consent } from './run-plan.ts';

export type ImagesWish = {
  readonly command: string;
  readonly title: string;
  readonly consent: Consent;
  /** Looks at the server before anything is fetched to it; throws what must stop it. */
  readonly inspect: (desired: Desired) => Promise<void>;
};

/**
 * The images of a release, before anything is planned with them: what lies between two releases is on them. Returns
 * whether all are here; images that are built on this server are nobody's to fetch.
 */
export async function getImages(
  request: ConfigRequest,
  { command, title, consent, inspect }: ImagesWish,
  ports: Ports,
): Promise<{ complete: boolean; plan: Plan }> {
  await requireDocker(ports);
  const desired = await desire(request, ports);
  const { config } = desired.catalog.context;
  const { unlocked } = desired.catalog;
  // By its tags something else might come than what will be wanted by digest.
  if (unlocked.length > 0) throw staleLock(unlocked, config.release.version);
  const look = async (): Promise<Plan> => {
    const builder = new PlanBuilder();
    const wanted = desired.catalog.workloads.map(({ image }) => image);
    const images = await ports.docker.images([...new Set(wanted)]);
    if (config.images.source !== 'debian') planPulls(builder, desired, { images });
    return builder.build(title);
  };
  const plan = await look();
  if (plan.steps.length === 0) return { complete: true, plan };
  await inspect(desired);
  const { executed } = await runPlan(
    {
      command,
      directory: request.directory,
      project: config.project,
      plan,
      replan: look,
      consent,
      confirm: true,
    },
    ports,
  );
  return { complete: executed, plan };
}
