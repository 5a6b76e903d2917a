import { dashboard } from './dashboard.ts';
import { atLeast, none, stat, table, timeSeries, upTo } from './panels.ts';
import { SERVICES } from './selections.ts';

const FIRING = 'ALERTS{alertstate="firing", severity=~"critical|warning|info"}';
const DOWN_OR_UP = { 0: { text: 'DOWN', color: 'red' }, 1: { text: 'up', color: 'green' } };

const now = [
  stat({
    title: 'Services down',
    description:
      'Services of which no process answers Prometheus. Anything but 0 is an outage for somebody: see the tiles below, then the runbook ServiceDown.',
    unit: 'none',
    width: 4,
    thresholds: none,
    queries: [
      {
        expr: `count(max by (service) (up{${SERVICES}}) == 0) or vector(0)`,
        legend: 'services down',
      },
    ],
  }),
  stat({
    title: 'Critical alerts',
    description: 'Alerts that woke somebody and still hold. Each names its runbook.',
    unit: 'none',
    width: 4,
    thresholds: none,
    queries: [
      {
        expr: 'count(ALERTS{alertstate="firing", severity="critical"}) or vector(0)',
        legend: 'critical alerts',
      },
    ],
  }),
  stat({
    title: 'Failed requests',
    description:
      'Share of requests answered with 5xx at the edge, over 5 minutes. 0 also when nobody asks.',
    unit: 'percentunit',
    width: 4,
    decimals: 2,
    thresholds: upTo(0.02, 0.05),
    queries: [
      {
        expr: 'sum(platform:http_errors:rate5m) / (sum(platform:http_requests:rate5m) > 0) or vector(0)',
        legend: 'failed',
      },
    ],
  }),
  stat({
    title: 'Slowest service, p95',
    description:
      'The longest of the services’ 95th percentiles, over 5 minutes: one request in twenty takes longer there. 0 when nobody asks.',
    unit: 's',
    width: 4,
    decimals: 2,
    thresholds: upTo(2, 5),
    queries: [
      {
        expr: 'max(service:http_request_duration_seconds:p95_5m >= 0) or vector(0)',
        legend: 'p95',
      },
    ],
  }),
  stat({
    title: 'Error budget left',
    description:
      'What is left of the failed requests that 99.95 % in 30 days allows. Below 0 the objective is missed: no risky change until it recovers.',
    unit: 'percentunit',
    width: 4,
    decimals: 1,
    thresholds: atLeast(0, 0.5),
    queries: [{ expr: 'slo:availability:budget_remaining', legend: 'budget left' }],
  }),
  stat({
    title: 'Availability, 30 days',
    description:
      'Share of requests that were not answered with 5xx, over 30 days. The objective is 99.95 %.',
    unit: 'percentunit',
    width: 4,
    decimals: 3,
    thresholds: atLeast(0.9995, 0.99975),
    queries: [{ expr: 'slo:availability:ratio30d', legend: 'availability' }],
  }),
  stat({
    title: 'Release',
    description:
      'Versions that run. Two of them belong to an upgrade under way; for longer than that, see Updates.',
    unit: 'none',
    width: 6,
    show: 'name',
    queries: [{ expr: 'count by (version) (factsway_build_info)', legend: '{{version}}' }],
  }),
  stat({
    title: 'Edge',
    description: 'Whether the proxy answers a request that comes from outside of it.',
    unit: 'none',
    width: 6,
    words: DOWN_OR_UP,
    queries: [{ expr: 'min(probe_success{job="probe", service="edge"})', legend: 'edge' }],
  }),
  stat({
    title: 'PostgreSQL',
    description: 'Whether the database answers. All services need it.',
    unit: 'none',
    width: 6,
    words: DOWN_OR_UP,
    queries: [{ expr: 'min(pg_up)', legend: 'PostgreSQL' }],
  }),
  stat({
    title: 'Monitoring targets down',
    description:
      'Exporters and parts of the monitoring that Prometheus cannot read. While one is down, what it would report is unknown, not good.',
    unit: 'none',
    width: 6,
    thresholds: none,
    queries: [
      { expr: 'count(up{slot="", job!="probe"} == 0) or vector(0)', legend: 'targets down' },
    ],
  }),
];

