import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Workload } from '../../model/workload.ts';

/** Every workload has its container, running and healthy; one-shots ended well. */
export function analyseContainers(
  workloads: readonly Workload[],
  containers: readonly ObservedContainer[],
): CheckResult {
  const findings = workloads.flatMap((workload) => {
    const found = containers.find(({ service }) => service === workload.id);
    if (!found) return [`${workload.id} does not exist`];
    if (workload.kind === 'one-shot')
      return found.state === 'exited' && found.exitCode === 0
        ? []
        : [`${workload.id} is ${found.state}, exit code ${found.exitCode}`];
    if (found.state !== 'running') return [`${workload.id} is ${found.state}`];
    return found.health === 'healthy' || workload.health === undefined
      ? []
      : [`${workload.id} is ${found.health}`];
  });
  if (findings.length === 0)
    return pass('containers', `${workloads.length} containers are up and healthy`);
  return fail(
    'containers',
    `${findings.length} of ${workloads.length} containers are not as they should be`,
    'Start what is missing: factsway-install up',
    findings,
  );
}

/** Published ports are the declared ones and no others (spec 02): nothing but the edge is reachable from outside. */
export function analyseExposure(
  workloads: readonly Workload[],
  containers: readonly ObservedContainer[],
): CheckResult {
  const declared = new Set(
    workloads.flatMap((workload) =>
      workload.ports.map(({ bind, host }) => `${workload.id} ${bind}:${host}`),
    ),
  );
  const published = containers.flatMap(({ service, ports }) =>
    ports.map(({ bind, port }) => `${service} ${bind}:${port}`),
  );
  const undeclared = published.filter((entry) => !declared.has(entry));
  if (undeclared.length === 0)
    return pass('exposure', `${published.length} ports are published, all of them declared`);
  return fail(
    'exposure',
    `${undeclared.length} ports are published that the platform does not declare`,
    'Look for them in compose.override.yaml',
    undeclared,
  );
}
