import type { PrometheusState } from '../facts.ts';
import type { InstanceView } from './instance-view.ts';

type TargetsAnswer = {
  data: {
    activeTargets: {
      labels: { job: string; instance: string };
      health: string;
      lastError: string;
    }[];
  };
};
type QueryAnswer = { data: { result: { metric: Record<string, string> }[] } };
type AlertmanagersAnswer = { data: { activeAlertmanagers: unknown[] } };

/**
 * Series of the last two scrapes. A Prometheus that was stopped between two releases never learnt that the series of
 * the former ended, and shows its last sample for five minutes.
 */
const BUILDS = 'factsway_build_info and time() - timestamp(factsway_build_info) < 35';

export async function collectPrometheus(view: InstanceView): Promise<PrometheusState> {
  const base = `http://127.0.0.1:${view.catalog.context.config.monitoring.prometheusPort}/api/v1`;
  const ask = async <T>(path: string): Promise<T> =>
    JSON.parse((await view.ports.http.request({ url: `${base}${path}` })).body) as T;
  try {
    const [targets, builds, alertmanagers] = await Promise.all([
      ask<TargetsAnswer>('/targets?state=active'),
      ask<QueryAnswer>(`/query?query=${encodeURIComponent(BUILDS)}`),
      ask<AlertmanagersAnswer>('/alertmanagers'),
    ]);
    return {
      unreachable: '',
      targets: targets.data.activeTargets.map(({ labels, health, lastError }) => ({
        job: labels.job,
        instance: labels.instance,
        health,
        lastError,
      })),
      builds: builds.data.result.map(({ metric }) => ({
        service: metric['service'] ?? '',
        version: metric['version'] ?? '',
      })),
      alertmanagers: alertmanagers.data.activeAlertmanagers.length,
    };
  } catch (error) {
    return {
      unreachable: error instanceof Error ? error.message : String(error),
      targets: [],
      builds: [],
      alertmanagers: 0,
    };
  }
}
