import { backups, course } from './backup-rows.ts';
import { dashboard } from './dashboard.ts';
import { none, stat, table, timeSeries, upTo } from './panels.ts';
import { DISKS, OWN_DATABASES, rate } from './selections.ts';

const DAY = 86_400;
const GIB = 1024 ** 3;

/** What the platform measures by itself, with backups or without. */
const now = [
  stat({
    title: 'Write-ahead log on disk',
    description:
      'Normally below max_wal_size. Far above it, archiving fails or a replica is gone: the disk fills until PostgreSQL stops.',
    unit: 'bytes',
    width: 4,
    decimals: 1,
    thresholds: upTo(4 * GIB, 16 * GIB),
    queries: [{ expr: 'max(pg_wal_size_bytes)', legend: 'WAL' }],
  }),
  stat({
    title: 'Last segment archived',
    description:
      'Age of the newest segment that PostgreSQL has handed over. “never” while archiving is off: then a lost server costs everything since the last copy. Whether it has left this server as well is in “Log waiting”.',
    unit: 'dtdurations',
    width: 4,
    decimals: 0,
    thresholds: upTo(3600, 4 * 3600),
    words: { '-1': { text: 'never', color: 'yellow' } },
    queries: [
      {
        // The exporter says NaN where nothing was archived, and nothing is equal to that.
        expr: 'max(pg_stat_archiver_last_archive_age >= 0) or vector(-1)',
        legend: 'age',
      },
    ],
  }),
  stat({
    title: 'Failed to archive, 24 hours',
    description:
      'Attempts to archive a segment that failed. 0 alone proves nothing: a broken archiver may fail without being counted, so look at the age too.',
    unit: 'none',
    width: 4,
    decimals: 0,
    thresholds: none,
    queries: [{ expr: 'sum(increase(pg_stat_archiver_failed_count[24h]))', legend: 'failed' }],
  }),
  stat({
    title: 'To be backed up',
    description: 'Size of all databases: what a full backup reads, and a restore writes.',
    unit: 'bytes',
    width: 4,
    decimals: 1,
    queries: [{ expr: 'sum(pg_database_size_bytes)', legend: 'size' }],
  }),
  stat({
    title: 'Checksums of pages',
    description:
      'Whether PostgreSQL notices a page that the disk changed. Without them a backup may hold damage that nobody sees.',
    unit: 'none',
    width: 4,
    words: { 0: { text: 'off', color: 'yellow' }, 1: { text: 'on', color: 'green' } },
    queries: [{ expr: 'min(pg_settings_data_checksums)', legend: 'checksums' }],
  }),
  stat({
    title: 'Written through to disk',
    description:
      'Whether fsync and full_page_writes are on. With one of them off, a power cut can lose the database.',
    unit: 'none',
    width: 4,
    words: { 0: { text: 'NO', color: 'red' }, 1: { text: 'yes', color: 'green' } },
    queries: [
      { expr: 'min(pg_settings_fsync * pg_settings_full_page_writes)', legend: 'written through' },
    ],
  }),
];

const wal = [
  timeSeries({
    title: 'Write-ahead log',
    description:
      'On disk, and max_wal_size, which checkpoints keep it below. A line that only rises is not archived.',
    unit: 'bytes',
    width: 8,
    queries: [
      { expr: 'max(pg_wal_size_bytes)', legend: 'on disk' },
      { expr: 'max(pg_settings_max_wal_size_bytes)', legend: 'max_wal_size' },
    ],
  }),
  timeSeries({
    title: 'Growth of the write-ahead log',
    description: 'Bytes per second over an hour. Above 0 for hours: nothing is removed any more.',
    unit: 'Bps',
    width: 8,
    min: 'free',
    queries: [{ expr: 'max(deriv(pg_wal_size_bytes[1h]))', legend: 'growth' }],
  }),
  timeSeries({
    title: 'Segments archived',
    description:
      'Segments per second that went to the archive, and attempts that failed. Both 0 while archiving is off.',
    unit: 'ops',
    width: 8,
    queries: [
      { expr: `sum(${rate('pg_stat_archiver_archived_count')})`, legend: 'archived' },
      { expr: `sum(${rate('pg_stat_archiver_failed_count')})`, legend: 'failed' },
    ],
  }),
];

const data = [
  timeSeries({
    title: 'Size by database',
    description: 'What a backup has to hold, before it is compressed.',
    unit: 'bytes',
    width: 8,
    queries: [
      {
        expr: `sum by (datname) (pg_database_size_bytes{${OWN_DATABASES}})`,
        legend: '{{datname}}',
      },
    ],
  }),
  timeSeries({
    title: 'Growth in a day',
    description: 'If it goes on as in the last 6 hours: by how much each database grows in a day.',
    unit: 'bytes',
    width: 8,
    min: 'free',
    queries: [
      {
        expr: `sum by (datname) (deriv(pg_database_size_bytes{${OWN_DATABASES}}[6h])) * ${DAY}`,
        legend: '{{datname}}',
      },
    ],
  }),
  table({
    title: 'Largest tables',
    description: 'The ten that a restore spends most of its time on, indexes included.',
    unit: 'bytes',
    width: 8,
    columns: { relname: 'table', Value: 'size' },
    sortedBy: 'size',
    queries: [
      {
        expr: 'topk(10, sum by (relname) (pg_stat_user_tables_size_bytes))',
        legend: '{{relname}}',
      },
    ],
  }),
  timeSeries({
    title: 'Rows changed',
    description:
      'Rows inserted, updated and deleted per second: what each second without an archived log would lose.',
    unit: 'ops',
    width: 12,
    queries: ['inserted', 'updated', 'deleted'].map((what) => ({
      expr: `sum(${rate(`pg_stat_database_tup_${what}`)})`,
      legend: what,
    })),
  }),
  timeSeries({
    title: 'Free space',
    description:
      'On each file system. A restore beside the running database needs as much again as the databases hold.',
    unit: 'bytes',
    width: 12,
    queries: [
      {
        expr: `min by (mountpoint) (node_filesystem_avail_bytes{${DISKS}})`,
        legend: '{{mountpoint}}',
      },
      { expr: 'sum(pg_database_size_bytes)', legend: 'all databases' },
    ],
  }),
];

export const backup = dashboard({
  uid: 'factsway-backup',
  title: 'Backup and recovery',
  description:
    'Backups and the proof that they work, and what a recovery depends on: the write-ahead log, its archive, the size of the data, and room for a restore.',
  since: '24h',
  rows: [
    { title: 'Backups', panels: backups },
    { title: 'Backups over time', panels: course },
    { title: 'PostgreSQL now', panels: now },
    { title: 'Write-ahead log', panels: wal },
    { title: 'Data', panels: data },
  ],
});
