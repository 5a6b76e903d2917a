import { counter, gauge, type Series } from './rule-test.ts';

const MINUTES = 180;
const LABELS = 'job="updates",instance="updates:9855",service="updates"';
const OF_LATEST = `{${LABELS},manifest="latest.yml"}`;
type Steps = Parameters<typeof counter>[0];

const asked = (kind: string, status: number): string =>
  `factsway_updates_requests_total{${LABELS},kind="${kind}",status="${status}"}`;
const offered = (version: string): string =>
  `factsway_updates_live_info{${LABELS},manifest="latest.yml",version="${version}"}`;
const still = (level: number): string => gauge([[level, MINUTES]], 'slo');
/** Per minute, for so many minutes each. */
const growing = (...steps: Steps): string => counter(steps, 'slo');

/** Three hours of a mirror of desktop updates that nobody asks; failures and rushes of former months are in its counters. */
export const MIRROR_AT_REST: Series = {
  [`up{${LABELS}}`]: still(1),
  [offered('1.2.0')]: still(1),
  [`factsway_updates_missing_files${OF_LATEST}`]: still(0),
  [`factsway_updates_changed_timestamp_seconds${OF_LATEST}`]: still(-200 * 86_400),
  ...Object.fromEntries(
    ['manifest', 'installer'].flatMap((kind): (readonly [string, string])[] => [
      [`factsway_updates_sent_bytes_total{${LABELS},kind="${kind}"}`, still(4e9)],
      ...[200, 206, 304, 404, 405, 416, 429, 503].map(
        (status) => [asked(kind, status), still(700)] as const,
      ),
    ]),
  ),
};

/** What of it is different while everybody takes a new version: the changed blocks of it, many behind one address. */
export const NEW_APP_VERSION: Series = {
  [offered('1.2.0')]: '1x119 stale',
  [offered('1.3.0')]: `_x120 ${gauge([[1, MINUTES - 30]], 'slo')}`,
  [asked('manifest', 200)]: growing([40, MINUTES]),
  [asked('installer', 206)]: growing([0, 30], [600, MINUTES - 30]),
  [asked('installer', 429)]: growing([0, 30], [80, 30], [0, MINUTES - 60]),
  // Block maps of what they have, which is not kept for ever.
  [asked('installer', 404)]: growing([0, 30], [5, MINUTES - 30]),
};
