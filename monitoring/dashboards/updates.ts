import { dashboard } from './dashboard.ts';
import { mirror } from './mirror-rows.ts';
import { none, stat, table, timeSeries, upTo } from './panels.ts';
import { OF_USERS, rate, SERVICES } from './selections.ts';

const COMPONENTS = [
  'prometheus',
  'alertmanager',
  'blackbox_exporter',
  'node_exporter',
  'postgres_exporter',
];
const BUCKETS = `http_request_duration_seconds_bucket{${OF_USERS}}`;

/** An update seen from outside: versions, restarts, and what users met meanwhile. */
const now = [
  stat({
    title: 'Releases running',
    description:
      'Two belong to an upgrade under way. For longer than ten minutes, some services were left behind.',
    unit: 'none',
    width: 4,
    thresholds: upTo(2, 3),
    queries: [{ expr: 'count(count by (version) (factsway_build_info))', legend: 'releases' }],
  }),
  stat({
    title: 'Release',
    description: 'Versions that the services report.',
    unit: 'none',
    width: 4,
    show: 'name',
    queries: [{ expr: 'count by (version) (factsway_build_info)', legend: '{{version}}' }],
  }),
  stat({
    title: 'Last start of a service',
    description: 'Time since a process of a service last started: an update, or a crash.',
    unit: 'dtdurations',
    width: 4,
    decimals: 0,
    queries: [{ expr: `time() - max(process_start_time_seconds{${SERVICES}})`, legend: 'ago' }],
  }),
  stat({
    title: 'Restarts',
    description:
      'Starts of services within the time range shown, the first one not counted. More than the deployments marked below account for are crashes.',
    unit: 'none',
    width: 4,
    decimals: 0,
    queries: [
      {
        expr: `sum(changes(process_start_time_seconds{${SERVICES}}[$__range]))`,
        legend: 'restarts',
      },
    ],
  }),
  stat({
    title: 'Slots in service',
    description: 'Slots with processes that answer. Two only while an upgrade switches over.',
    unit: 'none',
    width: 4,
    queries: [{ expr: `count(max by (slot) (up{${SERVICES}}) == 1)`, legend: 'slots' }],
  }),
  stat({
    title: 'Exclusive locks on tables',
    description:
      'Held or waited for. During a migration they come and go; one that stays stops everybody who needs that table.',
    unit: 'none',
    width: 4,
    thresholds: none,
    queries: [
      {
        expr: 'sum(pg_locks_count{mode="accessexclusivelock"}) or vector(0)',
        legend: 'locks',
      },
    ],
  }),
];

/** Of releases; changes and rotations are in the table. */
const OF_RELEASES = 'kind=~"upgrade|rollback"';
const WHICH = '{{kind}} {{from}} → {{to}}';

/** What the installer itself says of upgrades; nothing as long as there was none. */
const last = [
  stat({
    title: 'Last upgrade and rollback',
    description:
      'How they ended. One that did not succeed left the release before it, or needs a person: see the runbook UpgradeFailed.',
    unit: 'none',
    width: 8,
    show: 'both',
    words: {
      0: { text: 'did not succeed', color: 'red' },
      1: { text: 'succeeded', color: 'green' },
    },
    queries: [
      {
        expr: `max by (kind, from, to) (factsway_upgrade_last_success{${OF_RELEASES}})`,
        legend: WHICH,
      },
    ],
  }),
  stat({
    title: 'Downtime',
    description:
      'For how long the edge did not answer meanwhile, asked ten times a second: at most, as it is counted from the last good answer to the next one.',
    unit: 's',
    width: 4,
    decimals: 1,
    thresholds: upTo(0.001, 10),
    queries: [
      {
        expr: `max by (kind) (factsway_upgrade_last_downtime_seconds{${OF_RELEASES}})`,
        legend: '{{kind}}',
      },
    ],
    show: 'both',
  }),
  stat({
    title: 'Failed requests meanwhile',
    description:
      'Of the requests that the installer asked the edge meanwhile. Users have met the same.',
    unit: 'none',
    width: 4,
    decimals: 0,
    thresholds: none,
    queries: [
      {
        expr: `max by (kind) (factsway_upgrade_last_failed_requests{${OF_RELEASES}})`,
        legend: '{{kind}}',
      },
    ],
    show: 'both',
  }),
  stat({
    title: 'Duration',
    description:
      'From the first step to the last, with images, migrations and the old slot drained.',
    unit: 'dtdurations',
    width: 4,
    decimals: 0,
    queries: [
      {
        expr: `max by (kind) (factsway_upgrade_last_duration_seconds{${OF_RELEASES}})`,
        legend: '{{kind}}',
      },
    ],
    show: 'both',
  }),
  stat({
    title: 'Time since',
    description: 'Since the last of them began.',
    unit: 'dtdurations',
    width: 4,
    decimals: 0,
    queries: [
      {
        expr: `time() - max by (kind) (factsway_upgrade_last_started_timestamp_seconds{${OF_RELEASES}})`,
        legend: '{{kind}}',
      },
    ],
    show: 'both',
  }),
  table({
    title: 'Last of each kind',
    description:
      'An upgrade, a rollback, a change of settings, a rotation of a secret: 1 where it succeeded.',
    unit: 'none',
    width: 12,
    columns: { kind: 'kind', from: 'from', to: 'to', slot: 'slot', Value: 'succeeded' },
    queries: [
      { expr: 'max by (kind, from, to, slot) (factsway_upgrade_last_success)', legend: '{{kind}}' },
    ],
  }),
  timeSeries({
    title: 'Ended within a day',
    description:
      'How many ended in the 24 hours before, by kind and outcome. undone: everything was put back. failed: a person had to act.',
    unit: 'none',
    width: 12,
    decimals: 0,
    queries: [
      {
        expr: 'sum by (kind, outcome) (increase(factsway_upgrade_total[1d]))',
        legend: '{{kind}} {{outcome}}',
      },
    ],
  }),
];

