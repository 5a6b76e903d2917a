import type { InstanceConfig } from '../model/config.ts';
import { FactswayError } from '../model/errors.ts';
import type { MaintenanceWish } from '../model/maintenance.ts';
import type { ReleaseChange } from '../model/release-change.ts';
import { readReleaseHistory, type ReleaseHistory } from '../model/release-history.ts';
import { roughly, tooLittleSpace } from '../model/restore-point-refusals.ts';
import { compareVersions } from '../model/version.ts';
import type { Desired } from '../planner/desired.ts';
import { expectedDowntime } from '../planner/expected-downtime.ts';
import { describeReleasePath, refuseReleasePath, releasePath } from '../planner/release-path.ts';
import type { Ports } from '../ports/ports.ts';
import { requireBackupSinceRestore } from './backups/since-restore.ts';
import { Alertmanager } from './alertmanager.ts';
import { findOutdated } from './outdated-releases.ts';
import { instancePaths } from './paths.ts';
import { noPointReason, openPoints, pointId } from './restore-points/open-points.ts';
import { readUpgradeRecord } from './upgrade-record.ts';

/** Longer than an upgrade takes; a run that is killed leaves nobody deaf for longer. */
const SILENCE_MINUTES = 30;
/** By this the silence of an earlier run is told from one that an administrator opened. */
const SILENCE_COMMENT = 'another release takes over';

export type ReleaseWish = {
  readonly from: string;
  readonly to: string;
  readonly strategy: 'slots' | 'recreate';
  readonly allowContract: boolean;
  readonly restore?: string;
};

/** What a plan does for another release, and what its reader should know of it beforehand. */
export type PreparedRelease = {
  readonly change: ReleaseChange;
  readonly notes: readonly string[];
};

/**
 * Looks at what lies between two releases, and refuses what cannot be done: FW-UPGRADE-DOWN, FW-REQUIRED-STOP,
 * FW-UPGRADE-CONTRACT, FW-UPGRADE-MEMORY, FW-RESTORE-POINT-SPACE. Reads only.
 */
export async function prepareUpgrade(
  wish: ReleaseWish,
  { catalog, directory }: Desired,
  ports: Ports,
): Promise<PreparedRelease> {
  const { from, to, strategy } = wish;
  const { config, sizing } = catalog.context;
  const history = await historyOf(catalog, ports);
  const path = releasePath({ from, to, history });
  refuseReleasePath(path);
  await requireBackupSinceRestore(catalog.context, ports);
  const contract = path.migrations.filter(({ kind }) => kind === 'contract');
  const oneWay = path.migrations.filter(({ kind, down }) => kind === 'contract' || !down);
  if (contract.length > 0 && !wish.allowContract) throw refusedContract(contract, to);
  if (oneWay.length > 0 && strategy === 'slots') throw refusedBeside(oneWay, to);
  if (strategy === 'slots' && !sizing.twoSlots.value)
    throw refusedMemory(sizing.twoSlots.because, to);
  const mayMigrate = !path.known || path.migrations.length > 0;
  const [point, silence, replaced, downtime, outdated] = await Promise.all([
    mayMigrate && path.direction === 'up'
      ? planPoint(config, `before the migrations of ${to}`, ports)
      : NO_POINT,
    planSilence(config, ports),
    listReplaced(config, ports),
    describeDowntime(directory, strategy, ports),
    path.direction === 'up'
      ? whereItRuns(findOutdated({ directory, config, to }, ports)).then((found) => found ?? NONE)
      : NONE,
  ]);
  return {
    change: {
      kind: 'upgrade',
      from,
      to,
      strategy,
      replaced,
      outdated,
      ...silence,
      ...backupBefore(config, from, to),
      ...(point.id === undefined
        ? {}
        : { restorePoint: { id: point.id, reason: `upgrade to ${to}` } }),
      ...(wish.allowContract ? { allowContract: true } : {}),
      ...(oneWay.length > 0 ? { oneWay: true } : {}),
    },
    notes:
      path.direction === 'same'
        ? []
        : [
            `${from} → ${to}`,
            ...describeReleasePath(path),
            ...(path.known && path.migrations.length === 0 ? ['No migrations.'] : []),
            ...point.notes,
            `Memory: ${sizing.twoSlots.because}`,
            downtime,
          ],
  };
}

const backupBefore = ({ backup }: InstanceConfig, from: string, to: string) =>
  backup.mode === 'on' && from !== to ? { backup: true as const } : {};

/** The same for the way back. Throws FW-ROLLBACK-SCHEMA where the schema of now does not allow it. */
export async function prepareRollback(
  wish: ReleaseWish,
  { serving, desired }: { readonly serving: ReleaseHistory | undefined; readonly desired: Desired },
  ports: Ports,
): Promise<PreparedRelease> {
  const { from, to, strategy, restore } = wish;
  const { config, sizing } = desired.catalog.context;
  const inTheWay = (serving?.migrations ?? []).filter(
    ({ kind, release }) => kind === 'contract' && compareVersions(release, to) > 0,
  );
  if (restore === undefined && inTheWay.length > 0)
    throw new FactswayError(
      'FW-ROLLBACK-SCHEMA',
      `${inTheWay.map(({ name }) => name).join(', ')} removed from the database what ${to} needs: it cannot serve on it. Nothing was changed.`,
      noPointReason(config) === undefined
        ? 'Go back with the database of before, which loses what was written since: factsway-install database points, then factsway-install rollback --point ID'
        : `Have whoever runs your PostgreSQL put it back to a backup from before ${from}, which loses what was written since; then: factsway-install rollback`,
    );
  if (strategy === 'slots' && !sizing.twoSlots.value)
    throw refusedMemory(sizing.twoSlots.because, to, 'rollback');
  const point =
    restore === undefined
      ? NO_POINT
      : await planPoint(config, `before going back to ${restore}`, ports);
  if (restore !== undefined) await openPoints(config, ports).check(restore);
  const silence = await planSilence(config, ports);
  return {
    change: {
      kind: 'rollback',
      from,
      to,
      strategy,
      replaced: [],
      ...silence,
      ...backupBefore(config, from, to),
      ...(point.id === undefined
        ? {}
        : { restorePoint: { id: point.id, reason: `rollback to ${to}` } }),
      ...(restore === undefined ? {} : { restore }),
    },
    notes:
      from === to
        ? []
        : [
            `${from} → ${to}, which served before`,
            ...point.notes,
            await describeDowntime(desired.directory, strategy, ports),
          ],
  };
}

