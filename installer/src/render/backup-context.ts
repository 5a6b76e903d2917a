import type { Catalog } from '../catalog/catalog.ts';
import { S3_AUTHORITY } from '../catalog/components/backup.ts';

/** What backup.yaml of the container that keeps the backups says; no secret is in it. */
export function backupContext({ context }: Catalog): object {
  const { config, backupAuthority, sizing } = context;
  const { time, fullOn, drillOn, local, s3 } = config.backup;
  return {
    database: config.postgres.database,
    timeZone: config.host.timeZone,
    schedule: { time, fullOn, drillOn },
    local: local.enabled ? { keepDays: local.keepDays } : undefined,
    s3: s3 && {
      ...s3,
      endpoint: s3.endpoint ?? `s3.${s3.region}.amazonaws.com`,
      caFile: backupAuthority === undefined ? undefined : `${S3_AUTHORITY.mount}/ca.crt`,
    },
    // A backup is to be over in the night, and noticed by nobody: half of what PostgreSQL may use.
    processes: Math.max(1, Math.floor(sizing.postgres.cpus.value / 2)),
  };
}
