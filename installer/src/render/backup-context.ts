import type { Catalog } from '../catalog/catalog.ts';
import { LOCAL_MOUNT } from '../catalog/backup-directory.ts';
import { S3_AUTHORITY } from '../catalog/components/backup.ts';

/** What backup.yaml of the container that keeps the backups says; no secret is in it. */
export function backupContext({ context }: Catalog): object {
  const { config, backupAuthority, sizing, target } = context;
  const inCluster = target === 'kubernetes';
  const { time, fullOn, drillOn, local, s3 } = config.backup;
  return {
    database: config.postgres.database,
    timeZone: config.host.timeZone,
    // There CronJobs are the clock, which everybody sees and can stop.
    schedule: { time, fullOn, drillOn, ...(inCluster ? { by: 'request' } : {}) },
    local: local.enabled
      ? {
          // A directory below the mount: a volume of a cluster brings a lost+found of its own.
          path: inCluster ? `${LOCAL_MOUNT}/repository` : LOCAL_MOUNT,
          keepDays: local.keepDays,
        }
      : undefined,
    s3: s3 && {
      ...s3,
      endpoint: s3.endpoint ?? `s3.${s3.region}.amazonaws.com`,
      caFile: backupAuthority === undefined ? undefined : `${S3_AUTHORITY.mount}/ca.crt`,
    },
    // A backup is to be over in the night, and noticed by nobody: half of what PostgreSQL may use.
    processes: Math.max(1, Math.floor(sizing.postgres.cpus.value / 2)),
  };
}
