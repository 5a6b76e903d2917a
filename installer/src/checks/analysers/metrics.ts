import { count } from '../../model/units.ts';
import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import type { PrometheusState } from '../facts.ts';

/**
 * Invariant 3 (spec 01): every expected job is scraped and up, every service shows every series of the catalogue, and
 * its factsway_build_info has the release's version.
 */
export function analyseMetrics(
  state: PrometheusState,
  expected: {
    readonly jobs: readonly string[];
    readonly services: readonly string[];
    readonly version: string;
    readonly prometheusPort: number;
  },
): CheckResult {
  if (state.unreachable !== '')
    return fail(
      'metrics',
      `Prometheus does not answer: ${state.unreachable}`,
      'Look at it: factsway-install logs prometheus',
    );
  const findings = [
    ...expected.jobs
      .filter((job) => !state.targets.some((target) => target.job === job))
      .map((job) => `nothing is scraped as ${job}`),
    ...state.targets
      .filter(({ health }) => health !== 'up')
      .map(
        ({ job, instance, health, lastError }) =>
          `${job} (${instance}) is ${health}${lastError === '' ? ', not scraped yet' : `: ${lastError}`}`,
      ),
    ...state.targets
      .filter(({ health, stale }) => health === 'up' && stale)
      .map(({ job, instance }) => `${job} (${instance}) has not been scraped since this began`),
    ...expected.services.flatMap((service) => {
      const versions = state.builds
        .filter((build) => build.service === service)
        .map(({ version }) => version);
      if (versions.length === 0) return [`factsway_build_info of ${service} has not arrived`];
      return versions
        .filter((version) => version !== expected.version)
        .map((version) => `factsway_build_info of ${service} says ${version}`);
    }),
    ...state.missing.map(({ service, metric }) => `${service} does not show ${metric}`),
    ...(state.alertmanagers > 0 ? [] : ['Prometheus has found no Alertmanager']),
  ];
  if (findings.length === 0)
    return pass(
      'metrics',
      `all ${state.targets.length} targets are up; ${expected.services.length} services report ${expected.version}`,
    );
  return fail(
    'metrics',
    `${count(findings.length, 'gap', 'gaps')} in the metrics`,
    `See every target: http://127.0.0.1:${expected.prometheusPort}/targets, and the log: factsway-install logs prometheus`,
    findings,
  );
}
