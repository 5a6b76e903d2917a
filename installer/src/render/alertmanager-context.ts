import { INHIBITIONS, type Matcher } from '../../../monitoring/inhibitions.ts';
import { secretPath } from '../catalog/alert-secrets.ts';
import {
  DEAD_MANS_SWITCH,
  deriveRouting,
  drillable,
  NOBODY,
  type SeverityRoute,
} from '../catalog/alert-routing.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { hasProxy } from '../catalog/outgoing-proxy.ts';
import { publicUrl } from '../catalog/public-url.ts';
import { IMPLICIT_TLS_PORT, splitSmarthost, type AlertSeverity } from '../model/alert-receivers.ts';
import type { InstanceConfig } from '../model/config.ts';

/** What an alert has to be to go this way. A rule of somebody's own without a severity we know is for today. */
const MATCHER: Readonly<Record<AlertSeverity, string>> = {
  critical: 'severity=critical',
  warning: 'severity!~critical|info|none',
  info: 'severity=info',
};

/** A call of config-templates/alertmanager/messages.tmpl. */
const message = (name: string, after = ''): string => `{{ template "factsway.${name}" . }}${after}`;

/** What config-templates/alertmanager/alertmanager.yml.hbs writes down. */
export function alertmanagerContext({ context: { config }, workloads }: Catalog): object {
  const { receivers, businessHours } = config.monitoring;
  const routing = deriveRouting(config);
  const isOn = (name: (typeof routing.receivers)[number]): boolean =>
    routing.receivers.includes(name);
  const mailsInfo = routing.routes.some(isMailedInfo);
  return {
    // Another file of a secret is another configuration: the alert on restarts tells by that who made it start.
    secretFiles: workloads.find(({ component }) => component === 'alertmanager')?.secretFiles ?? '',
    proxy: hasProxy(config),
    nobody: NOBODY,
    tellsSomebody: routing.receivers.length > 0,
    hours: mailsInfo ? { ...businessHours, location: config.host.timeZone } : false,
    drills: drillable(config),
    deadMansSwitch: routing.deadMansSwitch
      ? { ...routing.deadMansSwitch, name: DEAD_MANS_SWITCH, path: secretPath(DEAD_MANS_SWITCH) }
      : false,
    routes: [...routing.routes.filter(isOfToday).map(slowly), ...routing.routes.map(written)],
    inhibitions: INHIBITIONS.map(({ because, source, target, equal }) => ({
      because,
      source: source.map(matcherText),
      target: target.map(matcherText),
      equal,
    })),
    pagerduty: isOn('pagerduty') ? pagerduty(config) : false,
    slack: isOn('slack') ? slack(config) : false,
    teams: isOn('teams')
      ? { path: secretPath('teams'), title: titleOn(config), text: message('teams') }
      : false,
    webhook: isOn('webhook') ? { path: secretPath('webhook') } : false,
    email: isOn('email') ? email(receivers.email, config) : false,
  };
}

const isOfToday = ({ severity }: SeverityRoute): boolean => severity === 'warning';

/** A route with everybody who is told by it. */
const written = (route: SeverityRoute): object => ({
  ...route,
  matcher: MATCHER[route.severity],
  ways: route.receivers.map((receiver, index) => ({
    receiver,
    goesOn: index < route.receivers.length - 1,
    inHours: receiver === 'email' && isMailedInfo(route),
  })),
});

/** A budget of 30 days that is spent stays so for weeks. Less than the five days for which Alertmanager remembers. */
const slowly = (route: SeverityRoute): object => ({
  ...written(route),
  matcher: 'symptom=budget',
  repeatInterval: '96h',
});

const isMailedInfo = ({ severity, receivers }: SeverityRoute): boolean =>
  severity === 'info' && receivers.includes('email');

const matcherText = ({ label, op, value }: Matcher): string => `${label}${op}${value}`;

/** What and where, in one line. */
const titleOn = ({ host }: InstanceConfig): string => message('title', ` on ${host.name}`);

function pagerduty(config: InstanceConfig): object {
  return {
    path: secretPath('pagerduty'),
    url: config.monitoring.receivers.pagerduty.url,
    description: titleOn(config),
    severity: message('pagerduty.severity'),
    source: config.host.name,
    component: '{{ .CommonLabels.service }}',
    class: '{{ .CommonLabels.alertname }}',
    clientUrl: publicUrl(config),
    runbook: '{{ .CommonAnnotations.runbook_url }}',
    dashboard: '{{ .CommonAnnotations.dashboard_url }}',
    firing: '{{ template "factsway.alerts" .Alerts.Firing }}',
    resolved: '{{ template "factsway.alerts" .Alerts.Resolved }}',
  };
}

function slack(config: InstanceConfig): object {
  return {
    path: secretPath('slack'),
    channel: config.monitoring.receivers.slack.channel ?? '',
    title: titleOn(config),
    link: '{{ .CommonAnnotations.runbook_url }}',
    text: message('slack'),
    color: message('slack.color'),
  };
}

function email(
  {
    to = [],
    from,
    smarthost,
    user,
    requireTls,
  }: InstanceConfig['monitoring']['receivers']['email'],
  config: InstanceConfig,
): object {
  const implicitTls =
    smarthost !== undefined && splitSmarthost(smarthost).port === IMPLICIT_TLS_PORT;
  return {
    to: to.join(', '),
    from,
    smarthost,
    hello: config.host.name,
    // There TLS comes before the first word, and a server that is asked for STARTTLS as well has none.
    implicitTls,
    requireTls: requireTls && !implicitTls,
    user: user ?? '',
    path: secretPath('email'),
    subject: titleOn(config),
    text: message('text'),
  };
}
