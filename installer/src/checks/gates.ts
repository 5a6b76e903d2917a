import { alertGroups } from '../../../monitoring/rules.ts';
import { monitoringContext } from '../catalog/monitoring-context.ts';
import { SERVICES } from '../catalog/services/index.generated.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { externalPostgres } from '../catalog/database-access.ts';
import { fail, pass, type CheckResult } from '../model/check-result.ts';
import { releaseImages } from '../planner/refusals.ts';
import { analyseAlerting } from './analysers/alerting.ts';
import { analyseConfigFiles } from './analysers/config-files.ts';
import { analyseContainers, analyseExposure } from './analysers/containers.ts';
import { analyseDatabase } from './analysers/database.ts';
import { analyseExternalDatabase } from './analysers/external-database.ts';
import { analyseEdge } from './analysers/edge.ts';
import { analyseMetrics } from './analysers/metrics.ts';
import { analyseMigrations } from './analysers/migrations.ts';
import { analyseSecrets } from './analysers/secrets.ts';
import { analyseServiceContract } from './analysers/service-contract.ts';
import { analyseUpdates } from './analysers/updates.ts';
import { analyseVersions } from './analysers/versions.ts';
import { collectAlertmanager } from './collectors/alertmanager-state.ts';
import { collectConfigFiles } from './collectors/config-files.ts';
import { collectDatabaseFacts } from './collectors/database-facts.ts';
import { collectExternalDatabase } from './collectors/external-database.ts';
import { collectEdgeAnswers } from './collectors/edge-answers.ts';
import type { InstanceView } from './collectors/instance-view.ts';
import { collectMigrationStatus } from './collectors/migration-status.ts';
import { collectPrometheus } from './collectors/prometheus-state.ts';
import { collectSecretFacts } from './collectors/secret-facts.ts';
import { collectUpdatesAnswer } from './collectors/updates-answer.ts';

export type Gate = {
  readonly name: string;
  /** What a passed gate proves, as a sentence. */
  readonly proves: string;
  readonly run: (view: InstanceView) => Promise<CheckResult>;
  /** False where the gate has nothing to look at in this instance. */
  readonly applies?: (catalog: Catalog) => boolean;
};

const has = (catalog: Catalog, component: string): boolean =>
  catalog.workloads.some((workload) => workload.component === component);

/** The gates of `verify`, in the order they are shown. Each pairs a collector with an analyser. */
export const GATES: readonly Gate[] = [
  {
    name: 'containers',
    proves: 'Every container exists, runs and is healthy; the migrations ended well.',
    run: async (view) => analyseContainers(view.catalog.workloads, await view.containers()),
  },
  {
    name: 'versions',
    proves:
      'Images, /health and factsway_build_info of all services name the version of the release.',
    run: async (view) => {
      const images = await view.ports.docker.images(releaseImages(view.catalog.workloads));
      return analyseVersions(
        view.catalog.context.config.release.version,
        Object.values(images),
        await view.endpoints(),
      );
    },
  },
  {
    name: 'migrations',
    proves: 'The schema is at the head of the release, and no applied migration was edited.',
    run: async (view) => analyseMigrations(await collectMigrationStatus(view)),
  },
  {
    name: 'contract',
    proves:
      'Every service answers its health endpoints and /metrics as the platform contract says.',
    run: async (view) => analyseServiceContract(await view.endpoints()),
  },
  {
    name: 'database',
    proves:
      'PostgreSQL answers, its three roles have no more rights than they need, checksums are on; of your own PostgreSQL all that preflight asks of it.',
    run: async (view) =>
      externalPostgres(view.catalog.context.config)
        ? analyseExternalDatabase(await collectExternalDatabase(view), view.catalog.context)
        : analyseDatabase(await collectDatabaseFacts(view)),
  },
  {
    name: 'edge',
    proves:
      'Every public route reaches its service through the proxy, with a certificate that checks out; the runbooks that alerts link to are there.',
    run: async (view) => analyseEdge(await collectEdgeAnswers(view)),
  },
  {
    name: 'configuration',
    proves:
      'Prometheus, Alertmanager and the edge would take up their configuration files as they are on disk, edits by hand included.',
    run: async (view) => analyseConfigFiles(await collectConfigFiles(view)),
  },
  {
    name: 'metrics',
    proves:
      'Prometheus scrapes every component, every target is up, and the build of each service is on record.',
    run: async (view) =>
      analyseMetrics(await collectPrometheus(view), {
        jobs: [
          ...SERVICES.map(({ name }) => name),
          'prometheus',
          'alertmanager',
          'edge',
          'node',
          'postgres',
          'blackbox',
          'probe',
          ...(has(view.catalog, 'backup') ? ['backup'] : []),
          ...(has(view.catalog, 'updates') ? ['updates'] : []),
          ...(has(view.catalog, 'grafana') ? ['grafana'] : []),
        ],
        services: SERVICES.map(({ name }) => name),
        version: view.catalog.context.config.release.version,
        prometheusPort: view.catalog.context.config.monitoring.prometheusPort,
      }),
  },
  {
    name: 'alerting',
    proves:
      'Prometheus has loaded every alert of the catalogue and can evaluate it; Alertmanager takes what fires.',
    run: async (view) =>
      analyseAlerting(
        await collectPrometheus(view),
        await collectAlertmanager(view),
        alertGroups(monitoringContext(view.catalog)).flatMap(({ rules }) =>
          rules.map(({ name }) => name),
        ),
      ),
  },
  {
    name: 'grafana',
    proves: 'Grafana answers behind the proxy.',
    applies: (catalog) => has(catalog, 'grafana'),
    run: async (view) => {
      const container = (await view.containers()).find(({ service }) => service === 'grafana');
      return container?.health === 'healthy'
        ? pass('grafana', 'Grafana is healthy')
        : fail(
            'grafana',
            `Grafana is ${container?.health ?? 'missing'}`,
            'Look at it: factsway-install logs grafana',
          );
    },
  },
  {
    name: 'updates',
    proves: 'The mirror of desktop updates answers behind the proxy, with a manifest.',
    applies: (catalog) => has(catalog, 'updates'),
    run: async (view) => analyseUpdates(await collectUpdatesAnswer(view)),
  },
  {
    name: 'exposure',
    proves: 'No port is published but the declared ones; monitoring listens on loopback only.',
    run: async (view) => analyseExposure(view.catalog.workloads, await view.containers()),
  },
  {
    name: 'secrets',
    proves:
      'Secret files are private, their containers can read them, and no value shows in an environment listing.',
    run: async (view) => analyseSecrets(await collectSecretFacts(view)),
  },
];
