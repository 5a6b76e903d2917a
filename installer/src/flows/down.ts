import type { Plan } from '../model/plan.ts';
import { planDown } from '../planner/plan-down.ts';
import type { Ports } from '../ports/ports.ts';
import { requireDocker } from './check-docker.ts';
import { requireConfig } from './resolve-config.ts';
import { runPlan, type Consent } from './run-plan.ts';

/** Stops the platform and removes its containers; data and configuration stay. */
export async function down(
  directory: string,
  consent: Consent,
  ports: Ports,
): Promise<{ plan: Plan; executed: boolean }> {
  const { project } = await requireConfig(directory, ports.files);
  await requireDocker(ports);
  const look = async (): Promise<Plan> =>
    planDown(
      project,
      (await ports.docker.containers(project)).filter(
        (container) => container.workingDirectory === directory,
      ),
    );
  const plan = await look();
  const executed = await runPlan(
    { command: 'down', directory, project, plan, replan: look, consent, confirm: true },
    ports,
  );
  return { plan, executed };
}
