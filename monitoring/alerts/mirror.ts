import type { Alert, MonitoringContext } from '../model.ts';

const mirror = (context: MonitoringContext): boolean => context.mirror;

const OFFERED = 'factsway_updates_live_info';
const DAMAGED = `max by (manifest) (${OFFERED}{version="unreadable"}) > 0`;
/** Offered within the last week, and not now. A mirror that does not answer says nothing of its manifests. */
const GONE = `(max by (manifest) (max_over_time(${OFFERED}[7d])) unless on (manifest) max by (manifest) (${OFFERED})) and on () max(up{job="updates"}) == 1`;
const answered = (status: string, window: string): string =>
  `sum by (kind) (increase(factsway_updates_requests_total{${status}}[${window}]))`;

/**
 * Of the mirror of desktop updates. None wakes anybody: apps go on working with the version they have. That it is away
 * altogether is told by MonitoringTargetDown.
 */
export const MIRROR: readonly Alert[] = [
  {
    name: 'MirrorFilesMissing',
    area: 'mirror',
    severity: 'warning',
    expr: 'max by (manifest) (factsway_updates_missing_files) > 0',
    // `release mirror` never leaves it so for a moment; whoever copies hundreds of megabytes by hand is given time.
    for: '15m',
    summary: '{{ $labels.manifest }} names files that are missing',
    description:
      'Files that {{ $labels.manifest }} names and the mirror of desktop updates has not, or not whole: {{ $value | printf "%.0f" }}. Apps are told of a version they cannot download.',
    dashboard: 'factsway-updates',
    appliesTo: mirror,
  },
  {
    name: 'MirrorManifestLost',
    area: 'mirror',
    severity: 'warning',
    expr: `${DAMAGED} or (${GONE})`,
    for: '15m',
    summary: '{{ $labels.manifest }} cannot be read or is gone',
    description:
      'For a quarter of an hour {{ $labels.manifest }} of the mirror of desktop updates has been damaged, unreadable, or not there any more. Apps that ask for it learn of no update.',
    dashboard: 'factsway-updates',
    appliesTo: mirror,
  },
  {
    name: 'MirrorFailing',
    area: 'mirror',
    severity: 'warning',
    // Apps ask when they are started, in the morning: it is still to be seen in the afternoon.
    expr: `${answered('status=~"5.."', '6h')} >= 3`,
    summary: 'The mirror cannot open a {{ $labels.kind }} that it has',
    description:
      'Within six hours the mirror of desktop updates could not open a {{ $labels.kind }} about {{ $value | humanize }} times, and answered 503. A disk that fails, or rights that were changed.',
    dashboard: 'factsway-updates',
    appliesTo: mirror,
  },
  {
    name: 'MirrorThrottling',
    area: 'mirror',
    severity: 'info',
    // The rush after a new version is what the limit is for: a large office behind one address has it behind it by then.
    expr: `${answered('status="429"', '15m')} >= 50`,
    for: '1h',
    summary: 'The mirror has turned apps away for an hour',
    description:
      'For more than an hour an address has asked the mirror of desktop updates for more than it may (kind: {{ $labels.kind }}); about {{ $value | humanize }} requests in the last quarter of an hour were answered 429.',
    dashboard: 'factsway-updates',
    appliesTo: mirror,
  },
];
