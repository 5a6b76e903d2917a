import { backupListSchema, type BackupType, type ListedBackup } from '../../model/backup.ts';
import { PlanBuilder, type ActionOf, type Plan } from '../../model/plan.ts';
import type { Ports } from '../../ports/ports.ts';
import { requireDocker } from '../check-docker.ts';
import { configInEffect } from '../in-effect.ts';
import { runPlan, type Consent, type PlanOutcome } from '../run-plan.ts';
import { Keeper } from './keeper.ts';

export type CreateBackupRequest = {
  readonly directory: string;
  readonly type: BackupType;
  /** Readable after "because". */
  readonly reason: string;
  readonly consent: Consent;
};

/** The newest of a place. */
export type NewestBackup = ListedBackup & { readonly place: string };

/** Makes a backup in every place, while the platform serves, and puts a copy of the instance directory beside it. */
export async function createBackup(
  { directory, type, reason, consent }: CreateBackupRequest,
  ports: Ports,
): Promise<PlanOutcome & { readonly made: readonly NewestBackup[] }> {
  const { config } = await configInEffect(directory, ports.files);
  const keeper = new Keeper(config, ports.docker);
  await requireDocker(ports);
  const action: ActionOf<'CreateBackup'> = { kind: 'CreateBackup', type, reason };
  const builder = new PlanBuilder();
  builder.add({ action, cause: reason });
  const plan = builder.build('Back the database up');
  const replan = (): Promise<Plan> => Promise.resolve(plan);
  const { project } = config;
  const run = { command: 'backup create', directory, project, plan, replan, consent };
  const outcome = await runPlan({ ...run, confirm: true }, ports);
  if (!outcome.executed) return { ...outcome, made: [] };
  const { places } = await keeper.ask(backupListSchema, { argv: ['list'] });
  const made = places.flatMap(({ name, backups }) => {
    const newest = backups.toSorted((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1))[0];
    return newest ? [{ ...newest, place: name }] : [];
  });
  return { ...outcome, made };
}
