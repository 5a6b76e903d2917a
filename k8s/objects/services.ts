import type { Workload } from '../../installer/src/model/workload.ts';
import { podsOf } from '../../installer/src/render/config-contexts.ts';
import { labels, roleOf, selector, stageOf } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import { hostOf, sharesPod } from '../pods/beside.ts';
import { isStateful } from '../pods/volumes.ts';
import { scales } from './workloads.ts';

/** On the one Service of a component that Prometheus asks. */
export const SCRAPE_LABEL = 'factsway.com/scrape';

/** Names under which a workload is reached: its own, and one for each of its pods where there are several. */
export function services(workload: Workload, workloads: readonly Workload[]): Manifest[] {
  const { component, listens } = workload;
  if (listens.length === 0) return [];
  const ports = listens.map(({ name, port }) => ({
    name,
    port,
    targetPort: name,
    protocol: 'TCP',
  }));
  const service = (name: string, spec: object, scraped: boolean): Manifest => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      labels: {
        ...labels(component, stageOf(workload), { role: roleOf(workload) }),
        ...(scraped ? { [SCRAPE_LABEL]: 'true' } : {}),
      },
    },
    spec: { ...spec, selector: selector(hostOf(workload) ?? component), ports },
  });
  const isSeveral = scales(workload) || component === 'edge' || isStateful(workload);
  const all = service(
    component,
    {
      type: 'ClusterIP',
      // A pod is ready when all its containers are: a keeper that fails must not take the database from the services.
      ...(sharesPod(workload, workloads) ? { publishNotReadyAddresses: true } : {}),
    },
    !isSeveral,
  );
  const each = service(
    podsOf(component),
    {
      type: 'ClusterIP',
      clusterIP: 'None',
      // One that is not ready is measured as well, and those of a StatefulSet find themselves before they are.
      publishNotReadyAddresses: true,
    },
    true,
  );
  return isSeveral ? [all, each] : [all];
}
