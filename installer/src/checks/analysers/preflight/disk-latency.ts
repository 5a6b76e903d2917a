import { defineCheck, doubt, fine } from './check.ts';

/** etcd wants 10 ms for the 99th percentile of its synced writes; PostgreSQL's log is written the same way. */
const WARN_MS = 10;
const SLOW_MS = 50;

export const diskLatency = defineCheck({
  name: 'disk-latency',
  proves: 'The disk answers synced writes quickly: every saved document waits for one.',
  warns: `p99 above ${WARN_MS} ms; above ${SLOW_MS} ms in stronger words. It never fails: a busy minute must not stop an installation`,
  codes: [],
  remedy: 'A faster disk (SSD) for Docker and the instance directory',
  purposes: ['install', 'upgrade'],
  needs: ['latency'],
  analyse({ latency: { places } }) {
    const measured = places
      .filter(({ samplesMs }) => samplesMs.length > 0)
      .map(({ path, samplesMs }) => ({
        path,
        p99: percentile(samplesMs, 0.99),
        found: `${path}: p99 ${shown(percentile(samplesMs, 0.99))}, median ${shown(percentile(samplesMs, 0.5))} of ${samplesMs.length} synced writes`,
      }));
    if (measured.length === 0)
      return doubt(
        'no place to write to, so nothing was measured',
        'Run the command as a user who may write there, e.g. with sudo',
      );
    const worst = Math.max(...measured.map(({ p99 }) => p99));
    const lines = measured.map(({ found }) => found).join(' | ');
    if (worst <= WARN_MS) return fine(lines);
    return doubt(
      `${lines}; ${WARN_MS} ms is the aim${worst > SLOW_MS ? ', and this is slow enough for people to wait' : ''}`,
      'Measure again when nothing else is busy: factsway-install preflight   and use an SSD for Docker if it stays so',
    );
  },
});

/** Nearest rank: the smallest sample that at least this share of all do not exceed. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const shown = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
