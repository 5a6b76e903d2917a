import type { Observed } from '../model/observed.ts';
import type { PlanBuilder } from '../model/plan.ts';
import type { Desired } from './desired.ts';

/** Where state/applied.json keeps which network.subnet the networks were made with. */
export const NETWORKS_RECORD = 'networks';

const wanted = ({ catalog }: Desired): string => catalog.context.config.network.subnet ?? '';
const recorded = ({ instance }: Observed): string => instance.appliedConfig[NETWORKS_RECORD] ?? '';

/**
 * Networks cannot change their addresses, and cannot go while a container is in them: all of it is made anew.
 * Undefined where nothing is to be done about it.
 */
export function planRemake(
  builder: PlanBuilder,
  desired: Desired,
  observed: Observed,
  { written, pulls }: { readonly written: number | undefined; readonly pulls: readonly number[] },
): number | undefined {
  const { containers, networks } = observed;
  if (networks.length === 0 || recorded(observed) === wanted(desired)) return undefined;
  return builder.add({
    action: {
      kind: 'StopProject',
      project: desired.catalog.context.config.project,
      services: containers.map(({ service }) => service).sort(),
      networks: [...networks].sort(),
    },
    cause: 'network.subnet changed: networks are made with new addresses, and containers with them',
    dependsOn: [written, ...pulls],
    // Where the files were rendered before, nothing in this plan leads back to those of the old networks.
    ...(written === undefined
      ? {
          irreversible:
            'The platform is stopped. Mend the cause and run factsway-install up: it makes everything anew.',
        }
      : {}),
  });
}

/** Everything is gone that the next steps would otherwise take into account. */
export const withoutContainers = (observed: Observed): Observed => ({
  ...observed,
  containers: [],
  networks: [],
});

/** Last, so that a run that failed or was killed is known not to have got there. */
export function planRecordNetworks(
  builder: PlanBuilder,
  desired: Desired,
  observed: Observed,
): void {
  if (recorded(observed) === wanted(desired)) return;
  builder.add({
    action: { kind: 'RecordNetworks', subnet: wanted(desired) },
    cause: 'the networks have these addresses',
    dependsOn: builder.build('').steps.map(({ id }) => id),
  });
}
