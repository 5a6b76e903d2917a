import { EDGE } from '../../catalog/components/edge.ts';
import { isDataVolume } from '../../catalog/data-volume.ts';
import { FactswayError } from '../../model/errors.ts';
import type { InstanceCopy } from '../../model/instance-copy.ts';
import { PlanBuilder, type Plan } from '../../model/plan.ts';
import { shellWord } from '../../model/shell.ts';
import type { Ports } from '../../ports/ports.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { catalogRules } from '../../catalog/config-rules.ts';
import { requireDocker } from '../check-docker.ts';
import { desire } from '../desire.ts';
import { CONFIG_FILE, instancePaths } from '../paths.ts';
import { requireBackupDirectory } from '../require-backup-directory.ts';
import { runPlan, type Consent } from '../run-plan.ts';
import { AUTHORITY_FILES } from './edge-authority.ts';
import { fetchCopy, unusable, type Place, type Told } from './fetch-copy.ts';
import { readRecovering, writeRecovering } from './recovering.ts';
import { restoreBackup, type RestoreResult } from './restore-backup.ts';

export type RecoverRequest = Told & { readonly consent: Consent };

export type RecoverResult = {
  /** When the copy of the instance directory was made that this server is built from. */
  readonly madeAt: string;
  readonly restored: RestoreResult | undefined;
};

/**
 * Builds a lost server anew from its backups, in S3 or in a directory that outlived it, and their key alone: its
 * directory, its secrets, its database (spec 05). Run again after it was cut off it goes on. Throws FW-RECOVER-NOT-EMPTY, FW-RECOVER-COPY, FW-RESTORE-KEY and what
 * a restore throws.
 */
export async function recoverInstance(
  request: RecoverRequest,
  ports: Ports,
): Promise<RecoverResult> {
  const { directory, consent } = request;
  await requireDocker(ports);
  let recovering = await readRecovering(directory, ports.files);
  if (recovering?.stage !== 'database') {
    if (!recovering) await refuseInstance(directory, ports);
    const { copy, key, place } = await fetchCopy(request, ports);
    refuseOtherDirectory(copy, place);
    await refuseData(copy, ports);
    ports.reporter.note(
      `Found the instance of ${hostOf(copy)}, as it was at ${copy.madeAt}: ${copy.files.length} files.`,
    );
    if (consent.dryRun) return { madeAt: copy.madeAt, restored: undefined };
    await agree(copy, request, ports);
    recovering = { stage: 'files', place: place.name, madeAt: copy.madeAt };
    await writeRecovering(directory, recovering, ports.files);
    await writeInstance(directory, copy, key, ports);
    recovering = { ...recovering, stage: 'database' };
    await writeRecovering(directory, recovering, ports.files);
  }
  const { madeAt, place } = recovering;
  if (consent.dryRun) return { madeAt, restored: undefined };
  await startKeeper(directory, ports);
  const restored = await restoreBackup(
    {
      directory,
      target: 'latest',
      place,
      forceLose: undefined,
      confirmed: undefined,
      consent: { yes: true, dryRun: false },
      isNewServer: true,
    },
    ports,
  );
  return { madeAt, restored };
}

async function refuseInstance(directory: string, { files }: Ports): Promise<void> {
  if (!(await files.exists(instancePaths(directory).config))) return;
  throw new FactswayError(
    'FW-RECOVER-NOT-EMPTY',
    `${directory} holds an instance already. Nothing was changed.`,
    'Its database goes back by: factsway-install restore --to latest   A lost server is built anew in a directory of its own: --dir DIR',
  );
}

/** The instance goes on to keep its backups where they are, under the same name. */
function refuseOtherDirectory(copy: InstanceCopy, place: Place): void {
  if (place.name !== 'local') return;
  const { directory } = configOf(copy).backup.local;
  if (directory === place.directory) return;
  throw new FactswayError(
    'FW-RECOVER-PLACE',
    directory === undefined
      ? `These backups come from an instance that kept them in a volume, and not in ${place.directory}. Nothing was changed.`
      : `The instance keeps its backups in ${directory}, and not in ${place.directory}. Nothing was changed.`,
    directory === undefined
      ? 'Install anew and restore the database alone: docs/operations/disaster-recovery.md'
      : `Mount that disk there, then: factsway-install recover --set backup.local.directory=${shellWord(directory)} --key FILE`,
  );
}