const versions = [
  table({
    title: 'Services',
    description: 'Version of each running process, by slot.',
    unit: 'none',
    width: 8,
    height: 10,
    columns: { service: 'service', slot: 'slot', version: 'version' },
    queries: [
      {
        expr: 'max by (service, slot, version) (factsway_build_info)',
        legend: '{{service}}',
      },
    ],
  }),
  table({
    title: 'Components',
    description: 'Version of each part of the monitoring, and of PostgreSQL.',
    unit: 'none',
    width: 8,
    height: 10,
    columns: { service: 'component', version: 'version' },
    queries: [
      {
        expr: [
          ...COMPONENTS.map((name) => `max by (service, version) (${name}_build_info)`),
          'label_replace(max by (service, short_version) (pg_static), "version", "$1", "short_version", "(.*)")',
        ].join(' or '),
        legend: '{{service}}',
      },
    ],
  }),
  timeSeries({
    title: 'Processes by release',
    description: 'How an update proceeded: processes of the services by the version they report.',
    unit: 'none',
    width: 8,
    height: 10,
    stacked: true,
    queries: [{ expr: 'count by (version) (factsway_build_info)', legend: '{{version}}' }],
  }),
];

const starts = [
  timeSeries({
    title: 'Time since start',
    description: 'A line that falls to 0 is a start. All together: an update; one alone: a crash.',
    unit: 'dtdurations',
    width: 12,
    queries: [
      {
        expr: `time() - max by (service, slot) (process_start_time_seconds{${SERVICES}})`,
        legend: '{{service}} {{slot}}',
      },
    ],
  }),
  timeSeries({
    title: 'Restarts by service',
    description: 'Starts within 15 minutes. More than two within 30 minutes is a warning.',
    unit: 'none',
    width: 12,
    decimals: 0,
    queries: [
      {
        expr: `sum by (service) (changes(process_start_time_seconds{${SERVICES}}[15m]))`,
        legend: '{{service}}',
      },
    ],
  }),
];

const traffic = [
  timeSeries({
    title: 'Requests by slot',
    description:
      'One slot hands over to the other. Requests at both for long: the switch was not finished.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    queries: [
      {
        expr: `sum by (slot) (${rate(`http_requests_total{${OF_USERS}}`)})`,
        legend: 'slot {{slot}}',
      },
    ],
  }),
  timeSeries({
    title: 'Failed requests',
    description:
      'Answers with 5xx per second, by slot and as users met them at the edge. An update causes none.',
    unit: 'reqps',
    width: 8,
    queries: [
      {
        expr: `sum by (slot) (${rate(`http_requests_total{${OF_USERS}, status=~"5.."}`)})`,
        legend: 'slot {{slot}}',
      },
      { expr: 'platform:http_errors:rate5m', legend: 'at the edge' },
    ],
  }),
  timeSeries({
    title: 'p95 by slot',
    description: 'Whether the new release answers as fast as the one before. Lines at 2 s and 5 s.',
    unit: 's',
    width: 8,
    thresholds: upTo(2, 5),
    queries: [
      {
        expr: `histogram_quantile(0.95, sum by (le, slot) (${rate(BUCKETS)}))`,
        legend: 'slot {{slot}}',
      },
    ],
  }),
];

const migrations = [
  timeSeries({
    title: 'Tables',
    description: 'A migration that adds or removes tables shows as a step.',
    unit: 'none',
    width: 8,
    decimals: 0,
    queries: [{ expr: 'count(pg_stat_user_tables_size_bytes)', legend: 'tables' }],
  }),
  timeSeries({
    title: 'Exclusive locks over time',
    description: 'Held or waited for: what a migration stops others with.',
    unit: 'none',
    width: 8,
    decimals: 0,
    queries: [
      {
        expr: 'sum(pg_locks_count{mode="accessexclusivelock"}) or vector(0)',
        legend: 'locks',
      },
    ],
  }),
  timeSeries({
    title: 'Longest transaction',
    description: 'A migration runs in one transaction. Lines at 1 and 5 minutes.',
    unit: 's',
    width: 8,
    thresholds: upTo(60, 300),
    queries: [{ expr: 'max(pg_stat_activity_max_tx_duration)', legend: 'longest' }],
  }),
];

export const updates = dashboard({
  uid: 'factsway-updates',
  title: 'Updates',
  description:
    'Which release runs where, since when, and what users met while it changed; below it the mirror that hands out updates of the desktop app.',
  since: '24h',
  rows: [
    { title: 'Now', panels: now },
    { title: 'Last upgrade', panels: last },
    { title: 'Versions', panels: versions },
    { title: 'Starts', panels: starts },
    { title: 'Traffic around a change', panels: traffic },
    { title: 'Migrations', panels: migrations },
    { title: 'Mirror of desktop updates', panels: mirror },
  ],
});
