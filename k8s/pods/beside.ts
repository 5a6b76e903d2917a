import type { Workload } from '../../installer/src/model/workload.ts';

/** Who runs in the pod of another, because it shares volumes with it: most volumes are on one node at a time. */
const HOSTS: Readonly<Record<string, string>> = { backup: 'postgres' };

type Named = Pick<Workload, 'component'>;

/** In whose pod a component runs; undefined where it has one of its own. */
export const hostOf = ({ component }: Named): string | undefined => HOSTS[component];

/** Who runs in the pod of a component beside it. */
export const guestsOf = ({ component }: Named, workloads: readonly Workload[]): Workload[] =>
  workloads.filter((one) => hostOf(one) === component);

/** Whether its pod has more than one container. */
export const sharesPod = (workload: Named, workloads: readonly Workload[]): boolean =>
  hostOf(workload) !== undefined || guestsOf(workload, workloads).length > 0;
