import { SERVICE_METRICS } from '../metrics/services.ts';
import { MIRROR_AT_REST, NEW_APP_VERSION } from './quiet-mirror.ts';
import { counter, gauge, target, type Quiet, type Series } from './rule-test.ts';

const HOURS = 3;
const MINUTES = HOURS * 60;
const GIB = 1024 ** 3;
const SERVICES = [
  'records-service',
  'ingestion-service',
  'export-service',
  'caseblock-service',
  'signature-service',
  'facts-service',
  'exhibits-service',
  'caselaw-service',
];
const POSTGRES = 'job="postgres",instance="e:9187",service="postgres"';
const NODE = 'job="node",instance="n:9100",service="node"';
const DISK = `${NODE},device="/dev/sda1",fstype="ext4",mountpoint="/"`;
const ALERTMANAGER = 'job="alertmanager",instance="a:9093",service="alertmanager"';
const PROMETHEUS = 'job="prometheus",instance="p:9090",service="prometheus"';
const BACKUP = 'job="backup",instance="backup:9854",service="backup"';
const PLACES = ['local', 's3'];
const DAY = 86_400;

/** Values by selector, still for three hours. */
const still = (levels: Readonly<Record<string, number>>): Series =>
  Object.fromEntries(
    Object.entries(levels).map(([selector, level]) => [selector, gauge([[level, MINUTES]], 'slo')]),
  );
const requests = (service: string, status: number, text: string): Series => ({
  [`http_requests_total{${target(service)},method="GET",endpoint="/api/facts",status="${status}"}`]:
    text,
});

const service = (name: string): Series =>
  still({
    [`up{${target(name)}}`]: 1,
    [`probe_success{job="probe",instance="http://${name}-a/health",service="${name}"}`]: 1,
    [`process_start_time_seconds{${target(name)}}`]: 1,
    [`process_cpu_seconds_total{${target(name)}}`]: 1,
    [`process_open_fds{${target(name)}}`]: 20,
    [`process_max_fds{${target(name)}}`]: 1024,
    [`process_resident_memory_bytes{${target(name)}}`]: 1,
    ...Object.fromEntries(
      SERVICE_METRICS.filter(({ only }) => only === undefined || only === name).map(
        ({ name: metric, type }) => [
          `${metric}${type === 'histogram' ? '_count' : ''}{${target(name)}${metric === 'factsway_build_info' ? ',version="1.0.0"' : ''}}`,
          metric === 'factsway_db_pool_max' || metric === 'factsway_build_info' ? 1 : 0,
        ],
      ),
    ),
  });

/** Of one place, the backup of the last night being so many seconds old when the three hours begin. */
const backupsIn = (place: string, age: number): Series =>
  still({
    [`factsway_backup_last_success_timestamp_seconds{${BACKUP},place="${place}",type="full"}`]:
      -6 * DAY,
    [`factsway_backup_last_success_timestamp_seconds{${BACKUP},place="${place}",type="diff"}`]:
      -age,
    [`factsway_backup_last_attempt_timestamp_seconds{${BACKUP},place="${place}"}`]: -age - 300,
    // Weeks ago one had failed.
    [`factsway_backup_failures_total{${BACKUP},place="${place}"}`]: 2,
    [`factsway_backup_log_oldest_waiting_seconds{${BACKUP},place="${place}"}`]: 0,
    [`factsway_backup_damage{${BACKUP},place="${place}"}`]: 0,
  });
const keeper = (startedAt: number, provenAt: number): Series =>
  still({
    [`up{${BACKUP}}`]: 1,
    [`factsway_backup_damage{${BACKUP},place="database"}`]: 0,
    [`factsway_backup_drill_ok{${BACKUP}}`]: 1,
    [`factsway_backup_started_timestamp_seconds{${BACKUP}}`]: startedAt,
    [`factsway_backup_drill_last_success_timestamp_seconds{${BACKUP}}`]: provenAt,
  });
/** A scrape every quarter of a minute: values for so many of them each. */
const steps = (...values: readonly (readonly [value: number, scrapes: number])[]): string =>
  values.map(([value, scrapes]) => `${value}x${scrapes - 1}`).join(' ');

