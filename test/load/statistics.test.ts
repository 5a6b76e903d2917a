import { describe, expect, it } from 'vitest';
import { reportOf } from './report.ts';
import { latencyOf, longestGap, percentile, type LoadRecord } from './statistics.ts';

const record = (dueMs: number, doneMs: number, more: Partial<LoadRecord> = {}): LoadRecord => ({
  lane: 'short',
  method: 'GET',
  path: '/api/facts',
  resource: 'facts',
  dueMs,
  sentMs: dueMs,
  doneMs,
  outcome: { kind: 'ok', status: 200 },
  crossed: 'facts@1.0.0',
  ...more,
});
const failed = (dueMs: number, doneMs: number): LoadRecord =>
  record(dueMs, doneMs, { outcome: { kind: 'non-2xx', status: 503, detail: '' } });

describe('percentiles', () => {
  it('are values that were measured', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(latencyOf(values)).toEqual({ count: 200, p50: 100, p99: 198, max: 200 });
    expect(latencyOf([7])).toEqual({ count: 1, p50: 7, p99: 7, max: 7 });
    expect(latencyOf([])).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
    expect(percentile([1, 2], 1)).toBe(2);
  });
});

describe('the longest gap', () => {
  it('is between two good answers, whatever failed in between', () => {
    const records = [
      record(0, 10),
      failed(20, 21),
      failed(300, 301),
      record(350, 410),
      record(405, 420),
    ];
    expect(longestGap(records, 0, 500)).toEqual({ ms: 400, atMs: 10 });
  });

  it('counts the time before the first and after the last', () => {
    expect(longestGap([record(0, 300)], 0, 400)).toEqual({ ms: 300, atMs: 0 });
    expect(longestGap([record(0, 100)], 0, 400)).toEqual({ ms: 300, atMs: 100 });
    expect(longestGap([], 100, 400)).toEqual({ ms: 300, atMs: 100 });
  });

  it('is of the stretch alone', () => {
    const records = [record(0, 10), record(900, 1000), record(1000, 5000)];
    expect(longestGap(records, 500, 1200)).toEqual({ ms: 500, atMs: 500 });
  });
});

describe('a report', () => {
  it('has a line for every second, and counts each request in the one it was due in', () => {
    const records = [record(100, 300), failed(900, 1500), record(1000, 1001), record(2999, 4000)];
    expect(reportOf(records, 0, 3000).timeline).toEqual([
      { second: 0, due: 2, ok: 1, failed: 1, maxMs: 200 },
      { second: 1, due: 1, ok: 1, failed: 0, maxMs: 1 },
      { second: 2, due: 1, ok: 1, failed: 0, maxMs: 1001 },
    ]);
  });

  it('says when each chain was answered first and last', () => {
    const modern = { crossed: 'facts@1.1.0' };
    const records = [record(0, 5), record(10, 40), record(20, 30, modern), record(30, 90, modern)];
    expect(reportOf(records, 0, 100)).toMatchObject({
      chains: {
        'facts@1.0.0': { count: 2, firstMs: 5, lastMs: 40 },
        'facts@1.1.0': { count: 2, firstMs: 30, lastMs: 90 },
      },
      versions: { '1.0.0': 2, '1.1.0': 2 },
      mixed: 0,
    });
  });

  it('does not mix the long requests into the latency of the short ones', () => {
    const long = record(0, 20_000, { lane: 'long', resource: 'documents' });
    const report = reportOf([record(0, 5), long], 0, 30_000);
    expect([report.latency.max, report.documents.max]).toEqual([5, 20_000]);
    expect(report.downtimeByResource).toEqual({ facts: 29_995 });
  });

  it('tells a collection that was away from a platform that was', () => {
    const others = Array.from({ length: 100 }, (_, n) =>
      record(n * 10, n * 10 + 1, { resource: 'cases' }),
    );
    const report = reportOf([...others, record(0, 1), record(900, 901)], 0, 1000);
    expect(report.downtime.ms).toBe(10);
    expect(report.downtimeByResource).toEqual({ cases: 10, facts: 900 });
  });

  it('keeps a bounded number of failures as samples', () => {
    const records = Array.from({ length: 200 }, (_, n) => failed(n, n));
    const report = reportOf(records, 0, 1000);
    expect([report.non2xx, report.samples.length]).toEqual([200, 50]);
  });
});
