/** What Alertmanager counts of one receiver since it started. */
export type NotificationCounts = {
  /** Requests that were answered as they should: each is a message that arrived. */
  readonly arrived: number;
  /** Messages given up. */
  readonly givenUp: number;
};

const REQUESTS = 'alertmanager_notification_requests_total';
const FAILED_REQUESTS = 'alertmanager_notification_requests_failed_total';
/** notifications_total counts a message when it is begun, so it says nothing about its end; this one does. */
const FAILED = 'alertmanager_notifications_failed_total';

/**
 * Counters of one receiver from the metrics of Alertmanager 0.28, which carries its name where
 * --enable-feature=receiver-name-in-metrics is set.
 */
export function notificationCounts(metrics: string, receiver: string): NotificationCounts {
  const label = `receiver_name="${receiver}"`;
  const sum = (name: string): number =>
    metrics
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf('}') + 1)), 0);
  return { arrived: sum(REQUESTS) - sum(FAILED_REQUESTS), givenUp: sum(FAILED) };
}
