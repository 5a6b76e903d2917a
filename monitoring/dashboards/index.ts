import { backup } from './backup.ts';
import { database } from './database.ts';
import { infrastructure } from './infrastructure.ts';
import { overview } from './overview.ts';
import { service } from './service.ts';
import type { DashboardFile } from './shape.ts';
import { updates } from './updates.ts';

/** All dashboards by the name of their file, in the order in which people look at them. */
export const DASHBOARDS: Readonly<Record<string, DashboardFile>> = {
  overview,
  service,
  database,
  infrastructure,
  backup,
  updates,
};
