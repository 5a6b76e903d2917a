import type { PreflightFacts } from '../../facts-preflight.ts';
import { collectAlertSecrets } from '../alert-secrets.ts';
import { collectExternalDatabase } from '../external-database.ts';
import { collectBackupPlace } from './backup-directory.ts';
import { collectClock } from './clock.ts';
import { collectDirectory, collectDisks, collectLatency } from './disks.ts';
import { collectBoot, collectCompose, collectEngine } from './engine.ts';
import { collectImages, collectRegistry } from './images.ts';
import {
  collectDatabaseSize,
  collectPorts,
  collectProject,
  collectSecretFiles,
} from './instance.ts';
import { collectMachine } from './machine.ts';
import { collectDns, collectHostName } from './names.ts';
import { collectNetworks } from './networks.ts';
import { collectProxy, collectProxyAnswers } from './proxy.ts';
import { collectTls } from './tls.ts';
import type { Collector } from './view.ts';

/** Who brings which facts home. */
export const COLLECTORS: { readonly [Name in keyof PreflightFacts]: Collector<Name> } = {
  machine: collectMachine,
  clock: collectClock,
  disks: collectDisks,
  latency: collectLatency,
  directory: collectDirectory,
  engine: collectEngine,
  compose: collectCompose,
  boot: collectBoot,
  networks: collectNetworks,
  ports: collectPorts,
  project: collectProject,
  secrets: collectSecretFiles,
  dns: collectDns,
  hostName: collectHostName,
  proxy: collectProxy,
  proxyAnswers: collectProxyAnswers,
  images: collectImages,
  registry: collectRegistry,
  databaseSize: collectDatabaseSize,
  tls: collectTls,
  externalDatabase: collectExternalDatabase,
  alertSecrets: collectAlertSecrets,
  backupDirectory: collectBackupPlace,
};
