import { counter, gauge, type RuleTest, type Series } from './rule-test.ts';

const LABELS = 'job="updates",instance="updates:9855",service="updates"';
const HOUR = 60;
const LATEST = [{ manifest: 'latest.yml' }];
const INSTALLER = [{ kind: 'installer' }];
type Steps = Parameters<typeof gauge>[0];

/** Each minute. */
const over = (...steps: Steps): string => gauge(steps, 'minute');
/** Requests per minute, for so many minutes each. */
const asked = (...steps: Steps): string => counter(steps, 'minute');

const up = (values: string): Series => ({ [`up{${LABELS}}`]: values });
const missing = (manifest: string, values: string): Series => ({
  [`factsway_updates_missing_files{${LABELS},manifest="${manifest}"}`]: values,
});
const offers = (manifest: string, version: string, values: string): Series => ({
  [`factsway_updates_live_info{${LABELS},manifest="${manifest}",version="${version}"}`]: values,
});
const requests = (kind: string, status: number, values: string): Series => ({
  [`factsway_updates_requests_total{${LABELS},kind="${kind}",status="${status}"}`]: values,
});

/** There for five minutes, then not for so many, then there again. */
const away = (minutes: number): string => `${over([1, 5])} stale _x${minutes - 1} ${over([1, 60])}`;
/** A mirror that runs and was never filled. */
const empty: Series = { ...up(over([1, 90])), ...requests('manifest', 404, asked([1, 90])) };

export const MIRROR_TESTS: readonly RuleTest[] = [
  {
    alert: 'MirrorFilesMissing',
    pace: 'minute',
    fires: {
      series: {
        ...missing('latest.yml', over([0, 5], [1, 60])),
        ...missing('beta.yml', over([0, 65])),
      },
      at: 21,
      with: LATEST,
    },
    below: [
      {
        when: 'a moment before a quarter of an hour is over',
        series: missing('latest.yml', over([0, 5], [1, 60])),
        at: 19,
      },
      {
        when: 'while somebody copies by hand',
        series: missing('latest.yml', over([0, 5], [3, 7], [1, 7], [0, 60])),
        at: 60,
      },
      { when: 'when nothing is missing', series: missing('latest.yml', over([0, 60])), at: 55 },
      { when: 'when the mirror was never filled', series: empty, at: 80 },
    ],
    resolves: {
      series: missing('latest.yml', over([2, 30], [0, 10])),
      at: 29,
      with: LATEST,
      quietAt: 31,
    },
  },
  {
    alert: 'MirrorManifestLost',
    pace: 'minute',
    fires: {
      series: {
        ...up(over([1, 60])),
        ...offers('latest.yml', '1.2.0', `${over([1, 5])} stale`),
        ...offers('beta.yml', '1.3.0-beta.1', `${over([1, 5])} stale`),
        ...offers('beta.yml', 'unreadable', `_x5 ${over([1, 55])}`),
        ...offers('latest-mac.yml', '1.2.0', over([1, 60])),
      },
      at: 21,
      with: [{ manifest: 'beta.yml' }, ...LATEST],
    },
    below: [
      {
        when: 'when another version takes its place',
        series: {
          ...up(over([1, 90])),
          ...offers('latest.yml', '1.2.0', `${over([1, 5])} stale`),
          ...offers('latest.yml', '1.3.0', `_x5 ${over([1, 85])}`),
        },
        at: 80,
      },
      {
        when: 'when it is put back within a quarter of an hour',
        series: { ...up(over([1, 90])), ...offers('latest.yml', '1.2.0', away(14)) },
        at: 70,
      },
      {
        when: 'while the mirror does not answer',
        series: {
          ...up(over([1, 5], [0, 85])),
          ...offers('latest.yml', '1.2.0', `${over([1, 5])} stale`),
        },
        at: 80,
      },
      { when: 'when the mirror was never filled', series: empty, at: 80 },
    ],
    resolves: {
      series: { ...up(over([1, 90])), ...offers('latest.yml', '1.2.0', away(25)) },
      at: 29,
      with: LATEST,
      quietAt: 31,
    },
  },
  {
    alert: 'MirrorFailing',
    pace: 'minute',
    fires: {
      series: {
        ...requests('installer', 503, over([0, HOUR], [1, 10], [2, 10], [3, 2 * HOUR])),
        ...requests('manifest', 503, over([0, HOUR], [2, 2 * HOUR])),
      },
      at: 82,
      with: INSTALLER,
    },
    below: [
      {
        when: 'when two requests fail',
        series: requests('installer', 503, over([0, HOUR], [1, 10], [2, 5 * HOUR])),
        at: 6 * HOUR,
      },
      {
        when: 'when the third fails after more than six hours',
        series: requests('installer', 503, over([0, 10], [1, 250], [2, 250], [3, 200])),
        at: 700,
      },
      {
        when: 'when apps ask for what is not there, or too often',
        series: {
          ...requests('installer', 404, asked([5, 2 * HOUR])),
          ...requests('installer', 429, asked([5, 2 * HOUR])),
        },
        at: 110,
      },
    ],
    resolves: {
      series: requests('installer', 503, over([0, 10], [3, 8 * HOUR])),
      at: 6 * HOUR,
      with: INSTALLER,
      quietAt: 375,
    },
  },
  {
    alert: 'MirrorThrottling',
    pace: 'minute',
    fires: {
      series: requests('installer', 429, asked([0, 10], [10, 2 * HOUR])),
      at: 77,
      with: INSTALLER,
    },
    below: [
      {
        when: 'a moment before an hour is over',
        series: requests('installer', 429, asked([0, 10], [10, 2 * HOUR])),
        at: 74,
      },
      {
        when: 'in the rush after a new version',
        series: requests('installer', 429, asked([0, 10], [10, 40], [0, 2 * HOUR])),
        at: 160,
      },
      {
        when: 'while few are turned away, for hours',
        series: requests('installer', 429, asked([0, 10], [3, 4 * HOUR])),
        at: 240,
      },
      {
        when: 'while many apps get what they ask for',
        series: requests('installer', 206, asked([600, 4 * HOUR])),
        at: 230,
      },
    ],
    resolves: {
      series: requests('installer', 429, asked([10, 80], [0, HOUR])),
      at: 75,
      with: INSTALLER,
      quietAt: 92,
    },
  },
];
