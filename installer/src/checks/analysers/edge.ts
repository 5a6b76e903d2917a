import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import type { EdgeAnswers } from '../facts.ts';

/** Every public route reaches its service. A 401 or 403 counts: it is the service that says so. */
export function analyseEdge({ url, routes }: EdgeAnswers): CheckResult {
  const findings = routes
    .filter(({ status }) => status < 200 || status === 404 || status >= 500)
    .map(
      ({ route, service, status, error }) =>
        `${route} (${service}): ${error === '' ? `answers ${status}` : error}`,
    );
  if (findings.length === 0)
    return pass(
      'edge',
      `${routes.length} public routes answer at ${url}${url.startsWith('https') ? ', certificate checked' : ''}`,
    );
  return fail(
    'edge',
    `${findings.length} of ${routes.length} public routes do not answer at ${url}`,
    'Look at the proxy: factsway-install logs edge',
    findings,
  );
}
