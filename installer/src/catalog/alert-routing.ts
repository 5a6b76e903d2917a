import {
  ALERT_SEVERITIES,
  RECEIVERS,
  type AlertSeverity,
  type ReceiverName,
} from '../model/alert-receivers.ts';
import type { InstanceConfig } from '../model/config.ts';

/** What the dead man's switch is called among the receivers of Alertmanager, in drills and in metrics. */
export const DEAD_MANS_SWITCH = 'dead-mans-switch';
/** Every name a route can lead to. */
export type ReceiverId = ReceiverName | typeof DEAD_MANS_SWITCH;
/** The receiver of what nobody is told. */
export const NOBODY = 'nobody';

/** What each takes by itself. */
const USUAL: Readonly<Record<ReceiverName, readonly AlertSeverity[]>> = {
  pagerduty: ['critical'],
  slack: ['critical', 'warning'],
  teams: ['critical', 'warning'],
  webhook: ['critical', 'warning'],
  email: ['info'],
};
/** Who takes what nobody takes by itself. */
const OTHERWISE: Readonly<Record<AlertSeverity, readonly ReceiverName[]>> = {
  critical: ['email'],
  warning: ['email'],
  info: ['slack', 'teams', 'webhook'],
};

/** How soon the first message goes out, when changes follow, and when it is said again; Prometheus durations. */
export type Timing = {
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly repeatInterval: string;
};

/** Of the 150 s from a kill to a page only a few may be spent here (TESTBED, "Time to page"). */
const TIMING: Readonly<Record<AlertSeverity, Timing>> = {
  critical: { groupWait: '2s', groupInterval: '1m', repeatInterval: '4h' },
  warning: { groupWait: '30s', groupInterval: '5m', repeatInterval: '12h' },
  // Said once a day at most: it is about this week.
  info: { groupWait: '1m', groupInterval: '15m', repeatInterval: '24h' },
};

export type SeverityRoute = Timing & {
  readonly severity: AlertSeverity;
  readonly receivers: readonly ReceiverName[];
};

export type AlertRouting = {
  /** Switched on, in the order they are rendered. */
  readonly receivers: readonly ReceiverName[];
  readonly routes: readonly SeverityRoute[];
  readonly deadMansSwitch: Timing | undefined;
};

/** Receivers that are switched on. */
export function enabledReceivers({ monitoring }: InstanceConfig): ReceiverName[] {
  return RECEIVERS.filter((name) => monitoring.receivers[name].enabled === true);
}

/** Everybody a drill can reach: the receivers, and the dead man's switch. */
export function drillable(config: InstanceConfig): ReceiverId[] {
  const { deadMansSwitch } = config.monitoring.receivers;
  return [
    ...enabledReceivers(config),
    ...(deadMansSwitch.enabled === true ? [DEAD_MANS_SWITCH as ReceiverId] : []),
  ];
}

/** Who is told of an alert of this severity: those that name it or have it by themselves, else those that step in. */
export function receiversOf(severity: AlertSeverity, config: InstanceConfig): ReceiverName[] {
  const { receivers } = config.monitoring;
  const enabled = enabledReceivers(config);
  const first = enabled.filter((name) =>
    (receivers[name].severities ?? USUAL[name]).includes(severity),
  );
  if (first.length > 0) return first;
  return enabled.filter(
    (name) => receivers[name].severities === undefined && OTHERWISE[severity].includes(name),
  );
}

/** The routing tree of Alertmanager as data; config-templates/alertmanager writes it down. */
export function deriveRouting(config: InstanceConfig): AlertRouting {
  const { deadMansSwitch } = config.monitoring.receivers;
  return {
    receivers: enabledReceivers(config),
    routes: ALERT_SEVERITIES.map((severity) => ({
      severity,
      ...TIMING[severity],
      receivers: receiversOf(severity, config),
    })),
    deadMansSwitch:
      deadMansSwitch.enabled === true ? signOfLife(deadMansSwitch.intervalMinutes) : undefined,
  };
}

/**
 * Alertmanager looks at each group once in its interval and says again what was said longer ago than repeat_interval.
 * A message is dated a moment after that look: with both the same, every second sign of life would be left out.
 */
function signOfLife(minutes: number): Timing {
  const seconds = minutes * 60;
  return { groupWait: '0s', groupInterval: `${seconds}s`, repeatInterval: `${seconds - 10}s` };
}
