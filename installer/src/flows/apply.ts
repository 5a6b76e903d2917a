import type { Catalog } from '../catalog/catalog.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import type { Desired } from '../planner/desired.ts';
import { planUp, type UpOptions } from '../planner/plan-up.ts';
import type { Ports } from '../ports/ports.ts';
import { awaitWorkers } from './await-workers.ts';
import { inspectCertificate } from './certificate.ts';
import { requireDocker } from './check-docker.ts';
import { desire } from './desire.ts';
import { findLost, requireServing } from './look-again.ts';
import { observe, observeWithoutDocker } from './observe.ts';
import { requireSoundFiles } from './require-sound-files.ts';
import { runPlan, type Consent } from './run-plan.ts';
import type { ConfigRequest } from './resolve-config.ts';

export type ApplyRequest = ConfigRequest & {
  readonly command: string;
  readonly options: UpOptions;
  readonly consent: Consent;
  /** Looks at what is wanted before anything is planned; throws what must stop it. */
  readonly inspect?: (desired: Desired) => Promise<void>;
  /** Names of checks whose verdict does not count. */
  readonly skipChecks?: readonly string[];
};

export type ApplyResult = {
  readonly plan: Plan;
  readonly executed: boolean;
  readonly warnings: readonly string[];
  readonly catalog: Catalog;
};

/** The main path of install, up and render: desire → observe → plan → confirm → execute. */
export async function apply(request: ApplyRequest, ports: Ports): Promise<ApplyResult> {
  const { options, consent, command, directory } = request;
  const desired = await desire(request, ports);
  await request.inspect?.(desired);
  const doubts = inspectCertificate(desired, {
    ...(options.renderOnly ? {} : { clock: ports.clock }),
    skip: request.skipChecks ?? [],
    doubts: request.inspect === undefined,
  });
  if (!options.renderOnly) {
    await requireDocker(ports);
    await awaitWorkers(directory, ports);
  }
  const look = () =>
    options.renderOnly ? observeWithoutDocker(desired, ports) : observe(desired, ports);
  for (const note of desired.catalog.notes) ports.reporter.note(note);
  const said = new Set<string>();
  const warn = (warnings: readonly string[]): void => {
    for (const warning of warnings.filter((one) => !said.has(one))) {
      said.add(warning);
      ports.reporter.warning(warning);
    }
  };
  // Before anything can be refused: what is said of the configuration holds all the same.
  warn([...doubts, ...desired.bundle.warnings]);
  let warnings: readonly string[] = [];
  const { project } = desired.catalog.context.config;
  let standing: readonly ObservedContainer[] = [];
  const replan = async (): Promise<Plan> => {
    const observed = await look();
    standing = observed.containers.filter(
      ({ service, state, health }) =>
        state === 'running' && health !== 'unhealthy' && !observed.stopping?.includes(service),
    );
    const found = planUp(desired, observed, {
      ...options,
      skipChecks: request.skipChecks ?? [],
    });
    warn(found.warnings);
    if (!options.renderOnly) await requireSoundFiles(desired, found, observed.containers, ports);
    warnings = [...doubts, ...found.warnings];
    return found.plan;
  };
  const { plan, executed } = await runPlan(
    {
      command,
      directory,
      project,
      desired,
      plan: await replan(),
      replan,
      consent,
      confirm: !options.renderOnly,
      ...(options.renderOnly ? {} : { findLost: () => findLost(standing, project, ports) }),
    },
    ports,
  );
  if (executed && !options.renderOnly && plan.steps.length > 0)
    await requireServing(desired.catalog, ports);
  return { plan, executed, warnings, catalog: desired.catalog };
}
