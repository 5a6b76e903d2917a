import type { Alert } from '../model.ts';
import { BURN_WINDOWS, failures, FEWEST_FAILURES, OBJECTIVE, type BurnWindow } from '../slo.ts';

const MUST_SUCCEED = `${Number((OBJECTIVE * 100).toFixed(4))} %`;
/** Over 30 days a budget of a few hundred requests may lose half of itself to a handful. */
const FEWEST_IN_30_DAYS = 20;

function burns({ name, factor, short, long, severity }: BurnWindow): Alert {
  return {
    name: `SLOBurnRate${name}`,
    area: 'slo',
    severity,
    expr: [
      `slo:availability:burn_rate${long} > ${factor}`,
      `and slo:availability:burn_rate${short} > ${factor}`,
      `and ${failures(long)} >= ${FEWEST_FAILURES}`,
    ].join(' '),
    for: '1m',
    keepFiringFor: '5m',
    summary: 'The error budget goes {{ $value | humanize }} times too fast',
    description: `Over ${long} so many requests of users failed that the budget of 30 days (${MUST_SUCCEED} must succeed) goes {{ $value | humanize }} times as fast as it may; ${factor} is the limit.`,
    dashboard: 'factsway-overview',
    symptom: 'slo',
    // A page for what is down has said it already; today's tickets may count it all the same.
    ...(severity === 'critical'
      ? { needs: ['database', 'service'] as const, shadow: short === '5m' ? '11m' : '36m' }
      : {}),
  };
}

const budget = (name: string, left: string, summary: string, description: string): Alert => ({
  name,
  area: 'slo',
  severity: 'warning',
  expr: `slo:availability:budget_remaining ${left} and ${failures('30d')} >= ${FEWEST_IN_30_DAYS}`,
  for: '10m',
  summary,
  description,
  dashboard: 'factsway-overview',
  symptom: 'budget',
});

export const SLO: readonly Alert[] = [
  ...BURN_WINDOWS.map(burns),
  budget(
    'ErrorBudgetHalfSpent',
    // Of a budget that is spent the other one says it.
    '< 0.5 >= 0',
    'Half of the error budget is spent',
    `{{ $value | humanizePercentage }} of the error budget of 30 days (${MUST_SUCCEED} of requests must succeed) is left.`,
  ),
  budget(
    'ErrorBudgetSpent',
    '< 0',
    'The error budget is spent',
    `More requests failed within 30 days than ${MUST_SUCCEED} allow: the budget stands at {{ $value | humanizePercentage }}.`,
  ),
];
