import { formatMinutes, type MaintenanceWish, type Silence } from '../model/maintenance.ts';
import { PlanBuilder, type Plan } from '../model/plan.ts';

/** A window is opened, or the one that is open made to last longer; never shorter, and never a second one. */
export function planMaintenance(
  wish: MaintenanceWish,
  open: readonly Silence[],
  nowMs: number,
): Plan {
  const builder = new PlanBuilder();
  const last = latest(open);
  if (!last || Date.parse(last.endsAt) < nowMs + wish.minutes * 60_000)
    builder.add({
      action: { kind: 'OpenMaintenance', ...wish },
      cause: last
        ? `the window that is open ends at ${last.endsAt}`
        : 'nobody is to be woken by what is done on purpose',
    });
  return builder.build(`Silence alerts for ${formatMinutes(wish.minutes)}`);
}

export function planMaintenanceEnd(port: number, open: readonly Silence[]): Plan {
  const builder = new PlanBuilder();
  if (open.length > 0)
    builder.add({
      action: { kind: 'EndMaintenance', port },
      cause: 'what fires from now on is told again',
    });
  return builder.build('End the silence');
}

/** The one that ends last. */
export const latest = (silences: readonly Silence[]): Silence | undefined =>
  silences.toSorted((a, b) => Date.parse(b.endsAt) - Date.parse(a.endsAt))[0];