/** A whole platform, healthy, that nobody uses. WAL is archived, and while nothing changes there is none. */
const asleep: Series = {
  ...Object.fromEntries(SERVICES.flatMap((name) => Object.entries(service(name)))),
  ...still({
    [`pg_up{${POSTGRES}}`]: 1,
    [`pg_stat_activity_count{${POSTGRES},server="s",datname="factsway",state="idle"}`]: 20,
    [`pg_settings_max_connections{${POSTGRES},server="s"}`]: 80,
    [`pg_wal_size_bytes{${POSTGRES}}`]: GIB,
    [`pg_settings_max_wal_size_bytes{${POSTGRES},server="s"}`]: 2 * GIB,
    [`pg_stat_database_deadlocks{${POSTGRES},datname="factsway"}`]: 4,
    [`pg_stat_database_tup_inserted{${POSTGRES},datname="factsway"}`]: 900,
    [`pg_stat_database_tup_updated{${POSTGRES},datname="factsway"}`]: 400,
    [`pg_stat_database_tup_deleted{${POSTGRES},datname="factsway"}`]: 100,
    'up{job="edge",instance="edge:9180",service="edge"}': 1,
    'probe_success{job="probe",instance="https://edge:8443/healthz",service="edge"}': 1,
    // The clock of the test begins at 0: a certificate for twelve hours, as the edge's own authority gives it.
    'probe_ssl_earliest_cert_expiry{job="probe",instance="https://edge:8443/healthz",service="edge"}': 43_200,
    'up{job="postgres",instance="e:9187",service="postgres"}': 1,
    [`up{${NODE}}`]: 1,
    [`node_filesystem_avail_bytes{${DISK}}`]: 60 * GIB,
    [`node_filesystem_size_bytes{${DISK}}`]: 100 * GIB,
    [`node_filesystem_readonly{${DISK}}`]: 0,
    [`node_filesystem_files{${DISK}}`]: 1000,
    [`node_filesystem_files_free{${DISK}}`]: 900,
    [`node_memory_MemAvailable_bytes{${NODE}}`]: 6 * GIB,
    [`node_memory_MemTotal_bytes{${NODE}}`]: 8 * GIB,
    [`node_vmstat_oom_kill{${NODE}}`]: 3,
    [`node_timex_offset_seconds{${NODE}}`]: 0.0004,
    [`node_timex_sync_status{${NODE}}`]: 1,
    [`node_timex_maxerror_seconds{${NODE}}`]: 0.2,
    [`factsway_upgrade_total{${NODE},kind="upgrade",outcome="succeeded"}`]: 0,
    [`up{${ALERTMANAGER}}`]: 1,
    [`alertmanager_config_last_reload_successful{${ALERTMANAGER}}`]: 1,
    [`alertmanager_notifications_failed_total{${ALERTMANAGER},integration="email",reason="other"}`]: 2,
    [`up{${PROMETHEUS}}`]: 1,
    [`prometheus_config_last_reload_successful{${PROMETHEUS}}`]: 1,
    [`prometheus_notifications_alertmanagers_discovered{${PROMETHEUS}}`]: 1,
    [`prometheus_notifications_dropped_total{${PROMETHEUS}}`]: 0,
    [`prometheus_rule_evaluation_failures_total{${PROMETHEUS},rule_group="x"}`]: 0,
  }),
  [`pg_stat_archiver_last_archive_age{${POSTGRES},server="s"}`]: '60+15x719',
  ...keeper(-200 * DAY, -27 * DAY),
  ...MIRROR_AT_REST,
  ...Object.fromEntries(PLACES.flatMap((place) => Object.entries(backupsIn(place, 18_000)))),
};

/** Backups were switched on a moment ago: there is none yet, and the first ones are being made. */
const firstNight: Series = {
  ...asleep,
  ...keeper(0, 0),
  ...Object.fromEntries(
    PLACES.flatMap((place): (readonly [string, string])[] => [
      ...['full', 'diff'].map((type): readonly [string, string] => [
        `factsway_backup_last_success_timestamp_seconds{${BACKUP},place="${place}",type="${type}"}`,
        type === 'full' ? steps([0, 300], [4500, 420]) : steps([0, 720]),
      ]),
      [
        `factsway_backup_last_attempt_timestamp_seconds{${BACKUP},place="${place}"}`,
        steps([0, 20], [300, 700]),
      ],
      [`factsway_backup_failures_total{${BACKUP},place="${place}"}`, steps([0, 720])],
    ]),
  ),
};
/** The backup of the night is made, a day after the last; meanwhile log is written, and segments go as they come. */
const nightOfBackup: Series = {
  ...asleep,
  ...Object.fromEntries(
    PLACES.flatMap((place) => [
      [
        `factsway_backup_last_success_timestamp_seconds{${BACKUP},place="${place}",type="diff"}`,
        steps([-82_000, 320], [4800, 400]),
      ],
      [
        `factsway_backup_last_attempt_timestamp_seconds{${BACKUP},place="${place}"}`,
        steps([-82_300, 290], [4350, 430]),
      ],
      [
        `factsway_backup_log_oldest_waiting_seconds{${BACKUP},place="${place}"}`,
        '0+15x3 '.repeat(180).trim(),
      ],
    ]),
  ),
};

