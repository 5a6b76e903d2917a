import type { Slot } from '../model/workload.ts';

/** The PostgreSQL roles of spec 01: each component connects as the least of them that does its work. */
export const ROLES = {
  superuser: 'postgres',
  owner: 'factsway_owner',
  app: 'factsway_app',
  monitor: 'factsway_monitor',
} as const;

/**
 * As whom the services of a slot log in: a member of `ROLES.app`, which holds the rights. A role has one password, so
 * that each slot having a role of its own is what lets the password be another one while the former slot serves.
 */
export const slotRole = (slot: Slot): string => `${ROLES.app}_${slot}`;

export const SLOT_ROLES: readonly string[] = (['a', 'b'] as const).map(slotRole);
