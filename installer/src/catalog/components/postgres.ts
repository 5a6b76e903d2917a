import { mebibytes, MiB } from '../../model/units.ts';
import type { Workload } from '../../model/workload.ts';
import { hasBackups } from '../backup-rules.ts';
import type { CatalogContext } from '../context.ts';
import { dataVolume } from '../data-volume.ts';
import { POSTGRES_PORT } from '../database-access.ts';
import type { ResolvedImage } from '../images.ts';
import { ROLES } from '../roles.ts';
import { DATA_MOUNT, LOG_MOUNT } from './backup.ts';
import { hardened, SCRATCH } from './hardened.ts';

export function postgres(context: CatalogContext, image: ResolvedImage): Workload {
  const { config, sizing, dataGeneration } = context;
  return hardened({
    component: 'postgres',
    id: 'postgres',
    group: 'core',
    purpose: `PostgreSQL ${config.postgres.version}: the one place that holds data`,
    image: image.reference,
    user: image.user,
    listens: [{ name: 'postgres', port: POSTGRES_PORT }],
    command: ['postgres', '-c', 'config_file=/etc/factsway-postgres/postgresql.conf'],
    environment: {
      POSTGRES_USER: ROLES.superuser,
      POSTGRES_DB: config.postgres.database,
      POSTGRES_PASSWORD_FILE: '/run/secrets/postgres-superuser-password',
      POSTGRES_INITDB_ARGS: '--data-checksums --encoding=UTF8 --locale=C.UTF-8',
      // A directory below the mount: a volume may bring a lost+found of its own.
      PGDATA: '/var/lib/postgresql/data/pgdata',
      TZ: config.host.timeZone,
    },
    secrets: [
      'postgres-superuser-password',
      'postgres-owner-password',
      'postgres-app-password',
      'postgres-monitor-password',
    ],
    config: { directory: 'postgres', mount: '/etc/factsway-postgres', reload: { how: 'recreate' } },
    extraConfig: [{ directory: 'postgres-init', mount: '/docker-entrypoint-initdb.d' }],
    volumes: [
      { name: dataVolume(dataGeneration), mount: DATA_MOUNT },
      // Above it: the one other directory that in every image of PostgreSQL belongs to its user, as a new volume must.
      { name: 'postgres-restore-points', mount: '/var/lib/postgresql' },
      ...(hasBackups(context) ? [{ name: 'postgres-log' as const, mount: LOG_MOUNT }] : []),
    ],
    tmpfs: [SCRATCH, { mount: '/var/run/postgresql', sizeBytes: MiB, mode: '1777' }],
    networks: [{ name: 'data' }],
    health: {
      // Over TCP: while the data directory is being initialised only the socket answers.
      argv: [
        'pg_isready',
        '-q',
        '-h',
        '127.0.0.1',
        '-U',
        ROLES.superuser,
        '-d',
        config.postgres.database,
      ],
      intervalSeconds: 10,
      timeoutSeconds: 5,
      retries: 6,
      startPeriodSeconds: 120,
    },
    memory: sizing.postgres.memory,
    cpus: sizing.postgres.cpus,
    pids: 512,
    shmBytes: Math.max(64, mebibytes(sizing.postgres.memory.value / 8)) * MiB,
    // SIGINT is PostgreSQL's fast shutdown; a checkpoint of a large buffer pool takes its time.
    stopSignal: 'SIGINT',
    stopGraceSeconds: 120,
  });
}
