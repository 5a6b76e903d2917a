import { isMadeIn } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import { planDown } from '../planner/plan-down.ts';
import type { Ports } from '../ports/ports.ts';
import { awaitWorkers } from './await-workers.ts';
import { requireDocker } from './check-docker.ts';
import { configInEffect, noteOfLostConfig } from './in-effect.ts';
import { refuseHalfway } from './staged-secret.ts';
import { runPlan, type Consent, type PlanOutcome } from './run-plan.ts';

/** Stops the platform and removes its containers; data and configuration stay. */
export async function down(
  directory: string,
  consent: Consent,
  ports: Ports,
): Promise<PlanOutcome> {
  const { project } = (await configInEffect(directory, ports.files)).config;
  const lost = await noteOfLostConfig(directory, ports.files);
  if (lost !== undefined) ports.reporter.warning(lost);
  // It could be finished only with the database there, which then nothing would start.
  await refuseHalfway(directory, ports.files);
  await requireDocker(ports);
  await awaitWorkers(directory, ports);
  const look = async (): Promise<Plan> => {
    const [containers, networks] = await Promise.all([
      ports.docker.containers(project),
      ports.docker.networks(project),
    ]);
    const ours = containers.filter((container) => isMadeIn(container, directory));
    // Networks carry no directory: where another instance of this name runs, they are taken for its own.
    return planDown(project, ours, ours.length === containers.length ? networks : []);
  };
  return runPlan(
    {
      command: 'down',
      directory,
      project,
      plan: await look(),
      replan: look,
      consent,
      confirm: true,
    },
    ports,
  );
}
