import { missingSeries } from '../missing-series.ts';
import type { Alert } from '../model.ts';
import { SERVICE_JOBS, SERVICE_PROBES } from '../selectors.ts';

const ANSWERS_SCRAPES = `max by (service) (up{${SERVICE_JOBS}})`;
const ANSWERS_PROBES = `max by (service) (probe_success{${SERVICE_PROBES}})`;

const STARTS = 'max by (service) (changes(process_start_time_seconds[30m]))';
/**
 * Alertmanager is made anew when its receivers or their secrets change, and its configuration is another each time: a
 * start that goes with one was somebody's, and no end by itself. The others, which say no such thing, have none.
 */
const STARTS_MEANT = `(max by (service) (changes(alertmanager_config_hash[30m])) or 0 * ${STARTS})`;

export const AVAILABILITY: readonly Alert[] = [
  {
    name: 'ServiceDown',
    area: 'availability',
    severity: 'critical',
    // Over both slots: while one release replaces another, one of them is allowed to be away.
    expr: `${ANSWERS_SCRAPES} == 0`,
    for: '2m',
    summary: '{{ $labels.service }} is down',
    description:
      'Nothing of {{ $labels.service }} has answered for two minutes. Whatever needs it does not work.',
    dashboard: 'factsway-service',
    symptom: 'availability',
    cause: 'service',
    needs: ['metrics'],
  },
  {
    name: 'ServiceUnhealthy',
    area: 'availability',
    severity: 'critical',
    expr: `${ANSWERS_PROBES} == 0 and on (service) ${ANSWERS_SCRAPES} == 1`,
    for: '3m',
    summary: '{{ $labels.service }} runs and is not healthy',
    description:
      '{{ $labels.service }} answers, and its own health check has said for three minutes that it cannot work.',
    dashboard: 'factsway-service',
    symptom: 'availability',
    needs: ['database', 'service'],
  },
  {
    name: 'ServiceTargetMissing',
    area: 'availability',
    severity: 'critical',
    expr: ({ services }) =>
      services.map((service) => `absent(up{service="${service}",job!="probe"})`).join(' or '),
    for: '5m',
    summary: 'Nobody watches {{ $labels.service }}',
    description:
      'Prometheus has no target for {{ $labels.service }}: if it failed now, nobody would be told.',
    dashboard: 'factsway-overview',
  },
  {
    name: 'MetricsEndpointMissing',
    area: 'availability',
    severity: 'warning',
    expr: `${ANSWERS_SCRAPES} == 0 and on (service) ${ANSWERS_PROBES} == 1`,
    // As soon as ServiceDown would fire, this one says that the service itself works.
    for: '90s',
    // A probe that is lost once must not let ServiceDown through.
    keepFiringFor: '3m',
    summary: '{{ $labels.service }} works and shows no metrics',
    description:
      '{{ $labels.service }} passes its health check, and /metrics has not answered for a while. Until it does, errors and slowness of it go unseen.',
    dashboard: 'factsway-service',
    cause: 'metrics',
  },
  {
    name: 'MetricSeriesMissing',
    area: 'availability',
    severity: 'warning',
    expr: missingSeries,
    for: '5m',
    summary: '{{ $labels.service }} lacks the metric {{ $labels.metric }}',
    description:
      '{{ $labels.service }} is scraped, and {{ $labels.metric }} is not among what it shows. Alerts and panels made of it are blind.',
    dashboard: 'factsway-service',
    needs: ['service'],
  },
  {
    name: 'EdgeDown',
    area: 'availability',
    severity: 'critical',
    expr: 'probe_success{service="edge"} == 0',
    for: '2m',
    summary: 'The edge proxy does not answer',
    description:
      'The proxy in front of all services has not answered for two minutes ({{ $labels.instance }}): nobody can work.',
    dashboard: 'factsway-overview',
    symptom: 'availability',
  },
  {
    name: 'PostgresDown',
    area: 'availability',
    severity: 'critical',
    expr: 'label_replace(database:answers == 0, "service", "postgres", "", "")',
    for: '1m',
    // Services are asked every 15 s: each may still say for a while that it has no database. And longer than the minute
    // after which Prometheus says again what was lost while it was reloaded: that a service is healthy, for one.
    keepFiringFor: '90s',
    summary: 'PostgreSQL is down',
    description:
      'PostgreSQL has not answered for a minute. Every service needs it: nothing can be opened or saved.',
    dashboard: 'factsway-database',
    symptom: 'availability',
    cause: 'database',
  },
  {
    name: 'ServiceUnstable',
    area: 'availability',
    severity: 'critical',
    // Away, back, away, back, away.
    expr: 'service:answered:changes20m >= 5',
    keepFiringFor: '10m',
    summary: '{{ $labels.service }} comes and goes',
    description:
      'Within 20 minutes {{ $labels.service }} did not answer for a minute or more at least three times. No outage of it may be long enough for a page of its own.',
    dashboard: 'factsway-service',
  },
  {
    name: 'PostgresUnstable',
    area: 'availability',
    severity: 'critical',
    expr: 'label_replace(database:answered:changes20m >= 5, "service", "postgres", "", "")',
    keepFiringFor: '10m',
    summary: 'PostgreSQL comes and goes',
    description:
      'Within 20 minutes PostgreSQL went away at least three times. Whatever is done in such a moment fails, and no outage of it may be long enough for a page of its own.',
    dashboard: 'factsway-database',
  },
  {
    name: 'VersionMismatch',
    area: 'availability',
    severity: 'critical',
    expr: 'count(count by (version) (factsway_build_info)) > 1',
    // Longer than an upgrade shows two versions side by side.
    for: '10m',
    summary: 'Services of {{ $value }} versions run side by side',
    description:
      'The services report {{ $value }} different versions. A release is made and tested as one: mixed versions can damage data.',
    dashboard: 'factsway-updates',
  },
  {
    name: 'ServiceRestarting',
    area: 'availability',
    severity: 'warning',
    // Whoever changes one setting after another makes a component anew three times.
    expr: `${STARTS} - ${STARTS_MEANT} > 3`,
    keepFiringFor: '15m',
    summary: '{{ $labels.service }} keeps restarting',
    description:
      '{{ $labels.service }} has started anew {{ $value }} times within half an hour: it ends by itself, is ended, mostly for want of memory, or somebody changes its settings again and again.',
    dashboard: 'factsway-service',
    needs: ['host'],
  },
];
