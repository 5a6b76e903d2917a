import { AUDIT_TESTS } from './audit.ts';
import { AVAILABILITY_TESTS } from './availability.ts';
import { RESTART_TESTS } from './restarts.ts';
import { BACKUP_TESTS } from './backup.ts';
import { RECOVERY_TESTS } from './recovery.ts';
import { CERTIFICATE_TESTS } from './certificates.ts';
import { DATABASE_TESTS } from './database.ts';
import { HOST_TESTS } from './host.ts';
import { MIRROR_TESTS } from './mirror.ts';
import { MONITORING_TESTS } from './monitoring.ts';
import { PLATFORM_TESTS } from './platform.ts';
import type { RuleTest } from './rule-test.ts';
import { SLO_TESTS } from './slo.ts';
import { TRAFFIC_TESTS } from './traffic.ts';
import { UPDATE_TESTS } from './updates.ts';

/** What each alert is shown to do; Watchdog fires whatever the series, and is looked at with the quiet ones. */
export const RULE_TESTS: readonly RuleTest[] = [
  ...AVAILABILITY_TESTS,
  ...RESTART_TESTS,
  ...PLATFORM_TESTS,
  ...TRAFFIC_TESTS,
  ...DATABASE_TESTS,
  ...AUDIT_TESTS,
  ...CERTIFICATE_TESTS,
  ...HOST_TESTS,
  ...MONITORING_TESTS,
  ...SLO_TESTS,
  ...BACKUP_TESTS,
  ...RECOVERY_TESTS,
  ...UPDATE_TESTS,
  ...MIRROR_TESTS,
];