/** The series with one scrape that failed, after half an hour: `up` and probes say so, others have no sample. */
function missed([selector, values]: readonly [string, string]): readonly [string, string] {
  const level = /^-?[\d.]+/.exec(values)?.[0] ?? '0';
  const hole = /^(up|probe_success)/.test(selector) ? '0' : '_';
  return values.includes('+')
    ? [selector, values]
    : [selector, `${level}x119 ${hole} ${level}x599`];
}
const oneAfterHalfAnHour = '0x119 1x600';

/** Nights at which nobody may be woken, and Sundays on which nobody may be told anything. */
export const QUIET_SUNDAY: readonly Quiet[] = [
  { when: 'when nobody works', series: asleep, at: MINUTES - 1 },
  {
    when: 'when the only request of the night fails',
    series: {
      ...asleep,
      ...requests('facts-service', 200, gauge([[0, MINUTES]], 'slo')),
      ...requests('facts-service', 500, oneAfterHalfAnHour),
    },
    at: MINUTES - 1,
  },
  {
    when: 'when one of very few requests fails each hour',
    series: {
      ...asleep,
      ...requests('facts-service', 200, counter([[0.2, MINUTES]], 'slo')),
      ...requests('facts-service', 500, '0x239 1x239 2x239'),
    },
    at: MINUTES - 1,
  },
  {
    when: 'when one scrape of everything is missed',
    series: Object.fromEntries(Object.entries(asleep).map(missed)),
    at: MINUTES - 1,
  },
  {
    when: 'when one export takes twenty seconds',
    series: {
      ...asleep,
      ...requests('export-service', 201, oneAfterHalfAnHour),
      ...Object.fromEntries(
        ['1', '10', '30', '+Inf'].map((le) => [
          `http_request_duration_seconds_bucket{${target('export-service')},method="POST",endpoint="/api/exports",le="${le}"}`,
          le === '30' || le === '+Inf' ? oneAfterHalfAnHour : gauge([[0, MINUTES]], 'slo'),
        ]),
      ),
    },
    at: MINUTES - 1,
  },
  {
    when: 'when PostgreSQL is restarted within half a minute',
    series: {
      ...asleep,
      [`pg_up{${POSTGRES}}`]: '1x119 0x1 1x598',
      ...Object.fromEntries(
        SERVICES.map((name) => [
          `database_connection_errors_total{${target(name)}}`,
          '0x119 4x1 8x598',
        ]),
      ),
    },
    at: MINUTES - 1,
  },
  {
    when: 'when backups were switched on that evening',
    series: firstNight,
    at: MINUTES - 1,
  },
  { when: 'when the backup of the night is made', series: nightOfBackup, at: MINUTES - 1 },
  {
    when: 'when the container of the backups is made anew',
    series: {
      ...asleep,
      [`up{${BACKUP}}`]: steps([1, 120], [0, 3], [1, 597]),
      ...Object.fromEntries(
        PLACES.flatMap((place) => [
          [
            `factsway_backup_failures_total{${BACKUP},place="${place}"}`,
            `2x119 stale _x2 ${steps([0, 596])}`,
          ],
          // What came meanwhile goes at once.
          [
            `factsway_backup_log_oldest_waiting_seconds{${BACKUP},place="${place}"}`,
            `0x119 stale _x2 45 30 ${steps([0, 594])}`,
          ],
        ]),
      ),
    },
    at: MINUTES - 1,
  },
  {
    when: 'when a new version of the desktop app is there, and everybody takes it',
    series: { ...asleep, ...NEW_APP_VERSION },
    at: MINUTES - 1,
  },
  {
    when: 'when the server was off for the night and is on again',
    series: {
      ...asleep,
      ...Object.fromEntries(
        PLACES.flatMap((place) => [
          // The backup that was missed is made up for within half an hour.
          [
            `factsway_backup_last_success_timestamp_seconds{${BACKUP},place="${place}",type="diff"}`,
            steps([-3 * DAY, 120], [1800, 600]),
          ],
          [
            `factsway_backup_last_attempt_timestamp_seconds{${BACKUP},place="${place}"}`,
            steps([-3 * DAY, 60], [900, 660]),
          ],
          [
            `factsway_backup_log_oldest_waiting_seconds{${BACKUP},place="${place}"}`,
            steps([36_000, 6], [0, 714]),
          ],
        ]),
      ),
    },
    at: MINUTES - 1,
  },
];
