import type { CheckResult } from '../model/check-result.ts';
import type { Measured } from '../flows/measured.ts';

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

/** What people met meanwhile, in one sentence. */
export function describeMeasured({ durationMs, downtime }: Measured): string {
  const took = `It took ${seconds(durationMs)} s.`;
  if (!downtime)
    return `${took} Nothing answered at the front door before, so no downtime was measured.`;
  const { failed, requests, downtimeMs, p99Ms, failures } = downtime;
  const met =
    failed === 0
      ? `Measured downtime: none; ${requests} requests at the front door, none failed (99 of 100 within ${Math.ceil(p99Ms)} ms).`
      : `Measured downtime: ${seconds(downtimeMs.total)} s; ${failed} of ${requests} requests at the front door failed (${failures.map(({ problem }) => problem).join(', ')}).`;
  return `${took} ${met}`;
}

/** The figures for --json; null where nothing was measured. */
export function measuredFacts(measured: Measured | undefined): object | null {
  if (!measured) return null;
  const { durationMs, downtime } = measured;
  return {
    durationMs,
    downtimeMs: downtime?.downtimeMs.total ?? null,
    requests: downtime?.requests ?? null,
    failedRequests: downtime?.failed ?? null,
    p99Ms: downtime?.p99Ms ?? null,
  };
}

/** `All 11 gates are green.`, or which are not. */
export function gatesSentence(gates: readonly CheckResult[]): string {
  const red = gates.filter(({ status }) => status === 'fail').map(({ name }) => name);
  return red.length === 0
    ? `All ${gates.length} gates are green.`
    : `Not green: ${red.join(', ')}.`;
}
