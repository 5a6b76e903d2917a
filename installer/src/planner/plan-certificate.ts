import { EDGE } from '../catalog/components/edge.ts';
import type { Observed } from '../model/observed.ts';
import type { ActionOf, PlanBuilder } from '../model/plan.ts';
import type { Desired } from './desired.ts';

/**
 * Brings the certificate of the customer into the instance where it is not the one in use. Before the files are
 * written: no configuration ever names a certificate that is not there.
 */
export function planCertificate(
  builder: PlanBuilder,
  { certificate, catalog }: Desired,
  observed: Observed,
  last: number | undefined,
): number | undefined {
  const { pair, imported } = certificate ?? {};
  if (!pair || pair.id === imported) return undefined;
  const reload = reloadOfEdge(catalog, observed);
  return builder.add({
    action: {
      kind: 'ImportCertificate',
      id: pair.id,
      ...(imported === undefined ? {} : { former: imported }),
    },
    cause:
      imported === undefined
        ? 'the instance has no certificate yet'
        : 'edge.tls.certificateFile and edge.tls.keyFile hold another one',
    dependsOn: [last],
    // What is brought in first replaces nothing; it stays and is used by the next run.
    ...(imported === undefined
      ? {}
      : {
          undo: {
            kind: 'UseCertificate' as const,
            id: imported,
            ...(reload ? { reload } : {}),
          },
        }),
  });
}

/** How the edge takes up what it has now, if it runs. */
function reloadOfEdge(
  { workloads }: Desired['catalog'],
  { containers, instance }: Observed,
): ActionOf<'ReloadConfig'> | undefined {
  const edge = workloads.find(({ id }) => id === EDGE);
  const configHash = instance.appliedConfig[EDGE];
  const runs = containers.some(({ service, state }) => service === EDGE && state === 'running');
  if (!edge?.config || configHash === undefined || !runs) return undefined;
  return { kind: 'ReloadConfig', service: EDGE, reload: edge.config.reload, configHash };
}
