import type { Workload } from '../../model/workload.ts';
import { backupDirectory, LOCAL_MOUNT } from '../backup-directory.ts';
import type { CatalogContext } from '../context.ts';
import { dataVolume } from '../data-volume.ts';
import type { ResolvedImage } from '../images.ts';
import { hardened, httpHealth, SCRATCH } from './hardened.ts';

export const BACKUP_PORT = 9854;
/** The same path in PostgreSQL's own container: pgBackRest compares it with what the server says. */
export const DATA_MOUNT = '/var/lib/postgresql/data';
/** What PostgreSQL hands over, and the socket by which it is asked, for both containers. */
export const LOG_MOUNT = '/var/lib/postgresql/log';
export const S3_AUTHORITY = { directory: 'backup-tls', mount: '/etc/factsway-backup-tls' } as const;

/** Carries the log of the database away, makes backups, tries them out and restores them. */
export function backup(context: CatalogContext, image: ResolvedImage): Workload {
  const { config, sizing, dataGeneration, nextGeneration, backupAuthority } = context;
  const directory = backupDirectory(context);
  const { s3 } = config.backup;
  return hardened({
    component: 'backup',
    id: 'backup',
    group: 'core',
    init: true,
    purpose: 'keeps backups of the database, tries them out and restores them',
    image: image.reference,
    user: image.user,
    listens: [{ name: 'metrics', port: BACKUP_PORT }],
    entrypoint: ['factsway-backup'],
    command: ['keep'],
    environment: { TZ: config.host.timeZone },
    secrets: [
      'backup-key',
      ...(s3 ? (['backup-s3-access-key-id', 'backup-s3-secret-access-key'] as const) : []),
    ],
    config: { directory: 'backup', mount: '/etc/factsway-backup', reload: { how: 'recreate' } },
    ...(backupAuthority === undefined ? {} : { extraConfig: [S3_AUTHORITY] }),
    volumes: [
      { name: dataVolume(dataGeneration), mount: DATA_MOUNT, readOnly: true },
      { name: 'postgres-log', mount: LOG_MOUNT },
      // A restore is made in the volume that the database moves to, and a drill as well.
      { name: dataVolume(nextGeneration), mount: '/var/lib/postgresql/next' },
      ...(directory === undefined
        ? [{ name: 'backup-repository' as const, mount: LOCAL_MOUNT }]
        : []),
      { name: 'backup-state', mount: '/var/lib/factsway-backup/state' },
    ],
    ...(directory === undefined ? {} : inDirectory(directory)),
    tmpfs: [SCRATCH],
    networks: [{ name: 'monitoring' }, ...(s3 ? [{ name: 'egress' as const }] : [])],
    health: httpHealth(BACKUP_PORT, '/health'),
    memory: sizing.fixed.backup,
    cpus: sizing.fixedCpus,
    pids: 256,
    // A backup that is cut off is made again; what PostgreSQL handed over stays until it is carried away.
    stopGraceSeconds: 20,
  });
}

const inDirectory = (host: string): Pick<Workload, 'hostMounts' | 'exceptions'> => ({
  hostMounts: [{ host, mount: LOCAL_MOUNT, writable: true }],
  exceptions: [
    {
      rule: 'no sensitive host directories',
      reason: 'backup.local.directory: backups on a disk of their own outlive that of the database',
    },
    { rule: 'read-only configuration', reason: 'backups are written there' },
  ],
});
