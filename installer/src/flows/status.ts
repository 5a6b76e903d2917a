import { publicUrl } from '../catalog/public-url.ts';
import { CLOSED_FILE } from '../catalog/serving.ts';
import {
  isHalfMade,
  isMadeIn,
  type ContainerState,
  type ObservedContainer,
} from '../model/observed.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';
import type { Ports } from '../ports/ports.ts';
import { catalogInEffect, type Pending } from './in-effect.ts';
import { readRelease } from './serving-slot.ts';
import { instancePaths } from './paths.ts';

export type ComponentStatus = {
  readonly service: string;
  readonly purpose: string;
  readonly state: ContainerState | 'missing';
  readonly health: ObservedContainer['health'] | 'finished';
  readonly startedAt: string;
  readonly restarts: number;
  readonly good: boolean;
  /** Of the customer's compose.override.yaml. */
  readonly yours?: true;
};

export type Status = {
  readonly directory: string;
  readonly release: string | null;
  readonly slot: string | null;
  readonly url: string;
  readonly components: readonly ComponentStatus[];
  readonly healthy: boolean;
  /** Whether whoever comes sees the maintenance page instead of the services. */
  readonly closed: boolean;
  /** Whether factsway.yaml says what is in effect, something else, or nothing that can be used. */
  readonly configuration: Pending;
};

/** What compose.override.yaml added. Whether it does well is its owner's to judge. */
function yours(directory: string, containers: readonly ObservedContainer[]): ComponentStatus[] {
  return containers
    .filter((container) => container.spec === '' && isMadeIn(container, directory))
    .map(({ service, state, health, startedAt, restarts }) => ({
      service,
      purpose: `yours, of ${OVERRIDE_FILE}`,
      state,
      health,
      startedAt,
      restarts,
      good: true,
      yours: true,
    }));
}

/** What should run and what does. Reads only. */
export async function status(directory: string, ports: Ports): Promise<Status> {
  const { catalog, config, pending } = await catalogInEffect(directory, ports.files);
  const containers = new Map(
    (await ports.docker.containers(config.project))
      .filter((container) => !isHalfMade(container, config.project))
      .map((container) => [container.service, container]),
  );
  const paths = instancePaths(directory);
  const release = await readRelease(paths, ports.files);
  const components = catalog.workloads.map((workload): ComponentStatus => {
    const found = containers.get(workload.id);
    const finished =
      workload.kind === 'one-shot' && found?.state === 'exited' && found.exitCode === 0;
    return {
      service: workload.id,
      purpose: workload.purpose,
      state: found?.state ?? 'missing',
      health: finished ? 'finished' : (found?.health ?? 'none'),
      startedAt: found?.startedAt ?? '',
      restarts: found?.restarts ?? 0,
      good:
        finished ||
        (found?.state === 'running' && found.health !== 'unhealthy' && found.health !== 'starting'),
    };
  });
  return {
    directory,
    release: release?.version ?? null,
    slot: release?.slot ?? null,
    url: publicUrl(config),
    components: [...components, ...yours(directory, [...containers.values()])],
    healthy: components.every(({ good }) => good),
    closed: await ports.files.exists(paths.file(CLOSED_FILE)),
    configuration: pending,
  };
}
