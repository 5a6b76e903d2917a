import { drillable, type ReceiverId } from '../catalog/alert-routing.ts';
import { publicUrl } from '../catalog/public-url.ts';
import type { CheckResult } from '../model/check-result.ts';
import type { InstanceConfig } from '../model/config.ts';
import { FactswayError } from '../model/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { Alertmanager, type PostedAlert } from './alertmanager.ts';
import { arrivedAt, lostOnTheWay, notLoaded } from './drill-results.ts';
import { notificationCounts, type NotificationCounts } from './notification-counters.ts';
import { configInEffect } from './in-effect.ts';
import { requireConfig } from './resolve-config.ts';
import { secretMask } from './mask-secrets.ts';
import { instancePaths } from './paths.ts';

const POLL_MS = 500;
/** Should we be killed, the test is over by itself after this time. */
const LONGEST_MS = 10 * 60_000;
/** Lines of the log in which to look for the reason of a failure. */
const LOG_LINES = 400;

export type DrillRequest = {
  readonly directory: string;
  /** How long messages may take. */
  readonly timeoutMs: number;
  /** Says whom it would reach, and sends nothing. */
  readonly dryRun: boolean;
};

export type Drill = {
  /** Everybody who is switched on. */
  readonly receivers: readonly ReceiverId[];
  /** One for each of them; empty for a dry run. */
  readonly results: readonly CheckResult[];
};

/**
 * A test alert to each receiver by itself, and what Alertmanager then counts of it. The test ends when the last result
 * is known. Throws FW-ALERT-NO-RECEIVER and FW-ALERTMANAGER.
 */
export async function drillAlert(
  { directory, timeoutMs, dryRun }: DrillRequest,
  ports: Ports,
): Promise<Drill> {
  const { config: running, pending } = await configInEffect(directory, ports.files);
  const isReadable = pending !== 'missing' && pending !== 'invalid';
  // Whom the file names and Alertmanager does not know yet is told as well; it answers where it runs.
  const config = isReadable ? await requireConfig(directory, ports.files) : running;
  const receivers = drillable(config);
  if (receivers.length === 0)
    throw new FactswayError(
      'FW-ALERT-NO-RECEIVER',
      'Nobody is told when something breaks: no receiver of monitoring.receivers is switched on.',
      'Switch one on: factsway-install up --set monitoring.receivers.slack.enabled=true   Each of them: docs/operations/alerting.md',
    );
  if (dryRun) return { receivers, results: [] };
  const alertmanager = new Alertmanager(ports.http, running.monitoring.alertmanagerPort);
  const begunMs = ports.clock.now().getTime();
  const loaded = await alertmanager.receivers();
  const reachable = receivers.filter((receiver) => loaded.includes(receiver));
  const outcomes = await sendAll(reachable, config, timeoutMs, alertmanager, ports);
  const reasons = outcomes.some(({ arrived }) => !arrived)
    ? await readLog({ directory, project: running.project }, begunMs, ports)
    : [];
  const results = receivers.map((receiver) => {
    const outcome = outcomes.find((one) => one.receiver === receiver);
    if (!outcome) return notLoaded(receiver);
    return outcome.arrived
      ? arrivedAt(receiver, config, outcome.afterMs)
      : lostOnTheWay(receiver, { ...outcome, directory, config, lines: reasons });
  });
  for (const result of results) ports.reporter.gate(result);
  return { receivers, results };
}

type Outcome = {
  readonly receiver: ReceiverId;
  readonly arrived: boolean;
  /** Whether Alertmanager has given up; if not, time was up. */
  readonly givenUp: boolean;
  readonly afterMs: number;
  /** Of this drill, as a label of its alerts. */
  readonly run: string;
};

async function sendAll(
  receivers: readonly ReceiverId[],
  config: InstanceConfig,
  timeoutMs: number,
  alertmanager: Alertmanager,
  { clock, random, reporter, signal }: Ports,
): Promise<Outcome[]> {
  if (receivers.length === 0) return [];
  const run = random.id();
  const begin = clock.now();
  const alerts = (endsAt: Date): PostedAlert[] =>
    receivers.map((receiver) => testAlert(receiver, run, config, begin, endsAt));
  const before = await alertmanager.metrics();
  const begunMs = clock.monotonicMs();
  try {
    await alertmanager.post(alerts(new Date(begin.getTime() + LONGEST_MS)));
    const done = new Map<ReceiverId, Outcome>();
    for (;;) {
      const metrics = await alertmanager.metrics();
      const afterMs = clock.monotonicMs() - begunMs;
      for (const receiver of receivers.filter((one) => !done.has(one))) {
        const was = notificationCounts(before, receiver);
        const { arrived, givenUp } = since(was, notificationCounts(metrics, receiver));
        if (arrived || givenUp) done.set(receiver, { receiver, arrived, givenUp, afterMs, run });
      }
      const open = receivers.filter((one) => !done.has(one));
      if (open.length === 0 || afterMs >= timeoutMs)
        return receivers.map(
          (receiver) =>
            done.get(receiver) ?? { receiver, arrived: false, givenUp: false, afterMs, run },
        );
      for (const receiver of open) reporter.gateWaiting(receiver, 'the message is on its way');
      await clock.sleep(POLL_MS, signal);
    }
  } finally {
    await alertmanager.post(alerts(clock.now())).catch(() => {
      reporter.warning('The test alert could not be ended; it ends by itself within ten minutes.');
    });
  }
}

const since = (
  was: NotificationCounts,
  is: NotificationCounts,
): { readonly arrived: boolean; readonly givenUp: boolean } => ({
  arrived: is.arrived > was.arrived,
  givenUp: is.givenUp > was.givenUp,
});

/** Worded so that nobody who is woken by it has to wonder. */
function testAlert(
  receiver: ReceiverId,
  run: string,
  config: InstanceConfig,
  begin: Date,
  end: Date,
): PostedAlert {
  return {
    labels: { alertname: 'FactswayDrill', severity: 'info', drill: receiver, run },
    annotations: {
      summary: 'this is a test, nothing is wrong',
      description: `Somebody ran "factsway-install verify --drill alert" to see whether messages of ${config.host.name} arrive here. They do. There is nothing to do.`,
      runbook_url: publicUrl(config),
    },
    startsAt: begin.toISOString(),
    endsAt: end.toISOString(),
  };
}

/** What Alertmanager said since, without secrets; nothing where it cannot be asked. */
async function readLog(
  { directory, project }: { readonly directory: string; readonly project: string },
  sinceMs: number,
  { docker, files }: Ports,
): Promise<string[]> {
  try {
    const container = (await docker.containers(project)).find(
      ({ service }) => service === 'alertmanager',
    );
    if (!container) return [];
    const mask = await secretMask(instancePaths(directory), files);
    const lines = await docker.logs(container.id, { tail: LOG_LINES });
    const isNew = (line: string): boolean =>
      Date.parse(/\btime=(\S+)/.exec(line)?.[1] ?? '') >= sinceMs;
    return lines.filter(isNew).map(mask);
  } catch {
    return [];
  }
}
