import { hasBackups } from '../../catalog/backup-rules.ts';
import { externalPostgres } from '../../catalog/database-access.ts';
import type { InstanceConfig } from '../../model/config.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import {
  POSTGRES_VERSIONS,
  postgresVersion,
  type PostgresVersion,
} from '../../model/postgres-version.ts';
import type { Desired } from '../../planner/desired.ts';
import type { MajorVolume } from '../../planner/plan-postgres.ts';
import type { Ports } from '../../ports/ports.ts';
import { refuseOtherRelease } from '../apply.ts';
import { awaitWorkers } from '../await-workers.ts';
import { keepCopy } from '../backups/copy-instance.ts';
import { refuseRecovering } from '../backups/recovering.ts';
import { requireDocker } from '../check-docker.ts';
import { desire } from '../desire.ts';
import { readDataVolume, unfinishedMove, type DataVolumeRecord } from '../data-volume.ts';
import { getImages } from '../get-images.ts';
import { configInEffect } from '../in-effect.ts';
import { requireServing } from '../look-again.ts';
import { requireInstance } from '../resolve-config.ts';
import { runPlan, type Consent, type PlanOutcome } from '../run-plan.ts';
import { refuseHalfway } from '../staged-secret.ts';
import { majorOfVolume } from './major.ts';

export type ChangeResult = PlanOutcome & {
  readonly from: MajorVolume;
  readonly to: MajorVolume;
};

export type Standing = {
  readonly config: InstanceConfig;
  readonly record: DataVolumeRecord | undefined;
  /** The volume that is served, and what made it. */
  readonly current: MajorVolume;
  readonly wanted: PostgresVersion;
};

/** Throws FW-POSTGRES-TARGET. */
export function readVersion(text: string, command: string): PostgresVersion {
  const version = postgresVersion(text);
  if (version !== undefined) return version;
  throw new FactswayError(
    'FW-POSTGRES-TARGET',
    `There is no image of PostgreSQL "${text}"; there is ${POSTGRES_VERSIONS.join(' and ')}.`,
    `For example: factsway-install ${command} --postgres ${POSTGRES_VERSIONS.at(-1) ?? ''}`,
  );
}

/**
 * What has to be so before either way is planned. Throws FW-POSTGRES-EXTERNAL, FW-POSTGRES-BACKUPS, and
 * FW-POSTGRES-UNFINISHED where another change was cut off.
 */
export async function lookAtPostgres(
  {
    directory,
    text,
    command,
  }: { directory: string; text: string; command: 'upgrade' | 'rollback' },
  ports: Ports,
): Promise<Standing> {
  const wanted = readVersion(text, command);
  await requireInstance(directory, ports.files);
  const { config } = await configInEffect(directory, ports.files);
  if (externalPostgres(config))
    throw new FactswayError(
      'FW-POSTGRES-EXTERNAL',
      'postgres.mode is external: the database is on a PostgreSQL of your own. Nothing was changed.',
      'Whoever runs that PostgreSQL upgrades it; stop the services meanwhile: factsway-install down',
    );
  if (!hasBackups({ config }))
    throw new FactswayError(
      'FW-POSTGRES-BACKUPS',
      'Without backups there is no restore point to fall back on (backup.mode is off). Nothing was changed.',
      `Switch them on: factsway-install up --set backup.mode=on   then: factsway-install ${command} --postgres ${wanted}`,
    );
  await requireDocker(ports);
  await awaitWorkers(directory, ports);
  await refuseRecovering(directory, ports.files);
  await refuseHalfway(directory, ports.files);
  const record = await readDataVolume(directory, ports.files);
  const move = unfinishedMove(record);
  if (move && (record?.postgres !== wanted || (move.back === true) !== (command === 'rollback')))
    throw new FactswayError(
      'FW-POSTGRES-UNFINISHED',
      `A change to PostgreSQL ${record?.postgres ?? ''} was cut off once the database had moved. Nothing was changed.`,
      `Finish it first: factsway-install ${move.back ? 'rollback' : 'upgrade'} --postgres ${record?.postgres ?? ''}`,
    );
  const postgres = await majorOfVolume(directory, config.project, ports);
  if (postgres === undefined)
    throw new FactswayError(
      'FW-POSTGRES-TARGET',
      'There is no database yet. Nothing was changed.',
      `Say which PostgreSQL is to make it: factsway-install up --set postgres.version=${wanted}`,
    );
  return { config, record, current: { generation: record?.generation ?? 1, postgres }, wanted };
}

type Preparing = Pick<Change, 'directory' | 'command' | 'consent'> & {
  readonly wanted: PostgresVersion;
  /** The volume that PostgreSQL is to run from. */
  readonly generation: number;
};

/** What is desired with the other version; the plan that gets its images where they are not all here yet. */
export async function prepareVersion(
  { directory, command, consent, wanted, generation }: Preparing,
  ports: Ports,
): Promise<{ readonly missing: Plan } | { readonly desired: Desired }> {
  const wish = { directory, sets: [`postgres.version=${wanted}`], dataGeneration: generation };
  const got = await getImages(
    wish,
    {
      command,
      title: `Get the images of PostgreSQL ${wanted}`,
      consent,
      inspect: () => Promise.resolve(),
    },
    ports,
  );
  return got.complete ? { desired: await desire(wish, ports) } : { missing: got.plan };
}

export type Change = {
  readonly directory: string;
  readonly command: 'upgrade' | 'rollback';
  readonly desired: Desired;
  readonly look: () => Promise<Plan>;
  readonly consent: Consent;
  readonly agree?: () => Promise<boolean>;
};

/** Shows the plan, has it confirmed and carries it out. */
export async function carryOutChange(
  { directory, command, desired, look, consent, agree }: Change,
  ports: Ports,
): Promise<PlanOutcome> {
  await refuseOtherRelease(desired, false, ports);
  const { config } = desired.catalog.context;
  const outcome = await runPlan(
    {
      command,
      directory,
      project: config.project,
      desired,
      plan: await look(),
      replan: look,
      consent,
      confirm: true,
      // Until the files are written what is stopped and started is what was there.
      appliedFrom: 'WriteBundle',
      ...(agree ? { agree } : {}),
    },
    ports,
  );
  if (outcome.executed) {
    await requireServing(desired.catalog, ports);
    await keepCopy(desired.catalog, ports);
  }
  return outcome;
}
