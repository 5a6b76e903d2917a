import { gauge, type RuleTest } from './rule-test.ts';

const RECORDS = 'job="records-service",service="records-service"';
const SLOT_A = `${RECORDS},instance="a:3001",slot="a"`;
const SLOT_B = `${RECORDS},instance="b:3001",slot="b"`;
const broken = (labels: string, values: string) => ({
  [`factsway_audit_chain_broken{${labels}}`]: values,
});
const verified = (labels: string, values: string) => ({
  [`factsway_audit_last_verified_timestamp_seconds{${labels}}`]: values,
});
/** Minutes. */
const DAY = 1440;

export const AUDIT_TESTS: readonly RuleTest[] = [
  {
    alert: 'AuditChainBroken',
    fires: {
      // One of the two slots is enough.
      series: {
        ...broken(SLOT_A, gauge([[0, 60]])),
        ...broken(
          SLOT_B,
          gauge([
            [0, 5],
            [1, 55],
          ]),
        ),
      },
      at: 5.5,
      with: [{}],
    },
    below: [{ when: 'while it is sound', series: broken(SLOT_A, gauge([[0, 60]])), at: 30 }],
    resolves: {
      series: broken(
        SLOT_A,
        gauge([
          [1, 10],
          [0, 30],
        ]),
      ),
      at: 9,
      with: [{}],
      quietAt: 11,
    },
  },
  {
    alert: 'AuditNotVerified',
    pace: 'hour',
    fires: { series: verified(SLOT_A, gauge([[0, 3 * DAY]], 'hour')), at: 3120, with: [{}] },
    below: [
      {
        when: 'two days after the last time and a little more: it may just have been started',
        series: verified(SLOT_A, gauge([[0, 3 * DAY]], 'hour')),
        at: 3060,
      },
      {
        when: 'when the other slot has verified it',
        series: {
          ...verified(SLOT_A, gauge([[0, 3 * DAY]], 'hour')),
          ...verified(SLOT_B, gauge([[DAY * 60, 3 * DAY]], 'hour')),
        },
        at: 3120,
      },
      {
        when: 'for a release that has no audit log',
        series: { [`factsway_build_info{${SLOT_A}}`]: gauge([[1, 3 * DAY]], 'hour') },
        at: 3120,
      },
    ],
    resolves: {
      series: verified(
        SLOT_A,
        gauge(
          [
            [0, 3130],
            [187_500, 300],
          ],
          'hour',
        ),
      ),
      at: 3120,
      with: [{}],
      quietAt: 3180,
    },
  },
];
