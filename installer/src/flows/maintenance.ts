import type { MaintenanceWish } from '../model/maintenance.ts';
import { latest } from '../planner/plan-maintenance.ts';
import type { Ports } from '../ports/ports.ts';
import { Alertmanager } from './alertmanager.ts';

type Reach = Pick<Ports, 'http' | 'clock'>;

/**
 * Nobody is told of anything for so many minutes from now; a window that is open already lasts longer, never shorter.
 * It ends by itself, whatever becomes of us. Throws FW-ALERTMANAGER. Returns when it ends.
 */
export async function openMaintenance(
  { port, minutes, comment, author }: MaintenanceWish,
  { http, clock }: Reach,
): Promise<Date> {
  const alertmanager = new Alertmanager(http, port);
  const open = latest(await alertmanager.maintenance());
  const now = clock.now();
  const until = new Date(
    Math.max(now.getTime() + minutes * 60_000, open ? Date.parse(open.endsAt) : 0),
  );
  await alertmanager.silence({
    ...(open ? { id: open.id } : {}),
    startsAt: open?.startsAt ?? now.toISOString(),
    endsAt: until.toISOString(),
    createdBy: author,
    comment,
  });
  return until;
}

/** Ends every window that is open; none is as good. Throws FW-ALERTMANAGER. */
export async function closeMaintenance(port: number, { http }: Reach): Promise<void> {
  const alertmanager = new Alertmanager(http, port);
  for (const { id } of await alertmanager.maintenance()) await alertmanager.endSilence(id);
}
