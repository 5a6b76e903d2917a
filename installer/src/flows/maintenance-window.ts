import { FactswayError } from '../model/errors.ts';
import { LONGEST_MAINTENANCE_MINUTES, parseMinutes, type Silence } from '../model/maintenance.ts';
import type { Plan } from '../model/plan.ts';
import { latest, planMaintenance, planMaintenanceEnd } from '../planner/plan-maintenance.ts';
import type { Ports } from '../ports/ports.ts';
import { Alertmanager } from './alertmanager.ts';
import { configInEffect } from './in-effect.ts';
import { runPlan, type Consent, type PlanOutcome } from './run-plan.ts';

/** The value of --for, in minutes. Throws FW-USAGE. */
export function readMinutes(text: string): number {
  const minutes = parseMinutes(text);
  if (minutes !== undefined && minutes >= 1 && minutes <= LONGEST_MAINTENANCE_MINUTES)
    return minutes;
  throw new FactswayError(
    'FW-USAGE',
    `--for takes between 1m and ${LONGEST_MAINTENANCE_MINUTES / 60}h, not "${text}".`,
    'Example: factsway-install maintenance start --for 2h',
  );
}

/** The window that is open, if one is. Reads only. */
export async function maintenanceWindow(
  directory: string,
  ports: Ports,
): Promise<Silence | undefined> {
  const { monitoring } = (await configInEffect(directory, ports.files)).config;
  return latest(await new Alertmanager(ports.http, monitoring.alertmanagerPort).maintenance());
}

export type MaintenanceRequest = {
  readonly directory: string;
  readonly consent: Consent;
};

/** Plans, has the plan confirmed and opens the window. */
export async function startMaintenanceWindow(
  {
    directory,
    consent,
    ...wish
  }: MaintenanceRequest & { minutes: number; comment: string; author?: string },
  ports: Ports,
): Promise<PlanOutcome> {
  const { monitoring, project } = (await configInEffect(directory, ports.files)).config;
  const port = monitoring.alertmanagerPort;
  const author = wish.author ?? `factsway-install on ${ports.host.hostname()}`;
  const look = async (): Promise<Plan> =>
    planMaintenance(
      { port, minutes: wish.minutes, comment: wish.comment, author },
      await new Alertmanager(ports.http, port).maintenance(),
      ports.clock.now().getTime(),
    );
  return runPlan(
    {
      command: 'maintenance start',
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

export async function endMaintenanceWindow(
  { directory, consent }: MaintenanceRequest,
  ports: Ports,
): Promise<PlanOutcome> {
  const { monitoring, project } = (await configInEffect(directory, ports.files)).config;
  const port = monitoring.alertmanagerPort;
  const look = async (): Promise<Plan> =>
    planMaintenanceEnd(port, await new Alertmanager(ports.http, port).maintenance());
  return runPlan(
    {
      command: 'maintenance end',
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
