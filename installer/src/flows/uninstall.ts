import { isDataVolume } from '../catalog/data-volume.ts';
import type { Footprint, Stays } from '../model/footprint.ts';
import type { Plan } from '../model/plan.ts';
import { shellWord } from '../model/shell.ts';
import { planUninstall, type UninstallPlan } from '../planner/plan-uninstall.ts';
import type { Ports } from '../ports/ports.ts';
import { noteOfLostConfig } from './in-effect.ts';
import { awaitWorkers } from './await-workers.ts';
import { requireDocker } from './check-docker.ts';
import { withLock } from './lock.ts';
import { observeFootprint } from './observe-footprint.ts';
import { instancePaths } from './paths.ts';
import { runPlan, type Consent, type PlanOutcome } from './run-plan.ts';
import { agreeByTyping, nameToType, refuseUnconfirmed } from './typed-consent.ts';

export type UninstallRequest = {
  readonly directory: string;
  readonly purge: boolean;
  /** Host name typed beforehand, of --confirm. */
  readonly confirmed?: string;
  readonly consent: Consent;
};

export type UninstallResult = PlanOutcome & {
  readonly directory: string;
  readonly stays: Stays;
  /** Whether the directory itself is gone, or would go. */
  readonly emptied: boolean;
  /** How to make a last copy of the data by hand; empty where there is none. */
  readonly backup: readonly string[];
};

/** Takes the platform off this host. Its data stays, unless `purge` is agreed to by typing the host name. */
export async function uninstall(
  { directory, purge, confirmed, consent }: UninstallRequest,
  ports: Ports,
): Promise<UninstallResult> {
  await requireDocker(ports);
  await awaitWorkers(directory, ports);
  const lost = await noteOfLostConfig(directory, ports.files);
  if (lost !== undefined && !purge) ports.reporter.warning(lost);
  const first = await observeFootprint(directory, purge, ports);
  const backup = lastBackup(first, purge);
  let found = planUninstall(first, purge);
  const replan = async (): Promise<Plan> => {
    found = planUninstall(await observeFootprint(directory, purge, ports), purge);
    return found.plan;
  };
  const destroys = found.plan.steps.some((step) => step.destroys !== undefined);
  const name = destroys ? await nameToType(directory, ports) : '';
  const typed = {
    name,
    confirmed,
    consent,
    loss: '--purge destroys data for good',
    purpose: 'destroy its data',
    command: `factsway-install uninstall --purge --yes --confirm ${shellWord(name)}`,
  };
  if (destroys && !consent.dryRun) refuseUnconfirmed(typed, ports);
  if (destroys && backup.length > 0 && !consent.dryRun)
    ports.reporter.note(['A last copy of the data, before it is gone:', ...backup].join('\n  '));
  const { unproven } = found.stays;
  if (purge && unproven.length > 0)
    ports.reporter.warning(
      `Nothing shows that ${unproven.join(', ')} are of this directory, so they stay. If they are, they need the passwords in secrets/: keep a copy.`,
    );
  const outcome = await runPlan(
    {
      command: 'uninstall',
      directory,
      project: first.project ?? '',
      plan: found.plan,
      replan,
      consent,
      confirm: true,
      ...(destroys ? { agree: () => agreeByTyping(typed, ports) } : {}),
    },
    ports,
  );
  const emptied = purge && isEmptied(found);
  if (outcome.executed && purge) await sweep(directory, ports);
  return { ...outcome, directory, stays: found.stays, emptied, backup };
}

const isEmptied = ({ stays }: UninstallPlan): boolean =>
  stays.files.length + stays.notOurs.length === 0;

/** The journal and the lock go when the run that wrote them has ended; the directories where they are empty. */
async function sweep(directory: string, ports: Ports): Promise<void> {
  const { files } = ports;
  const paths = instancePaths(directory);
  await withLock(paths, 'uninstall', ports, async () => {
    for (const path of [`${paths.journal}.1`, paths.journal]) await files.remove(path);
  });
  if (await files.removeDirectory(paths.state)) await files.removeDirectory(directory);
}

/** Until there is a backup command: what docs/operations/deployment.md, "Back up", says, for this instance. */
function lastBackup({ directory, containers, volumes }: Footprint, purge: boolean): string[] {
  if (!volumes.some(({ name }) => isDataVolume(name))) return [];
  const where = shellWord(directory);
  const files = `tar --numeric-owner -C ${where} -czf ~/factsway-directory.tar.gz .`;
  const isRunning = containers.some(
    ({ service, state }) => service === 'postgres' && state === 'running',
  );
  // Before a purge the database can still be asked; after a plain uninstallation its volume lies still.
  if (purge && isRunning)
    return [
      `(cd ${where} && docker compose exec -T postgres pg_dumpall -U postgres) | gzip > ~/factsway.sql.gz`,
      files,
    ];
  return [
    ...volumes
      .filter(({ name }) => isDataVolume(name) || name === 'edge-data')
      .map(
        ({ name, fullName }) =>
          `tar --numeric-owner -C "$(docker volume inspect --format '{{ .Mountpoint }}' ${fullName})" -czf ~/${name}.tar.gz .`,
      ),
    files,
  ];
}