/** Two databases of one platform: a person has to say which one is not needed any more. */
async function refuseData(copy: InstanceCopy, { docker }: Ports): Promise<void> {
  const { project } = configOf(copy);
  const volumes = (await docker.volumes(project)).filter(isDataVolume);
  const [first] = volumes;
  if (first === undefined) return;
  throw new FactswayError(
    'FW-RECOVER-NOT-EMPTY',
    `There is data of "${project}" on this server already: ${volumes.join(', ')}. Nothing was changed.`,
    `If nobody needs it, remove it knowingly: docker volume rm ${project}_${first}   then run the command again.`,
  );
}

function configOf(copy: InstanceCopy) {
  const file = copy.files.find(({ path }) => path === CONFIG_FILE);
  if (!file) throw unusable('it has no factsway.yaml');
  const text = Buffer.from(file.content, 'base64').toString('utf8');
  return parseConfig(text, CONFIG_FILE, catalogRules).config;
}

const hostOf = (copy: InstanceCopy): string => configOf(copy).host.name;

async function agree(
  copy: InstanceCopy,
  { directory, consent }: RecoverRequest,
  { prompter }: Ports,
): Promise<void> {
  const agreed =
    consent.yes ||
    (await prompter.confirm(
      `Build ${hostOf(copy)} anew in ${directory}, with the database of its backups?`,
      true,
    ));
  if (!agreed)
    throw new FactswayError(
      'FW-CANCELLED',
      'Not confirmed; nothing was changed.',
      'Run the command again when you are ready.',
    );
}

async function writeInstance(
  directory: string,
  copy: InstanceCopy,
  key: string,
  { files, host }: Ports,
): Promise<void> {
  const paths = instancePaths(directory);
  for (const { path, mode, uid, gid, content } of copy.files) {
    // Bytes: a key store or a certificate may be no text.
    const bytes = Buffer.from(content, 'base64');
    const owner = host.isRoot() ? { uid, gid } : {};
    await files.write(paths.file(path), bytes, { mode, ...owner });
  }
  await files.setMode(paths.secrets, 0o700);
  await files.write(paths.secret('backup-key'), `${key}\n`, { mode: 0o600 });
}

/** Only it, and the edge where it gets its authority back: PostgreSQL would make an empty database where the restored one is to be. */
async function startKeeper(directory: string, ports: Ports): Promise<void> {
  const desired = await desire({ directory, sets: [] }, ports);
  await requireBackupDirectory(desired, ports);
  const { project } = desired.catalog.context.config;
  const authority = await ports.files.exists(instancePaths(directory).file(AUTHORITY_FILES.key));
  const plan = planKeeper(authority && desired.catalog.context.config.edge.tls.mode === 'internal');
  await runPlan(
    {
      command: 'recover',
      directory,
      project,
      desired,
      plan,
      replan: () => Promise.resolve(plan),
      consent: { yes: true, dryRun: false },
      confirm: true,
    },
    ports,
  );
}

function planKeeper(withAuthority: boolean): Plan {
  const builder = new PlanBuilder();
  const created = builder.add({
    action: { kind: 'CreateContainers', services: ['backup'] },
    cause: 'it restores the database',
  });
  builder.add({
    action: { kind: 'StartComponents', group: 'backups', services: ['backup'], configHashes: {} },
    cause: 'it restores the database',
    dependsOn: [created],
  });
  if (withAuthority) {
    const cause = 'every browser of the firm trusts the authority of the lost server';
    const made = builder.add({
      action: { kind: 'CreateContainers', services: [EDGE] },
      cause,
      dependsOn: [created],
    });
    const started = builder.add({
      action: { kind: 'StartComponents', group: 'core', services: [EDGE], configHashes: {} },
      cause,
      dependsOn: [made],
    });
    builder.add({
      action: { kind: 'BringAuthority', service: EDGE },
      cause,
      dependsOn: [started],
    });
  }
  return builder.build('Start what keeps the backups');
}
