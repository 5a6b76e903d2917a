import type { Catalog } from '../catalog/catalog.ts';
import type { Downtime } from '../checks/analysers/downtime.ts';
import { toFactswayError } from '../model/errors.ts';
import { EXIT } from '../model/exit-codes.ts';
import type { Plan } from '../model/plan.ts';
import type { UpgradeKind } from '../model/upgrade-record.ts';
import type { Ports } from '../ports/ports.ts';
import { instancePaths } from './paths.ts';
import { probeDowntime } from './probe-downtime.ts';
import { servingSlot } from './serving-slot.ts';
import { rememberUpgrade } from './upgrade-record.ts';

export type Measured = {
  /** When the run began, milliseconds since 1970. */
  readonly startedMs: number;
  /** Of the whole run, milliseconds. */
  readonly durationMs: number;
  /** As users met it at the front door; undefined where nothing answered before. */
  readonly downtime: Downtime | undefined;
};

export type Change = {
  readonly kind: UpgradeKind;
  readonly from: string;
  readonly to: string;
};

/** Whether people could notice: the services that serve are replaced. */
export const replacesServices = ({ steps }: Plan): boolean =>
  steps.some(({ action: { kind } }) => kind === 'SwitchTraffic' || kind === 'ShowMaintenancePage');

/**
 * Carries a plan out while the front door is asked for all the time, and remembers what came of it, also where it fails.
 * `catalog` is of the configuration in effect: that door is there from the beginning.
 */
export async function measure(
  work: () => Promise<void>,
  change: Change,
  { catalog, directory }: { readonly catalog: Catalog; readonly directory: string },
  ports: Ports,
): Promise<Measured> {
  const { clock, files, reporter } = ports;
  const started = clock.now();
  const begunMs = clock.monotonicMs();
  const probe = await probeDowntime({ catalog, directory }, ports);
  const failure = await work().then(
    () => undefined,
    (thrown: unknown) => toFactswayError(thrown),
  );
  const downtime = await probe.stop();
  const undone = failure?.exitCode === EXIT.restored;
  const warning = await rememberUpgrade(
    {
      ...change,
      slot: await servingSlot(directory, files),
      startedAt: started.toISOString(),
      finishedAt: clock.now().toISOString(),
      outcome: !failure ? 'succeeded' : undone ? 'undone' : 'failed',
      downtimeMs: downtime?.downtimeMs.total ?? null,
      failedRequests: downtime?.failed ?? null,
    },
    instancePaths(directory),
    files,
  );
  if (warning !== undefined) reporter.warning(warning);
  if (failure) throw failure;
  return { startedMs: started.getTime(), durationMs: clock.monotonicMs() - begunMs, downtime };
}
