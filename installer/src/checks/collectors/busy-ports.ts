import type { ObservedContainer } from '../../model/observed.ts';
import type { Workload } from '../../model/workload.ts';
import type { Host } from '../../ports/host.ts';

/** Ports the workloads would publish on which somebody else listens already. */
export async function collectBusyPorts(
  workloads: readonly Workload[],
  containers: readonly ObservedContainer[],
  host: Host,
): Promise<{ readonly port: number; readonly bind: string }[]> {
  const ours = new Set(
    containers
      .filter(({ state }) => state === 'running' || state === 'restarting')
      .flatMap(({ ports }) => ports.map(({ port }) => port)),
  );
  const wanted = workloads
    .flatMap((workload) => workload.ports)
    .filter(({ host: port }) => !ours.has(port));
  const busy = await Promise.all(
    wanted.map(async ({ bind, host: port }) =>
      (await host.portBusy(bind, port)) ? [{ port, bind }] : [],
    ),
  );
  return busy.flat();
}

/** Addresses the workloads would listen on that are none of this server's. What listens already is not asked about. */
export async function collectAbsentAddresses(
  workloads: readonly Workload[],
  containers: readonly ObservedContainer[],
  host: Host,
): Promise<string[]> {
  const listening = new Set(
    containers
      .filter(({ state }) => state === 'running')
      .flatMap(({ ports }) => ports.map(({ bind, port }) => `${bind} ${port}`)),
  );
  const wanted = workloads
    .flatMap(({ ports }) => ports)
    .filter(({ bind, host: port }) => !listening.has(`${bind} ${port}`))
    .map(({ bind }) => bind);
  const found = await Promise.all(
    [...new Set(wanted)].map(async (bind) => ((await host.hasAddress(bind)) ? [] : [bind])),
  );
  return found.flat();
}
