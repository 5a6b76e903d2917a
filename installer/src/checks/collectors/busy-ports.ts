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
