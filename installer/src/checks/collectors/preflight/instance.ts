import { join } from 'node:path';
import { holdsData } from '../../../catalog/data-volume.ts';
import { ROLES } from '../../../catalog/roles.ts';
import type {
  DatabaseSizeFacts,
  PortFacts,
  ProjectFacts,
  SecretFileFacts,
} from '../../facts-preflight.ts';
import type { SecretFile } from '../../../model/bundle.ts';
import { closedTo } from '../../../model/secret-access.ts';
import { collectAbsentAddresses, collectBusyPorts } from '../busy-ports.ts';
import type { PreflightView } from './view.ts';

export async function collectPorts(view: PreflightView): Promise<PortFacts> {
  const { host, machine } = view.ports;
  const { workloads } = view.catalog;
  const containers = await view.containers();
  const busy = await collectBusyPorts(workloads, containers, host);
  const held = await Promise.all(
    busy.map(async (port) => ({
      ...port,
      holder: (await machine.portHolder(port.port).catch(() => undefined)) ?? '',
    })),
  );
  return {
    wanted: workloads.flatMap(({ ports }) => ports).length,
    absent: await collectAbsentAddresses(workloads, containers, host),
    busy: held,
  };
}

export async function collectProject(view: PreflightView): Promise<ProjectFacts> {
  const containers = await view.containers();
  const directories = new Set(containers.map(({ workingDirectory }) => workingDirectory));
  directories.delete(view.directory);
  return { elsewhere: [...directories].sort(), containers: containers.length };
}

/** Whether each secret is there and holds something; no value leaves this function. */
export async function collectSecretFiles(view: PreflightView): Promise<SecretFileFacts> {
  const { files, docker } = view.ports;
  const volumes = await view
    .fact('project')
    // Data of a project from elsewhere is not ours, and its secrets are not lost; that has a check of its own.
    .then(({ elsewhere }) =>
      elsewhere.length > 0 ? [] : docker.volumes(view.catalog.context.config.project),
    )
    // Without an engine nobody knows of data; what is on the disk can be judged all the same.
    .catch((): string[] => []);
  // Before there are containers, whoever put a secret there need not know their users.
  const exists = await files.exists(join(view.directory, 'state/manifest.json')).catch(() => false);
  const stateOf = async ({ name, readers }: SecretFile) => {
    try {
      const path = join(view.directory, 'secrets', name);
      const text = await files.readText(path);
      if (text === undefined) return 'absent';
      if (text.trim() === '') return 'empty';
      const found = await files.stat(path);
      return exists && found && closedTo(found, { readers }).length > 0 ? 'closed' : 'fine';
    } catch {
      return 'unreadable';
    }
  };
  return {
    files: await Promise.all(
      view.catalog.secrets.map(async (secret) => {
        const { name, unlocks } = secret;
        const isUsed = unlocks !== undefined && holdsData(volumes, unlocks);
        return { name, state: await stateOf(secret), unlocks: isUsed ? unlocks : undefined };
      }),
    ),
  };
}

/** How large the database is, by itself; for an installation only whether there is one. */
export async function collectDatabaseSize(view: PreflightView): Promise<DatabaseSizeFacts> {
  const { docker } = view.ports;
  const { project, postgres } = view.catalog.context.config;
  await view.fact('engine');
  const exists = holdsData(await docker.volumes(project), 'postgres-data');
  const container = (await view.containers()).find(({ service }) => service === 'postgres');
  if (view.purpose === 'install' || container?.state !== 'running')
    return { exists, bytes: undefined };
  const { exitCode, stdout } = await docker.exec(container.id, [
    'psql',
    '-XAtq',
    '-U',
    ROLES.superuser,
    '-d',
    postgres.database,
    '-c',
    'SELECT sum(pg_database_size(oid)) FROM pg_database',
  ]);
  const bytes = Number(stdout.trim());
  return { exists, bytes: exitCode === 0 && Number.isFinite(bytes) ? bytes : undefined };
}
