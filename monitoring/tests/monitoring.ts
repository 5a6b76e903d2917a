import { counter, gauge, type RuleTest, type Series } from './rule-test.ts';

const PROMETHEUS = 'job="prometheus",instance="p:9090",service="prometheus"';
const ALERTMANAGER = 'job="alertmanager",instance="a:9093",service="alertmanager"';
const ONE = [{}];

const exporter = (values: string, job = 'node'): Series => ({
  [`up{job="${job}",instance="n:1",service="${job}"}`]: values,
});
const failed = (text: string): Series => ({
  [`alertmanager_notifications_failed_total{${ALERTMANAGER},integration="slack",reason="other"}`]:
    text,
});
const loaded = (component: string, labels: string, values: string): Series => ({
  [`${component}_config_last_reload_successful{${labels}}`]: values,
});
const ruleFailures = (text: string): Series => ({
  [`prometheus_rule_evaluation_failures_total{${PROMETHEUS},rule_group="x"}`]: text,
});
const reports = (service: string, values: string): Series => ({
  [`factsway_error_reports_waiting{job="${service}",instance="s:1",service="${service}",slot="a"}`]:
    values,
});
const discovered = (values: string): Series => ({
  [`prometheus_notifications_alertmanagers_discovered{${PROMETHEUS}}`]: values,
});
const dropped = (text: string): Series => ({
  [`prometheus_notifications_dropped_total{${PROMETHEUS}}`]: text,
});

/** An alert that speaks when a component refuses its configuration. */
const reload = (alert: string, component: string, labels: string): RuleTest => ({
  alert,
  fires: {
    series: loaded(
      component,
      labels,
      gauge([
        [1, 5],
        [0, 20],
      ]),
    ),
    at: 10.25,
    with: ONE,
  },
  below: [
    {
      when: 'before five minutes are over',
      series: loaded(component, labels, gauge([[0, 20]])),
      at: 4.75,
    },
    {
      when: 'while it runs the latest',
      series: loaded(component, labels, gauge([[1, 20]])),
      at: 15,
    },
  ],
  resolves: {
    series: loaded(
      component,
      labels,
      gauge([
        [0, 10],
        [1, 10],
      ]),
    ),
    at: 9,
    with: ONE,
    quietAt: 10.5,
  },
});

export const MONITORING_TESTS: readonly RuleTest[] = [
  {
    alert: 'MonitoringTargetDown',
    fires: {
      series: exporter(
        gauge([
          [1, 2],
          [0, 20],
        ]),
      ),
      at: 7.25,
      with: [{ service: 'node' }],
    },
    below: [
      { when: 'before five minutes are over', series: exporter(gauge([[0, 20]])), at: 4.75 },
      {
        when: 'when it is a service, which is another alert',
        series: exporter(gauge([[0, 20]]), 'facts-service'),
        at: 15,
      },
    ],
    resolves: {
      series: exporter(
        gauge([
          [0, 10],
          [1, 10],
        ]),
      ),
      at: 9,
      with: [{ service: 'node' }],
      quietAt: 10.5,
    },
  },
  {
    alert: 'ErrorReportsWaiting',
    fires: {
      series: {
        ...reports(
          'facts-service',
          gauge([
            [0, 5],
            [3, 400],
          ]),
        ),
        ...reports('export-service', gauge([[0, 405]])),
      },
      at: 365.25,
      with: [{ service: 'facts-service' }],
    },
    below: [
      {
        when: 'before six hours are over',
        series: reports('facts-service', gauge([[3, 400]])),
        at: 359.75,
      },
      {
        when: 'when they get through now and then',
        series: reports(
          'facts-service',
          gauge([
            [3, 200],
            [0, 1],
            [3, 300],
          ]),
        ),
        at: 400,
      },
    ],
    resolves: {
      series: reports(
        'facts-service',
        gauge([
          [3, 370],
          [0, 10],
        ]),
      ),
      at: 365,
      with: [{ service: 'facts-service' }],
      quietAt: 370.5,
    },
  },
  {
    alert: 'AlertmanagerNotificationsFailing',
    // One message after another is given up, every five minutes.
    fires: {
      series: failed('0x19 1x19 2x19 3x19 4x19 5x60'),
      at: 23,
      with: [{ integration: 'slack' }],
    },
    below: [
      { when: 'when the last one was before Prometheus looked', series: failed('7x120'), at: 20 },
      { when: 'when a line was gone for some minutes', series: failed('0x19 1x19 2x160'), at: 45 },
      {
        when: 'when a test alert went nowhere several times',
        series: failed('0x19 1x3 2x3 3x160'),
        at: 45,
      },
    ],
    resolves: {
      series: failed('0x19 1x19 2x19 3x19 4x19 5x160'),
      at: 24,
      with: [{ integration: 'slack' }],
      quietAt: 42,
    },
  },
  reload('AlertmanagerConfigReloadFailed', 'alertmanager', ALERTMANAGER),
  reload('PrometheusConfigReloadFailed', 'prometheus', PROMETHEUS),
  {
    alert: 'PrometheusRuleFailures',
    fires: { series: ruleFailures(counter([[1, 60]])), at: 6, with: [{ rule_group: 'x' }] },
    below: [
      { when: 'at two in a quarter of an hour', series: ruleFailures('0x20 1x10 2x100'), at: 14 },
    ],
    resolves: {
      series: ruleFailures(
        counter([
          [1, 10],
          [0, 60],
        ]),
      ),
      at: 9,
      with: [{ rule_group: 'x' }],
      quietAt: 41,
    },
  },
  {
    alert: 'PrometheusAlertmanagerMissing',
    fires: {
      series: discovered(
        gauge([
          [1, 5],
          [0, 20],
        ]),
      ),
      at: 10.25,
      with: ONE,
    },
    below: [
      { when: 'before five minutes are over', series: discovered(gauge([[0, 20]])), at: 4.75 },
      {
        when: 'while alerts are taken',
        series: { ...discovered(gauge([[1, 30]])), ...dropped('5x120') },
        at: 25,
      },
      {
        when: 'after a reload in which a few were dropped',
        series: { ...discovered(gauge([[1, 30]])), ...dropped('5x20 9x100') },
        at: 25,
      },
    ],
    resolves: {
      // It is there and takes nothing, for ten minutes.
      series: { ...discovered(gauge([[1, 30]])), ...dropped('0+3x39 117x80') },
      at: 9,
      with: ONE,
      quietAt: 14,
    },
  },
];
