import { configProblems } from './config-problems.ts';
import type { ConfigFilesState } from '../facts.ts';
import { findContainer, type InstanceView } from './instance-view.ts';

/** The last time they were told to read their files again, they could not. */
const NOT_TAKEN_UP = '{__name__=~"(prometheus|alertmanager)_config_last_reload_successful"} == 0';

/** Each program that can says what it would make of its files as they are on disk, without taking them up. */
export async function collectConfigFiles(view: InstanceView): Promise<ConfigFilesState> {
  const able = view.catalog.workloads.filter(({ config }) => config?.check !== undefined);
  const [components, refused] = await Promise.all([
    Promise.all(
      able.map(async (workload) => {
        const service = workload.id;
        const container = await findContainer(view, service);
        if (container?.state !== 'running')
          return { service, unasked: `is ${container?.state ?? 'missing'}`, problems: [] };
        const result = await view.ports.docker.exec(container.id, workload.config?.check ?? []);
        return { service, unasked: '', problems: configProblems(workload, result) };
      }),
    ),
    askRefused(view),
  ]);
  return { components, refused };
}

/** Nobody where Prometheus does not answer: the gates metrics and alerting say that. */
async function askRefused({ catalog, ports }: InstanceView): Promise<string[]> {
  const { prometheusPort } = catalog.context.config.monitoring;
  const url = `http://127.0.0.1:${prometheusPort}/api/v1/query?query=${encodeURIComponent(NOT_TAKEN_UP)}`;
  try {
    const { body } = await ports.http.request({ url });
    const { data } = JSON.parse(body) as {
      data: { result: { metric: Record<string, string> }[] };
    };
    return data.result.map(({ metric }) => metric['service'] ?? '');
  } catch {
    return [];
  }
}
