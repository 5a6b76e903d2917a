import type { Workload } from '../../installer/src/model/workload.ts';
import { sha256 } from '../../installer/src/render/digest.ts';
import { SURGE, type Environment } from '../environment.ts';
import { labels, roleOf, selector, stageOf, versionOf } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import { podTemplate, type PodSettings } from '../pods/pod-template.ts';
import { guestsOf } from '../pods/beside.ts';
import { templates } from '../pods/claims.ts';
import { isStateful } from '../pods/volumes.ts';
import { podsOf } from '../../installer/src/render/config-contexts.ts';
import { schemaGate } from './schema-gate.ts';
import { storageOf } from './storage.ts';

/** Replica sets a rollback can go back to. */
const HISTORY = 5;
/** Long enough for the start of a slow image on a busy node. */
const PROGRESS_SECONDS = 900;
/** A finished Job and its log are looked at for a day. */
const JOB_KEPT_SECONDS = 86_400;
/** The longest a migration may take, waiting for the database included. */
const JOB_SECONDS = 3600;

/** The object that keeps, or once runs, the pods of a workload. */
export function controller(
  workload: Workload,
  environment: Environment,
  settings: PodSettings,
): Manifest {
  if (workload.kind === 'one-shot') return job(workload, settings);
  return isStateful(workload)
    ? statefulSet(workload, environment, settings)
    : deployment(workload, environment, settings);
}

const metadata = (workload: Workload, { version }: PodSettings) => ({
  name: workload.component,
  labels: labels(workload.component, stageOf(workload), {
    role: roleOf(workload),
    version: versionOf(workload, version),
  }),
});

/** Pods of a workload: services have an autoscaler, the proxy has two, everything else is one. */
export const scales = ({ group, kind }: Workload): boolean => group === 'app' && kind === 'service';
export const PROXY_REPLICAS = 2;

function deployment(workload: Workload, { catalog }: Environment, settings: PodSettings): Manifest {
  const { component } = workload;
  const several = component === 'edge' ? PROXY_REPLICAS : 1;
  const migrations = catalog.workloads.find(({ kind }) => kind === 'one-shot');
  const gate =
    scales(workload) && migrations ? [schemaGate(workload, migrations, settings)] : undefined;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(workload, settings),
    spec: {
      // How many there are of a service is its autoscaler's to say: a number here would be taken for an order at every apply.
      ...(scales(workload) ? {} : { replicas: several }),
      minReadySeconds: 5,
      revisionHistoryLimit: HISTORY,
      progressDeadlineSeconds: PROGRESS_SECONDS,
      selector: { matchLabels: selector(component) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: SURGE, maxUnavailable: 0 } },
      template: podTemplate(workload, { ...settings, ...(gate ? { initContainers: gate } : {}) }),
    },
  };
}

function statefulSet(
  workload: Workload,
  { config, catalog }: Environment,
  settings: PodSettings,
): Manifest {
  const { component } = workload;
  const guests = guestsOf(workload, catalog.workloads);
  const { storageClass } = config.kubernetes;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(workload, settings),
    spec: {
      replicas: 1,
      minReadySeconds: 5,
      revisionHistoryLimit: HISTORY,
      serviceName: podsOf(component),
      // One pod: a broken revision that never gets ready must not keep the mended one from replacing it.
      podManagementPolicy: 'Parallel',
      // Data outlives whoever deletes or shrinks this object by mistake.
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      selector: { matchLabels: selector(component) },
      updateStrategy: { type: 'RollingUpdate' },
      template: podTemplate(workload, { ...settings, guests }),
      volumeClaimTemplates: templates(workload).map((name) => ({
        metadata: { name, labels: selector(component) },
        spec: {
          accessModes: ['ReadWriteOnce'],
          ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
          resources: { requests: { storage: storageOf(component, config) } },
        },
      })),
    },
  };
}

/** A Job cannot be changed, so its name says of which release and content it is: another one is another Job. */
function job(workload: Workload, settings: PodSettings): Manifest {
  const spec = {
    // Each try waits a minute for PostgreSQL, whose image may still be on its way. One that failed has put everything back.
    backoffLimit: 6,
    activeDeadlineSeconds: JOB_SECONDS,
    ttlSecondsAfterFinished: JOB_KEPT_SECONDS,
    completions: 1,
    parallelism: 1,
    template: podTemplate(workload, settings),
  };
  const mounted = settings.configs.filter(
    ({ directory }) => directory === workload.config?.directory,
  );
  const digest = sha256(JSON.stringify([spec, mounted])).slice(0, 8);
  const { name, labels: own } = metadata(workload, settings);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${name}-${settings.version.replaceAll('.', '-')}-${digest}`, labels: own },
    spec,
  };
}
