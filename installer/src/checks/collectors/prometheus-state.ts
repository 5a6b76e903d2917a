import { missingSeries } from '../../../../monitoring/missing-series.ts';
import { monitoringContext } from '../../catalog/monitoring-context.ts';
import type { PrometheusState, RuleState } from '../facts.ts';
import type { InstanceView } from './instance-view.ts';

type TargetsAnswer = {
  data: {
    activeTargets: {
      labels: { job: string; instance: string };
      health: string;
      lastError: string;
      /** RFC 3339; year 1 before the first. */
      lastScrape: string;
    }[];
  };
};
type QueryAnswer = { data: { result: { metric: Record<string, string> }[] } };
type AlertmanagersAnswer = { data: { activeAlertmanagers: unknown[] } };
type RulesAnswer = {
  data: {
    groups: {
      rules: {
        name: string;
        health: string;
        lastError?: string;
        labels: Record<string, string>;
        alerts: { state: string; annotations: Record<string, string> }[];
      }[];
    }[];
  };
};

/**
 * Series of the last two scrapes. A Prometheus that was stopped between two releases never learnt that the series of
 * the former ended, and shows its last sample for five minutes.
 */
const BUILDS = 'factsway_build_info and time() - timestamp(factsway_build_info) < 35';

type View = Pick<InstanceView, 'catalog' | 'startedMs'> & {
  readonly ports: Pick<InstanceView['ports'], 'http'>;
};

export async function collectPrometheus(view: View): Promise<PrometheusState> {
  const base = `http://127.0.0.1:${view.catalog.context.config.monitoring.prometheusPort}/api/v1`;
  const ask = async <T>(path: string): Promise<T> =>
    JSON.parse((await view.ports.http.request({ url: `${base}${path}` })).body) as T;
  try {
    const query = (text: string): Promise<QueryAnswer> =>
      ask<QueryAnswer>(`/query?query=${encodeURIComponent(text)}`);
    const [targets, builds, missing, rules, alertmanagers] = await Promise.all([
      ask<TargetsAnswer>('/targets?state=active'),
      query(BUILDS),
      query(missingSeries(monitoringContext(view.catalog))),
      ask<RulesAnswer>('/rules?type=alert'),
      ask<AlertmanagersAnswer>('/alertmanagers'),
    ]);
    return {
      unreachable: '',
      targets: targets.data.activeTargets.map(({ labels, health, lastError, lastScrape }) => ({
        job: labels.job,
        instance: labels.instance,
        health,
        lastError,
        stale: Date.parse(lastScrape) < view.startedMs,
      })),
      builds: builds.data.result.map(({ metric }) => ({
        service: metric['service'] ?? '',
        version: metric['version'] ?? '',
      })),
      alertmanagers: alertmanagers.data.activeAlertmanagers.length,
      missing: missing.data.result.map(({ metric }) => ({
        service: metric['service'] ?? '',
        metric: metric['metric'] ?? '',
      })),
      rules: rules.data.groups.flatMap((group) => group.rules.map(ruleState)),
    };
  } catch (error) {
    return {
      unreachable: error instanceof Error ? error.message : String(error),
      targets: [],
      builds: [],
      alertmanagers: 0,
      missing: [],
      rules: [],
    };
  }
}

function ruleState(rule: RulesAnswer['data']['groups'][number]['rules'][number]): RuleState {
  return {
    alert: rule.name,
    health: rule.health,
    lastError: rule.lastError ?? '',
    severity: rule.labels['severity'] ?? '',
    firing: rule.alerts
      .filter(({ state }) => state === 'firing')
      .map(({ annotations }) => annotations['summary'] ?? rule.name),
  };
}
