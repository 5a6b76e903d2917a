import { usedNetworks } from '../catalog/networks.ts';
import { networkSubnet } from '../catalog/subnets.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { Observed } from '../model/observed.ts';
import type { PlanBuilder } from '../model/plan.ts';
import type { Desired } from './desired.ts';

/** Where state/applied.json keeps which network.subnet the networks were last made with. */
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
  if (!haveOtherAddresses(desired, observed)) return undefined;
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

/**
 * The engine knows which addresses they have, whatever a killed run did not get to record. Only that somebody chose
 * them, where now Docker is to choose, is nothing it could tell.
 */
function haveOtherAddresses(desired: Desired, observed: Observed): boolean {
  const { config } = desired.catalog.context;
  const record = recorded(observed);
  const former: InstanceConfig = { ...config, network: { ...config.network, subnet: record } };
  return usedNetworks(desired.catalog.workloads).some(({ name }) => {
    const subnet = observed.subnets?.[name];
    if (subnet === undefined) return false;
    const mine = networkSubnet(config, name);
    if (mine !== undefined) return subnet !== mine;
    return record !== '' && networkSubnet(former, name) === subnet;
  });
}

/** Everything is gone that the next steps would otherwise take into account. */
export const withoutContainers = (observed: Observed): Observed => ({
  ...observed,
  containers: [],
  networks: [],
});

/** Before they are made: what is chosen now must be known as that when it is taken back, wherever this run ends. */
export function planRecordNetworks(
  builder: PlanBuilder,
  desired: Desired,
  observed: Observed,
  dependsOn: readonly (number | undefined)[],
): number | undefined {
  if (recorded(observed) === wanted(desired)) return undefined;
  return builder.add({
    action: { kind: 'RecordNetworks', subnet: wanted(desired) },
    cause: 'the networks are made with these addresses',
    dependsOn,
    undo: { kind: 'RecordNetworks', subnet: recorded(observed) },
  });
}
