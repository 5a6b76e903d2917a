import { count } from '../../model/units.ts';
import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import type { EndpointAnswer, ServiceEndpoints } from '../facts.ts';

const REQUIRED_SERIES = [
  'factsway_build_info',
  'http_requests_total',
  'http_request_duration_seconds_bucket',
  'process_cpu_seconds_total',
  'factsway_db_pool_max',
];

/** Every service answers as the platform contract says (spec 01, "Contract of a service"). */
export function analyseServiceContract(services: readonly ServiceEndpoints[]): CheckResult {
  const findings = services.flatMap(breaches);
  if (findings.length === 0)
    return pass(
      'contract',
      `${services.length} services answer /health, /health/live, /health/ready and /metrics as agreed`,
    );
  return fail(
    'contract',
    `${count(findings.length, 'agreed answer is', 'agreed answers are')} wrong`,
    'Look at the service: factsway-install logs SERVICE',
    findings,
  );
}

function breaches({ service, unreachable, answers }: ServiceEndpoints): string[] {
  if (unreachable !== '') return [`${service} ${unreachable}`];
  const found: string[] = [];
  const expect = (condition: boolean, sentence: string): void => {
    if (!condition) found.push(`${service}: ${sentence}`);
  };
  const health = readJson(answers['/health']);
  expect(
    answers['/health']?.status === 200,
    `/health answers ${answers['/health']?.status ?? 0}${describe(answers['/health'])}`,
  );
  for (const key of ['status', 'timestamp', 'version', 'service', 'checks'])
    expect(health?.[key] !== undefined, `/health does not say its ${key}`);
  for (const path of ['/health/live', '/health/ready'] as const) {
    const status = answers[path]?.status ?? 0;
    expect(status === 200, `${path} answers ${status}${describe(answers[path])}`);
  }
  const metrics = answers['/metrics'];
  expect(metrics?.status === 200, `/metrics answers ${metrics?.status ?? 0}`);
  expect(
    metrics?.contentType.startsWith('text/plain') ?? false,
    `/metrics is ${metrics?.contentType ?? 'nothing'}, not text/plain`,
  );
  for (const series of REQUIRED_SERIES)
    expect(metrics?.body.includes(`\n${series}`) ?? false, `/metrics lacks ${series}`);
  return found;
}

/** Versions the services report about themselves, by service; empty where one does not say. */
export function reportedVersions(
  services: readonly ServiceEndpoints[],
): { service: string; health: string; metrics: string }[] {
  return services.map(({ service, answers }) => {
    const version = readJson(answers['/health'])?.['version'];
    const label = /^factsway_build_info\{[^}]*version="([^"]*)"/m.exec(
      answers['/metrics']?.body ?? '',
    );
    return {
      service,
      health: typeof version === 'string' ? version : '',
      metrics: label?.[1] ?? '',
    };
  });
}

function readJson(answer: EndpointAnswer | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(answer?.body ?? '');
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const describe = (answer: EndpointAnswer | undefined): string =>
  answer?.status === 0 ? ` (${answer.body})` : '';