/** What the migrations image of a catalogue says of its release; undefined where it is not here, or says nothing. */
export async function historyOf(
  catalog: Desired['catalog'],
  { docker }: Pick<Ports, 'docker'>,
): Promise<ReleaseHistory | undefined> {
  const image = catalog.workloads.find(({ kind }) => kind === 'one-shot')?.image;
  if (image === undefined) return undefined;
  const found = (await docker.images([image]))[image];
  return readReleaseHistory(found?.release, image);
}

/** What only a PostgreSQL that runs can tell: where it does not, a plan starts it first. */
async function whereItRuns<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FactswayError && error.code === 'FW-NOT-RUNNING') return undefined;
    throw error;
  }
}

type PlannedPoint = { readonly id?: string; readonly notes: readonly string[] };
const NO_POINT: PlannedPoint = { notes: [] };
const NONE = { images: [], points: [] } as const;

async function planPoint(
  config: InstanceConfig,
  what: string,
  ports: Ports,
): Promise<PlannedPoint> {
  const none = noPointReason(config);
  if (none !== undefined) return { notes: [none] };
  const space = await whereItRuns(openPoints(config, ports).space());
  const id = pointId(ports.clock.now());
  if (!space)
    return { id, notes: [`Restore point ${id} ${what}, once PostgreSQL runs and there is room.`] };
  if (space.neededBytes > space.freeBytes) throw tooLittleSpace('The restore point', space);
  return {
    id,
    notes: [
      `Restore point ${id} ${what}: up to ${roughly(space.neededBytes)}, ${roughly(space.freeBytes)} are free.`,
    ],
  };
}

/** None where nobody would hear of anything, and where an administrator keeps it silent already. */
async function planSilence(
  { project, monitoring }: InstanceConfig,
  ports: Ports,
): Promise<Pick<ReleaseChange, 'silence' | 'silent'>> {
  const containers = await ports.docker.containers(project);
  const runs = containers.some(
    ({ service, state }) => service === 'alertmanager' && state === 'running',
  );
  if (!runs) return {};
  const port = monitoring.alertmanagerPort;
  const open = await new Alertmanager(ports.http, port).maintenance();
  if (open.some(({ comment }) => comment !== SILENCE_COMMENT)) return {};
  const silence: MaintenanceWish = {
    port,
    minutes: SILENCE_MINUTES,
    comment: SILENCE_COMMENT,
    author: `factsway-install on ${ports.host.hostname()}`,
  };
  return { silence, ...(open.length > 0 ? { silent: true } : {}) };
}

async function listReplaced(config: InstanceConfig, ports: Ports): Promise<readonly string[]> {
  if (noPointReason(config) !== undefined) return [];
  return (await whereItRuns(openPoints(config, ports).replaced())) ?? [];
}

async function describeDowntime(
  directory: string,
  strategy: ReleaseWish['strategy'],
  { files }: Pick<Ports, 'files'>,
): Promise<string> {
  if (strategy === 'recreate')
    return 'Expected downtime: from the end of the services that serve to the start of the new ones; a page says so meanwhile.';
  const { seconds, from } = expectedDowntime(
    await readUpgradeRecord(instancePaths(directory), files),
  );
  return `Expected downtime: none${seconds === null ? '' : ` (${from}: ${seconds} s)`}.`;
}

function refusedContract(contract: readonly { readonly name: string }[], to: string) {
  return new FactswayError(
    'FW-UPGRADE-CONTRACT',
    `${contract.map(({ name }) => name).join(', ')} of ${to} removes what the release that serves needs: after it there is no rollback but a restore.`,
    `Where that is wanted: factsway-install upgrade --to ${to} --allow-contract --strategy recreate`,
  );
}

function refusedBeside(oneWay: readonly { readonly name: string }[], to: string) {
  return new FactswayError(
    'FW-UPGRADE-CONTRACT',
    `${oneWay.map(({ name }) => name).join(', ')} of ${to} cannot be taken back while people work: they run behind a maintenance page, with a restore point to go back to.`,
    `Choose a quiet hour: factsway-install upgrade --to ${to} --strategy recreate`,
  );
}

function refusedMemory(because: string, to: string, command = 'upgrade') {
  const target = command === 'upgrade' ? ` --to ${to}` : '';
  return new FactswayError(
    'FW-UPGRADE-MEMORY',
    `There is no room for two releases beside each other: ${because}.`,
    `Behind a maintenance page it needs no more than now: factsway-install ${command}${target} --strategy recreate`,
  );
}
