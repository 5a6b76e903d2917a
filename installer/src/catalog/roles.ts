/** The PostgreSQL roles of spec 01: each component connects as the least of them that does its work. */
export const ROLES = {
  superuser: 'postgres',
  owner: 'factsway_owner',
  app: 'factsway_app',
  monitor: 'factsway_monitor',
} as const;
