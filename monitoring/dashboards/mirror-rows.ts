import { none, stat, table, timeSeries } from './panels.ts';
import { rate } from './selections.ts';

const REQUESTS = 'factsway_updates_requests_total';

/** What the mirror of desktop updates says; empty where updates.mirror is off. */
export const mirror = [
  stat({
    title: 'Files missing in the mirror',
    description:
      'By manifest: files it names that are not there in their size. Apps are told of a version they cannot download; more than a quarter of an hour is an alert.',
    unit: 'none',
    width: 6,
    decimals: 0,
    show: 'both',
    thresholds: none,
    queries: [
      {
        expr: 'max by (manifest) (factsway_updates_missing_files)',
        legend: '{{manifest}}',
      },
    ],
  }),
  stat({
    title: 'Unchanged since',
    description:
      'Time since a run of release mirror last replaced each manifest. One that found nothing new leaves it as it is; so there is no limit to it, and no alert.',
    unit: 'dtdurations',
    width: 6,
    decimals: 0,
    show: 'both',
    queries: [
      {
        expr: 'time() - max by (manifest) (factsway_updates_changed_timestamp_seconds)',
        legend: '{{manifest}}',
      },
    ],
  }),
  stat({
    title: 'Files that could not be opened',
    description:
      'Requests that the mirror answered with 5xx within the time range shown: a disk that fails, or rights that were changed.',
    unit: 'none',
    width: 6,
    decimals: 0,
    thresholds: none,
    queries: [{ expr: `sum(increase(${REQUESTS}{status=~"5.."}[$__range]))`, legend: 'failures' }],
  }),
  stat({
    title: 'Turned away',
    description:
      'Requests answered 429 within the time range shown, because their address asked too often. In the minutes after a new version some are as it should be.',
    unit: 'none',
    width: 6,
    decimals: 0,
    show: 'both',
    queries: [
      {
        expr: `sum by (kind) (increase(${REQUESTS}{status="429"}[$__range]))`,
        legend: '{{kind}}',
      },
    ],
  }),
  table({
    title: 'Offered to desktop apps',
    description:
      'The version that each manifest of the mirror offers; “unreadable” where it is damaged.',
    unit: 'none',
    width: 8,
    columns: { manifest: 'manifest', version: 'version' },
    queries: [
      {
        expr: 'max by (manifest, version) (factsway_updates_live_info)',
        legend: '{{manifest}}',
      },
    ],
  }),
  timeSeries({
    title: 'Requests of desktop apps',
    description:
      'By kind of file and status. 404 of installers are block maps of versions that are gone: those apps download the whole file.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    queries: [
      {
        expr: `sum by (kind, status) (${rate(REQUESTS)}) > 0`,
        legend: '{{kind}} {{status}}',
      },
    ],
  }),
  timeSeries({
    title: 'Sent to desktop apps',
    description: 'By kind of file: what a new version costs the line.',
    unit: 'Bps',
    width: 8,
    stacked: true,
    queries: [
      {
        expr: `sum by (kind) (${rate('factsway_updates_sent_bytes_total')})`,
        legend: '{{kind}}',
      },
    ],
  }),
];
