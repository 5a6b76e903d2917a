import type { LoadReport } from './report.ts';
import type { Applied } from './settle.ts';

/**
 * What speaks against "nobody noticed", a sentence each; none is a pass. Source: the acceptance of
 * spec 04, Upgrade.
 */
export function problemsOf(report: LoadReport, applied?: Applied): string[] {
  const problems: string[] = [];
  const none = (count: number, what: string): void => {
    if (count > 0) problems.push(`${count} ${what}`);
  };
  none(report.non2xx, 'answers that were not 2xx');
  none(report.transportErrors, 'requests without a whole answer');
  none(report.wrongBodies, 'answers with the body of something else');
  none(report.shed, 'requests that found too many others in flight');
  none(report.mixed, 'answers from a chain of two versions');
  none(report.unlabelled, 'answers that do not say what they crossed');
  // A load that proves nothing must not pass for one that found nothing.
  if (report.ok === 0) problems.push('no request was answered');
  else if (report.twoServices === 0) problems.push('no request crossed two services');
  if (report.documents.count === 0) problems.push('no long request was answered');
  if (applied === undefined) return problems;
  none(applied.lost.length, `POSTs acknowledged and lost, ${firstOf(applied.lost)}`);
  none(applied.doubled.length, `POSTs applied more than once, ${firstOf(applied.doubled)}`);
  if (applied.acknowledged === 0) problems.push('no POST was acknowledged');
  return problems;
}

function firstOf(names: readonly string[]): string {
  return `the first: ${names[0] ?? ''}`;
}

/** The run in a few lines, for a person. */
export function summaryOf(report: LoadReport, applied?: Applied): string {
  const { latency, lateness, documents, downtime } = report;
  const worst = Object.entries(report.downtimeByResource).sort(([, a], [, b]) => b - a)[0];
  const failed = report.requests - report.ok;
  return [
    `requests   ${report.requests} in ${seconds(report.toMs - report.fromMs)}, ${report.posts} POSTs; ${failed} failed: ` +
      `${report.non2xx} non-2xx, ${report.transportErrors} transport errors, ${report.wrongBodies} wrong bodies, ${report.shed} shed`,
    `latency    p50 ${ms(latency.p50)}, p99 ${ms(latency.p99)}, max ${ms(latency.max)} (generator late: p99 ${ms(lateness.p99)}, max ${ms(lateness.max)})`,
    `documents  ${documents.count} whole, p50 ${seconds(documents.p50)}, max ${seconds(documents.max)}`,
    `downtime   ${ms(downtime.ms)} at ${seconds(downtime.atMs)}; longest for one collection: ${worst === undefined ? '-' : `${ms(worst[1])} (${worst[0]})`}`,
    ...Object.entries(report.chains).map(
      ([chain, { count, firstMs, lastMs }]) =>
        `crossed    ${chain}: ${count}, from ${seconds(firstMs)} to ${seconds(lastMs)}`,
    ),
    `chains     ${report.mixed} mixed, ${report.unlabelled} without a word, ${report.twoServices} across two services`,
    ...(applied === undefined
      ? []
      : [
          `POSTs      ${applied.acknowledged} of ${applied.posts} acknowledged; ${applied.lost.length} lost, ${applied.doubled.length} applied more than once` +
            `; not acknowledged: ${applied.unacknowledgedApplied} applied, ${applied.unacknowledgedAbsent} not`,
        ]),
    ...report.samples
      .slice(0, 10)
      .map(
        ({ atMs, kind, request, detail, crossed }) =>
          `failed     ${seconds(atMs)} ${kind}: ${request}: ${detail}${crossed === undefined ? '' : ` (${crossed})`}`,
      ),
  ].join('\n');
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
