import { count } from '../../model/units.ts';
import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import type { EdgeAnswers, PageAnswer, ServedCertificate } from '../facts.ts';

/** Every public route reaches its service. A 401 or 403 counts: it is the service that says so. */
export function analyseEdge({ url, routes, runbooks, certificate }: EdgeAnswers): CheckResult {
  const findings = routes
    .filter(({ status }) => status < 200 || status === 404 || status >= 500)
    .map(
      ({ route, service, status, error }) =>
        `${route} (${service}): ${error === '' ? `answers ${status}` : error}`,
    );
  const page = findingOf(runbooks);
  const found = `${routes.length} public routes answer at ${url}${url.startsWith('https') ? ', certificate checked' : ''}`;
  if (findings.length > 0)
    return fail(
      'edge',
      `${findings.length} of ${routes.length} public routes do not answer at ${url}`,
      'Look at the proxy: factsway-install logs edge',
      [...findings, ...page],
    );
  if (page.length > 0)
    return fail(
      'edge',
      `${found}, but the runbooks that alerts link to do not`,
      'Write them again: factsway-install up   look at the proxy: factsway-install logs edge',
      page,
    );
  return certificate ? judgeCertificate(certificate, found) : pass('edge', found);
}

/** A page for people: anything but HTML is not what the link of an alert promised. */
function findingOf({ status, contentType, error }: PageAnswer): string[] {
  if (error !== '') return [`/runbooks/: ${error}`];
  if (status !== 200) return [`/runbooks/: answers ${status}`];
  return contentType.startsWith('text/html')
    ? []
    : [`/runbooks/: is ${contentType === '' ? 'of no type' : contentType} and not text/html`];
}

/** Renewal by ACME begins with a third of the time left: at this point it has failed for two weeks. */
const WARN_DAYS = 14;

function judgeCertificate({ daysLeft, asGiven }: ServedCertificate, found: string): CheckResult {
  if (!asGiven)
    return fail(
      'edge',
      'The proxy serves another certificate than the one that was brought in',
      'Have it take up the one in use: factsway-install up',
    );
  if (daysLeft >= WARN_DAYS) return pass('edge', `${found}, ${daysLeft} days left`);
  return {
    name: 'edge',
    status: 'warn',
    found: `${found}, but it ends ${daysLeft < 1 ? 'within a day' : `in ${count(daysLeft, 'day', 'days')}`}`,
    remedy:
      'Put a new one where the old one is and run: factsway-install up   with acme: factsway-install logs edge',
  };
}
