import type { Alert, AlertArea } from '../model.ts';
import { AVAILABILITY } from './availability.ts';
import { PRESENCE_INTERVAL } from '../recordings.ts';
import { BACKUP } from './backup.ts';
import { CERTIFICATES } from './certificates.ts';
import { DATABASE } from './database.ts';
import { ERRORS } from './errors.ts';
import { HOST } from './host.ts';
import { LATENCY } from './latency.ts';
import { MIRROR } from './mirror.ts';
import { MONITORING } from './monitoring.ts';
import { SLO } from './slo.ts';
import { UPDATES } from './updates.ts';

/** Every alert the platform has, the most urgent areas first. */
export const ALERTS: readonly Alert[] = [
  ...AVAILABILITY,
  ...ERRORS,
  ...LATENCY,
  ...DATABASE,
  ...CERTIFICATES,
  ...HOST,
  ...MONITORING,
  ...SLO,
  ...BACKUP,
  ...UPDATES,
  ...MIRROR,
];

/**
 * Prometheus durations. Whether something is there at all is looked at often, so that a page comes within 150 s of a stop
 * whatever the phase of the scrape: 8 s in which a stopped service still serves + 15 s scrape + 3 s evaluation + 120 s
 * `for` + 2 s grouping; what is gone refuses at once, and only where it hangs do up to 3 s of scrape_timeout come on top. A longer services.drainSeconds is added to it.
 */
export const EVALUATION: Readonly<Record<AlertArea, string>> = {
  availability: PRESENCE_INTERVAL,
  errors: '15s',
  latency: '15s',
  database: '15s',
  certificates: '1m',
  host: '15s',
  monitoring: '15s',
  slo: '30s',
  backup: '1m',
  updates: '1m',
  mirror: '1m',
};