const health = [
  stat({
    title: 'Services',
    description:
      'Each service: up when one of its processes answers Prometheus. A click leads to its own dashboard.',
    unit: 'none',
    width: 12,
    height: 8,
    show: 'both',
    words: DOWN_OR_UP,
    leadsTo: {
      title: 'Open the service',
      url: '/d/factsway-service?var-service=${__field.labels.service}&${__url_time_range}',
    },
    queries: [{ expr: `max by (service) (up{${SERVICES}})`, legend: '{{service}}' }],
  }),
  table({
    title: 'Alerts firing now',
    description:
      'Empty is good. Each alert has its runbook on this host: /runbooks/ and the name of the alert.',
    unit: 'none',
    width: 6,
    columns: { severity: 'severity', alertname: 'alert', service: 'service' },
    queries: [
      { expr: `max by (severity, alertname, service) (${FIRING})`, legend: '{{alertname}}' },
    ],
  }),
  table({
    title: 'Alerts by time firing',
    description:
      'The ten alerts that fired longest within the time range shown, with minutes. What is always here is either work to do or an alert to mend.',
    unit: 'none',
    width: 6,
    columns: { alertname: 'alert', severity: 'severity', Value: 'minutes' },
    sortedBy: 'minutes',
    queries: [
      {
        expr: `topk(10, sum by (alertname, severity) (count_over_time(${FIRING}[$__range:1m])))`,
        legend: '{{alertname}}',
      },
    ],
  }),
];

const traffic = [
  timeSeries({
    title: 'Requests by service',
    description: 'Requests per second that each service answered, over 5 minutes.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    queries: [{ expr: 'service:http_requests:rate5m', legend: '{{service}}' }],
  }),
  timeSeries({
    title: 'Failed requests by service',
    description:
      'Share answered with 5xx, over 5 minutes; lines at 2 % (warning) and 5 % (critical). Empty where nobody asks.',
    unit: 'percentunit',
    width: 8,
    thresholds: upTo(0.02, 0.05),
    queries: [{ expr: 'service:http_errors:ratio5m', legend: '{{service}}' }],
  }),
  timeSeries({
    title: 'p95 by service',
    description:
      '95th percentile of the time to answer, over 5 minutes; lines at 2 s (warning) and 5 s (critical).',
    unit: 's',
    width: 8,
    thresholds: upTo(2, 5),
    queries: [{ expr: 'service:http_request_duration_seconds:p95_5m', legend: '{{service}}' }],
  }),
];

const objective = [
  timeSeries({
    title: 'What users meet',
    description:
      'Requests per second at the edge, and those of them that failed: what a service never saw, because it was down, is counted here too.',
    unit: 'reqps',
    width: 8,
    queries: [
      { expr: 'platform:http_requests:rate5m', legend: 'requests' },
      { expr: 'platform:http_errors:rate5m', legend: 'failed' },
    ],
  }),
  timeSeries({
    title: 'Burn rate',
    description:
      'How fast the error budget is used: at 1 it lasts exactly 30 days, at 14.4 it is gone in two. Lines at 1 and 14.4.',
    unit: 'none',
    width: 8,
    thresholds: upTo(1, 14.4),
    queries: ['1h', '6h', '1d', '3d'].map((window) => ({
      expr: `slo:availability:burn_rate${window}`,
      legend: window,
    })),
  }),
  timeSeries({
    title: 'Error budget over time',
    description:
      'What is left of the error budget of 30 days; warnings at 50 % and at nothing. It recovers as bad days fall out of the window.',
    unit: 'percentunit',
    width: 8,
    min: 'free',
    max: 1,
    queries: [{ expr: 'slo:availability:budget_remaining', legend: 'budget left' }],
  }),
];

export const overview = dashboard({
  uid: 'factsway-overview',
  title: 'System overview',
  description:
    'Is the platform well, for whom not, and since when. Start here; the other dashboards are linked at the top.',
  since: '6h',
  rows: [
    { title: 'Now', panels: now },
    { title: 'Health and alerts', panels: health },
    { title: 'Traffic', panels: traffic },
    { title: 'Service level objective', panels: objective },
  ],
});
