/** The generator against a server that errs on purpose: whatever it does must be reported, and nothing else. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoadError } from './client.ts';
import { FakePlatform, STALL_MS, type Fault } from './fake-platform.ts';
import { Load, type LoadOptions } from './load.ts';
import { problemsOf, summaryOf } from './verdict.ts';

let platform: FakePlatform;

beforeEach(async () => {
  platform = await FakePlatform.start();
});
afterEach(() => platform.stop());

const options = (more: Partial<LoadOptions> = {}): LoadOptions => ({
  url: platform.url,
  ratePerSecond: 200,
  seconds: 0.4,
  documentPages: 1,
  ...more,
});

/** One run to its end, with what `meanwhile` does once it has begun. */
async function run(more: Partial<LoadOptions> = {}, meanwhile = (): void => undefined) {
  const load = await Load.begin(options(more));
  meanwhile();
  await load.finished();
  const [report, applied] = [load.report(), await load.settle()];
  load.close();
  return { report, applied, problems: problemsOf(report, applied), failures: load.failures };
}

it('finds nothing wrong with a platform that does nothing wrong', async () => {
  const { report, applied, problems, failures } = await run();
  expect(problems).toEqual([]);
  expect(failures).toBe(0);
  expect(report.requests - report.documents.count).toBe(80);
  expect(applied).toMatchObject({ posts: 40, acknowledged: 40, lost: [], doubled: [] });
  expect(Object.keys(report.chains)).toEqual(['a@1.0.0', 'a@1.0.0, b@1.0.0']);
  expect(report.twoServices).toBe(8);
  expect(report.versions).toEqual({ '1.0.0': report.ok });
  expect(summaryOf(report, applied)).toMatch(/^requests {3}\d+ in 0\.\d s, 40 POSTs; 0 failed/);
});

it('does not call it downtime that it waits for the last document', async () => {
  platform.documentMs = 1500;
  const { report, problems } = await run();
  expect(problems).toEqual([]);
  expect(report.documents.max).toBeGreaterThanOrEqual(1450);
  expect(report.downtime.ms).toBeLessThan(1000);
  expect(report.toMs).toBeLessThan(1400);
});

it('asks on keep-alive connections, and keeps a long request in flight beside them', async () => {
  const { report } = await run();
  expect(platform.connections).toBeLessThan(15);
  expect(report.documents.count).toBeGreaterThanOrEqual(3);
  expect(report.documents.p50).toBeGreaterThanOrEqual(95);
});

describe('reports', () => {
  type Case = [what: string, fault: Fault, method: string, resource: string, problems: RegExp[]];
  it.each<Case>([
    ['a dropped connection', 'drop', 'GET', 'facts', [/^1 requests without a whole answer$/]],
    ['a document that is cut short', 'cut-short', 'GET', 'exports', [/^1 requests without/]],
    ['one answer 503', 'unavailable', 'GET', 'drafts', [/^1 answers that were not 2xx$/]],
    [
      'a POST applied twice',
      'double',
      'POST',
      'facts',
      [/^1 POSTs applied more than once, .*facts/],
    ],
    ['a chained POST applied twice', 'double', 'POST', 'exports', [/^1 POSTs applied more than/]],
    ['a POST that was acknowledged and lost', 'lose', 'POST', 'cases', [/^1 POSTs acknow.*cases/]],
    ['a chain of two versions', 'mixed', 'POST', 'exports', [/^1 answers from a chain of two/]],
    [
      'an answer of nobody knows whom',
      'unlabelled',
      'GET',
      'caselaw',
      [/^1 answers that do not say/],
    ],
    ['the answer to another request', 'wrong-body', 'GET', 'drafts', [/^1 answers with the body/]],
  ])('%s', async (_, fault, method, resource, expected) => {
    const { problems, report } = await run({}, () => {
      const document = fault === 'cut-short';
      platform.break(
        fault,
        (asked) =>
          asked.method === method &&
          asked.resource === resource &&
          (asked.part !== undefined) === document,
      );
    });
    expect(problems).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(problems[index]).toMatch(pattern);
    const failed = ['drop', 'cut-short', 'unavailable', 'wrong-body'].includes(fault);
    expect(report.samples).toHaveLength(failed ? 1 : 0);
    expect(report.ok).toBe(report.requests - (failed ? 1 : 0));
  });

  it('what failed with time, request, code and connection', async () => {
    const { report } = await run({}, () => {
      platform.break('drop', ({ method, resource }) => method === 'POST' && resource === 'cases');
      platform.break('unavailable', ({ resource }) => resource === 'signatures');
    });
    expect(report.samples).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'transport',
          request: 'POST /api/cases',
          detail: expect.stringMatching(/^ECONNRESET/) as string,
        }),
        expect.objectContaining({
          kind: 'non-2xx',
          request: 'GET /api/signatures?limit=5',
          detail: '503 {"error":"away"}',
          crossed: 'a@1.0.0',
        }),
      ]),
    );
    expect(report.timeline.reduce((sum, { failed }) => sum + failed, 0)).toBe(2);
  });

  it('a POST that was applied and never acknowledged as a failure, not as a loss', async () => {
    const { applied, problems } = await run({}, () => {
      platform.break('apply-and-drop', ({ resource, method }) =>
        method === 'POST' ? resource === 'facts' : false,
      );
    });
    expect(problems).toEqual(['1 requests without a whole answer']);
    expect(applied).toMatchObject({ acknowledged: 39, unacknowledgedApplied: 1, lost: [] });
  });
});

