/**
 * The catalogue of what is watched, as typed data (spec 03). Scrape configuration, rules, dashboards, runbook index and
 * reference tables derive from it; nothing of it is written down a second time.
 */

/** critical wakes somebody; warning is for today; info for this week; none is a sign of life and never shown to people. */
export type Severity = 'critical' | 'warning' | 'info' | 'none';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'info';

/** Who exposes a metric: the job it is scraped under, `services` for each of the platform's, `rules` for what is recorded. */
export type MetricSource =
  | 'services'
  | 'edge'
  | 'postgres'
  | 'node'
  | 'probe'
  | 'blackbox'
  | 'prometheus'
  | 'alertmanager'
  | 'backup'
  | 'updates'
  | 'installer'
  | 'every target'
  | 'rules';

export type Metric = {
  /** As it is scraped; of a histogram the name without _bucket, _sum and _count. */
  readonly name: string;
  readonly type: MetricType;
  readonly source: MetricSource;
  /** Labels besides those every target has: job, instance, service, and slot for services. */
  readonly labels: readonly string[];
  /** One line for a person who meets the name in a rule. */
  readonly help: string;
  /** For series of services: the one service that has it, where not all do. */
  readonly only?: string;
  /** False where a healthy platform may not have a series of it yet. */
  readonly always?: false;
};

/** Which part of the platform an alert speaks about; the file it stands in and the group it is evaluated with. */
export type AlertArea =
  | 'availability'
  | 'errors'
  | 'latency'
  | 'database'
  | 'certificates'
  | 'host'
  | 'monitoring'
  | 'slo'
  | 'backup'
  | 'updates'
  | 'mirror';

/** What the rules are made for; derived from the catalogue of the platform. */
export type MonitoringContext = {
  /** Names of the services, e.g. `facts-service`. */
  readonly services: readonly string[];
  /** Where users reach the platform, without a final slash; runbooks and Grafana are below it. */
  readonly publicUrl: string;
  /** Whether there is a Grafana to link to. */
  readonly grafana: boolean;
  /** How the edge has its certificate; `off` where something else ends TLS. */
  readonly tls: 'off' | 'internal' | 'provided' | 'acme';
  /** Whether PostgreSQL is a server of the customer's. */
  readonly externalDatabase: boolean;
  /** Whether the platform makes its own backups. */
  readonly backups: boolean;
  /** Whether the platform hands out updates of the desktop app. */
  readonly mirror: boolean;
  /** Whether the machine below is watched: in Kubernetes that is the business of whoever runs the cluster. */
  readonly host: boolean;
};

export type Alert = {
  readonly name: string;
  readonly area: AlertArea;
  readonly severity: Severity;
  /** PromQL; a function where it names what only the configuration knows. */
  readonly expr: string | ((context: MonitoringContext) => string);
  /** Prometheus duration; absent where the first evaluation is enough. */
  readonly for?: string;
  readonly keepFiringFor?: string;
  /** One line with the service or the mount point; Prometheus templates. */
  readonly summary: string;
  /** What is known, with the value; Prometheus templates. */
  readonly description: string;
  /** uid of the dashboard that shows it. */
  readonly dashboard: DashboardUid;
  /** What it is a sign of: alerts of one symptom and service silence the milder one. */
  readonly symptom?: string;
  /** What it needs to work, so that it is silent while that is known to be broken. */
  readonly needs?: readonly Cause[];
  /**
   * It looks back over a window, and what it sees there may be an outage that is over: silent while a cause in `needs`
   * lasts, and for so long after it.
   */
  readonly shadow?: Shadow;
  /** The cause it stands for itself. */
  readonly cause?: Cause;
  /** Where it stands for that cause only if a label matches; anchored on both sides. */
  readonly causeWhere?: { readonly label: string; readonly matches: string };
  /** Where it makes sense; everywhere when absent. */
  readonly appliesTo?: (context: MonitoringContext) => boolean;
};

/** A little longer than the windows an alert looks back over: an objective averages rates that look back themselves. */
export const SHADOWS = ['6m', '11m', '36m'] as const;
export type Shadow = (typeof SHADOWS)[number];

/** Failures that drag others along. */
export type Cause = 'database' | 'host' | 'service' | 'metrics';

export type Recording = {
  readonly record: string;
  readonly expr: string;
  readonly help: string;
  /** Labels the expression leaves; none when absent. */
  readonly leaves?: readonly string[];
};

export type RuleGroup<Rule> = {
  readonly name: string;
  /** Prometheus duration. */
  readonly interval: string;
  readonly rules: readonly Rule[];
};

export const DASHBOARD_UIDS = [
  'factsway-overview',
  'factsway-service',
  'factsway-database',
  'factsway-infrastructure',
  'factsway-backup',
  'factsway-updates',
] as const;
export type DashboardUid = (typeof DASHBOARD_UIDS)[number];
