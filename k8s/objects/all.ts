import type { BundleFile } from '../../installer/src/model/bundle.ts';
import type { Workload } from '../../installer/src/model/workload.ts';
import { configMaps, type ConfigMapEntry } from '../config-maps.ts';
import type { Environment } from '../environment.ts';
import type { Manifest } from '../manifest.ts';
import { hostOf } from '../pods/beside.ts';
import { ACCOUNT, accountFiles } from '../pods/volumes.ts';
import { backupObjects } from './backups.ts';
import { availability } from './availability.ts';
import { entry } from './entry.ts';
import { namespace } from './namespace.ts';
import { networkPolicies } from './network-policies.ts';
import { operatorObjects } from './operator.ts';
import { secrets } from './secrets.ts';
import { services } from './services.ts';
import { controller } from './workloads.ts';

/** Everything of one environment: objects, and what ConfigMaps are made of. */
export type Rendered = {
  readonly manifests: readonly Manifest[];
  readonly configMaps: readonly ConfigMapEntry[];
};

/** An environment as Kubernetes objects. `files` are its rendered config files. Pure. */
export function renderEnvironment(
  environment: Environment,
  files: readonly BundleFile[],
): Rendered {
  const { catalog, config } = environment;
  const { kubernetes, release } = config;
  const byOperator = (workload: Workload): boolean =>
    kubernetes.monitoring === 'operator' && workload.component === 'prometheus';
  const kept = files.filter(
    ({ path }) => kubernetes.monitoring === 'plain' || !path.startsWith('config/prometheus/'),
  );
  const configs = configMaps(kept);
  const settings = {
    version: release.version,
    configs,
    ...(kubernetes.pullSecret === undefined ? {} : { pullSecret: kubernetes.pullSecret }),
  };
  const prometheus = catalog.workloads.find(byOperator);
  return {
    manifests: [
      ...namespace(environment),
      ...networkPolicies(environment),
      ...secrets(environment),
      ...catalog.workloads.flatMap((workload) => [
        ...(byOperator(workload) || hostOf(workload) !== undefined
          ? []
          : [controller(workload, environment, settings)]),
        ...services(workload, catalog.workloads),
        ...availability(workload, environment),
      ]),
      ...backupObjects(environment, settings),
      ...(prometheus ? operatorObjects(environment, prometheus) : []),
      ...entry(environment),
    ],
    configMaps: [...configs, ...catalog.workloads.flatMap(account)],
  };
}

/** The user of PostgreSQL under its number here. */
function account(workload: Workload): ConfigMapEntry[] {
  const { component, configMap } = ACCOUNT;
  if (workload.component !== component) return [];
  return [
    {
      name: configMap,
      directory: configMap,
      files: Object.entries(accountFiles(workload)).map(([file, content]) => ({
        key: file,
        path: file,
        mode: 0o444,
        content,
      })),
    },
  ];
}
