import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { templateText } from '../../../cloudfront/template.ts';
import { at, record, records, type Json } from '../../../k8s/json.ts';
import { startFirewall } from './firewall.ts';
import { resolveStack } from './resolve.ts';

const LIMITS = { ManifestRequestLimit: 10, InstallerRequestLimit: 20 };
const template = record(parse(templateText()));
const acl = (): Json =>
  resolveStack(
    template,
    { Part: 'primary', ...LIMITS },
    { 'AWS::StackName': 'updates' },
  ).properties('WebAcl');
const asking = (path: string) => ({
  method: 'GET',
  path,
  query: '',
  headers: {},
  address: '192.0.2.1',
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a client that asks too often', () => {
  it.each([
    ['/latest.yml', LIMITS.ManifestRequestLimit],
    ['/FACTSWAY-Setup-1.2.0.exe', LIMITS.InstallerRequestLimit],
  ])('%s: is let in again when it has waited as it was told', (path, limit) => {
    const firewall = startFirewall(acl());
    const ask = () => firewall.judge(asking(path));
    for (let asked = 0; asked < limit; asked += 1) expect(ask()).toBeUndefined();
    const refused = ask();
    expect(refused?.status).toBe(429);
    const { retryAfter } = record(JSON.parse(refused?.body.toString() ?? '{}'));
    expect(refused?.headers['retry-after']).toBe(String(retryAfter));

    vi.advanceTimersByTime((Number(retryAfter) - 1) * 1000);
    expect(ask()?.status, 'a second too early').toBe(429);
    vi.advanceTimersByTime(Number(retryAfter) * 1000);
    expect(ask()).toBeUndefined();
  });
});

describe('a window', () => {
  const rateOf = (of: Json) =>
    record(at(records(of['Rules'])[0], 'Statement.RateBasedStatement')) as Record<string, unknown>;

  it('that nobody names is of five minutes, as in AWS', () => {
    const of = acl();
    delete rateOf(of)['EvaluationWindowSec'];
    const firewall = startFirewall(of);
    for (let asked = 0; asked <= LIMITS.ManifestRequestLimit; asked += 1)
      firewall.judge(asking('/latest.yml'));
    vi.advanceTimersByTime(60_000);
    expect(firewall.judge(asking('/latest.yml'))?.status).toBe(429);
  });
});
