import type { Exclusion } from './rule.ts';

const ONE_SOURCE =
  'There is one data source, provisioned with a fixed uid (spec 03): a variable could only be set wrong. fixed-data-source asks for the uid instead.';
const ONE_PLATFORM =
  'One Prometheus watches one platform on one server: a choice of jobs and instances would have one sensible value. Dashboards select by the name of the metric; that of a service has $service, which chosen-service asks for.';

const A_GAUGE =
  'factsway_db_pool_total is a gauge, the connections the pool holds; its name is in the platform contract. counters-rated asks by the type of a metric and not by its name.';

/** Rules of the linter that do not fit, each with the reason. One that excludes nothing fails the test. */
export const EXCLUSIONS: readonly Exclusion[] = [
  { rule: 'template-datasource-rule', reason: ONE_SOURCE },
  { rule: 'panel-datasource-rule', reason: ONE_SOURCE },
  { rule: 'template-job-rule', reason: ONE_PLATFORM },
  { rule: 'template-instance-rule', reason: ONE_PLATFORM },
  { rule: 'target-job-rule', reason: ONE_PLATFORM },
  { rule: 'target-instance-rule', reason: ONE_PLATFORM },
  {
    rule: 'target-counter-agg-rule',
    dashboard: 'factsway-service',
    panel: 'Connection pool',
    reason: A_GAUGE,
  },
  {
    rule: 'target-counter-agg-rule',
    dashboard: 'factsway-database',
    panel: 'Pool in use by service',
    reason: A_GAUGE,
  },
];
