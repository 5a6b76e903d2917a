import type { Workload } from '../installer/src/model/workload.ts';

/** Which step of deploy.sh brings an object in. */
export type Stage =
  'namespace' | 'foundation' | 'database' | 'migrations' | 'services' | 'monitoring' | 'entry';

const STAGE_LABEL = 'factsway.com/stage';
/** Which pods are services: there have to be so many of them. */
const ROLE_LABEL = 'app.kubernetes.io/component';

/** What selects the pods of a component: it may never change, so no version is in it. */
export const selector = (component: string): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/instance': 'factsway',
  'app.kubernetes.io/name': component,
});

/** Labels of every object (Kubernetes documentation, "Recommended Labels"). */
export function labels(
  component: string,
  stage: Stage,
  more: { readonly role?: string; readonly version?: string } = {},
): Record<string, string> {
  return {
    ...selector(component),
    ...(more.role === undefined ? {} : { [ROLE_LABEL]: more.role }),
    ...(more.version === undefined ? {} : { 'app.kubernetes.io/version': more.version }),
    'app.kubernetes.io/part-of': 'factsway',
    'app.kubernetes.io/managed-by': 'factsway-install',
    [STAGE_LABEL]: stage,
  };
}

/** What a pod of it is called among the recommended labels. */
export function roleOf({ component, group }: Pick<Workload, 'component' | 'group'>): string {
  if (group === 'monitoring') return 'monitoring';
  if (group === 'app') return component === 'migrations' ? 'migrations' : 'service';
  return { postgres: 'database', backup: 'backup', updates: 'mirror' }[component] ?? 'proxy';
}

/** The version a pod shows: of what is released together that of the release, of everything else its own. */
export function versionOf(
  { group, image }: Pick<Workload, 'group' | 'image'>,
  release: string,
): string {
  if (group === 'app') return release;
  const [reference = ''] = image.split('@');
  const tag = /:([^/:]+)$/.exec(reference)?.[1];
  return tag ?? 'by-digest';
}

export function stageOf({ component, group }: Pick<Workload, 'component' | 'group'>): Stage {
  if (group === 'monitoring') return 'monitoring';
  if (group === 'app') return component === 'migrations' ? 'migrations' : 'services';
  return component === 'postgres' || component === 'backup' ? 'database' : 'services';
}

/** Slots are of one host: here services have one network. The other slot's has nobody on it that is not on this one. */
const IN_A_CLUSTER: Readonly<Record<string, string>> = { 'app-a': 'app', 'app-b': '' };

/** Networks of Compose a workload is on, by their name in a cluster. */
export const networksOf = ({ networks }: Pick<Workload, 'networks'>): string[] =>
  networks.flatMap(({ name }) => {
    const here = IN_A_CLUSTER[name] ?? name;
    return here === '' ? [] : [here];
  });

export const networkLabel = (network: string): string => `network.factsway.com/${network}`;

/** What a pod carries so that the policies of its networks are for it. */
export const networkLabels = (workload: Pick<Workload, 'networks'>): Record<string, string> =>
  Object.fromEntries(networksOf(workload).map((name) => [networkLabel(name), 'true']));