describe('a platform that stalls', () => {
  const stall = (): void => {
    setTimeout(() => {
      platform.break('stall', () => true);
    }, 100);
  };

  it('is asked on as before, and its latency is counted from when requests were due', async () => {
    const { report, problems } = await run({ ratePerSecond: 100, seconds: 1 }, stall);
    expect(problems).toEqual([]);
    expect(report.requests - report.documents.count).toBe(100);
    const gaps = platform.arrivals.slice(1).map((at, index) => at - platform.arrivals[index]!);
    expect(Math.max(...gaps)).toBeLessThan(STALL_MS / 2);
    // Half of a second's requests waited; one that sent the next after the answer would have seen one slow one.
    expect(report.latency.p99).toBeGreaterThan(STALL_MS * 0.8);
    expect(report.latency.p50).toBeGreaterThan(1);
    expect(report.downtime.ms).toBeGreaterThan(STALL_MS * 0.8);
    expect(report.downtime.ms).toBeLessThan(STALL_MS * 2);
  });

  it('is not sent more than is allowed in flight, and that counts as failed', async () => {
    const { report, problems } = await run(
      { ratePerSecond: 100, seconds: 1, mostInFlight: 10 },
      stall,
    );
    expect(report.shed).toBeGreaterThan(10);
    expect(problems).toEqual([`${report.shed} requests that found too many others in flight`]);
  });
});

it('can be stopped early, and looked at for a stretch of its time', async () => {
  const load = await Load.begin(options({ seconds: 60 }));
  await new Promise((resolve) => setTimeout(resolve, 400));
  await load.stop();
  const whole = load.report();
  expect(whole.toMs).toBeLessThan(3000);
  const [first, second] = [load.report(0, 200), load.report(200)];
  expect(first.requests).toBeGreaterThan(10);
  expect(first.requests + second.requests).toBe(whole.requests);
  load.close();
});

it('does not begin where the platform refuses, and says why', async () => {
  platform.break('unavailable', () => true);
  await expect(Load.begin(options())).rejects.toThrow(
    new LoadError('POST /api/drafts: 503 {"error":"away"}'),
  );
  await expect(Load.begin(options({ ratePerSecond: 5000 }))).rejects.toThrow(RangeError);
});

it('does not call read back what it could not read', async () => {
  const load = await Load.begin(options({ seconds: 0.2 }));
  await load.finished();
  platform.break('unavailable', ({ resource }) => resource === 'cases');
  await expect(load.settle()).rejects.toThrow('GET /api/cases?limit=200: 503');
  load.close();
});
