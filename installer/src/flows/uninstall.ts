import { FactswayError } from '../model/errors.ts';
import type { Footprint, Stays } from '../model/footprint.ts';
import type { Plan } from '../model/plan.ts';
import { shellWord } from '../model/shell.ts';
import { planUninstall, type UninstallPlan } from '../planner/plan-uninstall.ts';
import type { Ports } from '../ports/ports.ts';
import { configInEffect, noteOfLostConfig } from './in-effect.ts';
import { awaitWorkers } from './await-workers.ts';
import { requireDocker } from './check-docker.ts';
import { withLock } from './lock.ts';
import { observeFootprint } from './observe-footprint.ts';
import { instancePaths } from './paths.ts';
import { runPlan, type Consent, type PlanOutcome } from './run-plan.ts';

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
  if (destroys && !consent.dryRun) refuseUnconfirmed(name, { confirmed, consent }, ports);
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
      ...(destroys ? { agree: () => agree(name, confirmed, consent, ports) } : {}),
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

/** The host name the platform was made for; where nothing tells it, that of this machine. */
async function nameToType(directory: string, { files, host }: Ports): Promise<string> {
  try {
    return (await configInEffect(directory, files)).config.host.name;
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
    return host.hostname();
  }
}

function refuseUnconfirmed(
  name: string,
  { confirmed, consent }: Pick<UninstallRequest, 'consent'> & { confirmed: string | undefined },
  { prompter }: Ports,
): void {
  const full = `factsway-install uninstall --purge --yes --confirm ${shellWord(name)}`;
  if (confirmed !== undefined && confirmed !== name) {
    throw new FactswayError(
      'FW-NOT-CONFIRMED',
      `--confirm says "${confirmed}", but this is the instance of ${name}. Nothing was changed.`,
      `Make sure that it is the one you mean, then: ${full}`,
    );
  }
  if (prompter.interactive || (confirmed !== undefined && consent.yes)) return;
  throw new FactswayError(
    'FW-NOT-CONFIRMED',
    '--purge destroys data for good, and nobody is there to confirm it.',
    `Look at the plan with --dry-run, then: ${full}`,
  );
}

/** Typed, or given beforehand together with a yes: --yes alone never destroys data. */
async function agree(
  name: string,
  confirmed: string | undefined,
  { yes }: Consent,
  { prompter }: Ports,
): Promise<boolean> {
  if (confirmed !== undefined) return yes || prompter.confirm('Carry out this plan?', false);
  const typed = await prompter.text({
    title: `Type the host name ${name} to destroy its data`,
    lines: ['There is no way back. Ctrl-C leaves everything as it is.'],
    suggestion: '',
    back: false,
    check: (text) => (text.trim() === name ? undefined : `This is the instance of ${name}`),
  });
  return typed?.trim() === name;
}

/** Until there is a backup command: what docs/operations/deployment.md, "Back up", says, for this instance. */
function lastBackup({ directory, containers, volumes }: Footprint, purge: boolean): string[] {
  if (!volumes.some(({ name }) => name === 'postgres-data')) return [];
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
      .filter(({ name }) => name === 'postgres-data' || name === 'edge-data')
      .map(
        ({ name, fullName }) =>
          `tar --numeric-owner -C "$(docker volume inspect --format '{{ .Mountpoint }}' ${fullName})" -czf ~/${name}.tar.gz .`,
      ),
    files,
  ];
}
