import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import { count } from '../../model/units.ts';
import type { PrometheusState } from '../facts.ts';

/**
 * Invariant 4 (spec 01): Prometheus has loaded every alert of this platform and can evaluate it, and Alertmanager is
 * ready. One that waits for its first round is no gap. What fires at this moment is told and fails nothing: the gate
 * proves that alerting works.
 */
export function analyseAlerting(
  prometheus: PrometheusState,
  alertmanager: { readonly problem: string },
  expected: readonly string[],
): CheckResult {
  if (alertmanager.problem !== '')
    return fail(
      'alerting',
      `Alertmanager ${alertmanager.problem}`,
      'Look at it: factsway-install logs alertmanager',
    );
  if (prometheus.unreachable !== '')
    return fail(
      'alerting',
      `Prometheus does not answer: ${prometheus.unreachable}`,
      'Look at it: factsway-install logs prometheus',
    );
  const loaded = new Set(prometheus.rules.map(({ alert }) => alert));
  const findings = [
    ...expected
      .filter((alert) => !loaded.has(alert))
      .map((alert) => `the alert ${alert} is not loaded`),
    ...prometheus.rules
      .filter(({ health }) => health === 'err')
      .map(({ alert, lastError }) => `the alert ${alert} cannot be evaluated: ${lastError}`),
  ];
  if (findings.length > 0)
    return fail(
      'alerting',
      `${count(findings.length, 'gap', 'gaps')} in the alerts`,
      'See why: factsway-install logs prometheus; what was rendered: factsway-install diff',
      findings,
    );
  const firing = prometheus.rules
    .filter(({ severity }) => severity === 'critical' || severity === 'warning')
    .flatMap(({ firing: summaries }) => summaries);
  const works = `Alertmanager is ready; ${count(expected.length, 'alert is', 'alerts are')} loaded and evaluated`;
  if (firing.length === 0) return pass('alerting', works);
  return {
    name: 'alerting',
    status: 'warn',
    found: `${works}; ${count(firing.length, 'fires', 'fire')} now`,
    remedy: 'What to do about each: its runbook, at /runbooks/ of this server',
    details: firing,
  };
}
