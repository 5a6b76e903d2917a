import { addressCollisions } from './address-collisions.ts';
import { addressRanges } from './address-ranges.ts';
import { cgroups } from './cgroups.ts';
import { alertReceivers } from './alert-receivers.ts';
import { backupDirectoryCheck } from './backup-directory.ts';
import type { AnyCheck } from './check.ts';
import { clock } from './clock.ts';
import { compose } from './compose.ts';
import { cores } from './cores.ts';
import {
  database,
  databaseClock,
  databaseConnections,
  databaseRights,
  databaseServer,
} from './external-database.ts';
import { directory } from './directory.ts';
import { diskLatency } from './disk-latency.ts';
import { diskSpace } from './disk-space.ts';
import { dns } from './dns.ts';
import { dockerBoot } from './docker-boot.ts';
import { dockerLocal } from './docker-local.ts';
import { dockerStorage } from './docker-storage.ts';
import { docker } from './docker.ts';
import { hostName } from './host-name.ts';
import { imageArchitecture } from './image-architecture.ts';
import { imageVersions } from './image-versions.ts';
import { images } from './images.ts';
import { inodes } from './inodes.ts';
import { kernel } from './kernel.ts';
import { memoryTwoSlots } from './memory-two-slots.ts';
import { memory } from './memory.ts';
import { openFiles } from './open-files.ts';
import { overcommit } from './overcommit.ts';
import { platform } from './platform.ts';
import { ports } from './ports.ts';
import { project } from './project.ts';
import { proxyAnswers } from './proxy-answers.ts';
import { proxy } from './proxy.ts';
import { registry } from './registry.ts';
import { secretFiles } from './secret-files.ts';
import { tlsChain } from './tls-chain.ts';
import { tlsFilesCheck } from './tls-files.ts';
import { tlsKey } from './tls-key.ts';
import { tlsName } from './tls-name.ts';
import { tlsValidity } from './tls-validity.ts';

/**
 * The checks of `preflight`, in the order they are shown: the server, Docker, the disk, the network, the
 * images, the instance. docs/reference/preflight.md is made from this list.
 */
export const PREFLIGHT_CHECKS: readonly AnyCheck[] = [
  platform,
  kernel,
  cores,
  memory,
  memoryTwoSlots,
  overcommit,
  openFiles,
  clock,
  docker,
  compose,
  dockerLocal,
  dockerStorage,
  dockerBoot,
  cgroups,
  diskSpace,
  inodes,
  diskLatency,
  addressRanges,
  addressCollisions,
  dns,
  hostName,
  proxy,
  proxyAnswers,
  ports,
  registry,
  images,
  imageArchitecture,
  imageVersions,
  directory,
  project,
  secretFiles,
  alertReceivers,
  backupDirectoryCheck,
  tlsFilesCheck,
  tlsKey,
  tlsChain,
  tlsName,
  tlsValidity,
  database,
  databaseServer,
  databaseRights,
  databaseConnections,
  databaseClock,
];
