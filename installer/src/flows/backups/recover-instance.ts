import type { CatalogContext } from '../../catalog/context.ts';
import { S3_AUTHORITY } from '../../catalog/components/backup.ts';
import { isDataVolume } from '../../catalog/data-volume.ts';
import { ERROR_CATALOG, FactswayError, type ErrorCode } from '../../model/errors.ts';
import { instanceCopySchema, type InstanceCopy } from '../../model/instance-copy.ts';
import { PlanBuilder, type Plan } from '../../model/plan.ts';
import type { Desired } from '../../planner/desired.ts';
import type { Ports } from '../../ports/ports.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { catalogRules } from '../../catalog/config-rules.ts';
import { requireDocker } from '../check-docker.ts';
import { desire } from '../desire.ts';
import { CONFIG_FILE, instancePaths } from '../paths.ts';
import { readSecret } from '../read-secret.ts';
import { requireBackupDirectory } from '../require-backup-directory.ts';
import { runPlan, type Consent } from '../run-plan.ts';
import { readRecovering, writeRecovering } from './recovering.ts';
import { restoreBackup, type RestoreResult } from './restore-backup.ts';

export type RecoverRequest = {
  readonly directory: string;
  /** `key=value` texts of `--set`: where the backups are, and where images come from. */
  readonly sets: readonly string[];
  readonly answersFile?: string;
  /** Files with the key of the backups and the access to S3. */
  readonly keyFile: string | undefined;
  readonly accessKeyIdFile: string | undefined;
  readonly secretAccessKeyFile: string | undefined;
  readonly consent: Consent;
};

export type RecoverResult = {
  /** When the copy of the instance directory was made that this server is built from. */
  readonly madeAt: string;
  readonly restored: RestoreResult | undefined;
};

const PLACE = 's3';
/** What the keeper writes to where nothing is mounted. */
const IN_MEMORY = [
  '/tmp',
  '/run/secrets',
  '/etc/factsway-backup',
  S3_AUTHORITY.mount,
  '/var/lib/factsway-backup/state',
];

/**
 * Builds a lost server anew from its backups in S3 and their key alone: its directory, its secrets, its database (spec
 * 05). Run again after it was cut off it goes on. Throws FW-RECOVER-NOT-EMPTY, FW-RECOVER-COPY, FW-RESTORE-KEY and what
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
    const { copy, key } = await fetchCopy(request, ports);
    await refuseData(copy, ports);
    ports.reporter.note(
      `Found the instance of ${hostOf(copy)}, as it was at ${copy.madeAt}: ${copy.files.length} files.`,
    );
    if (consent.dryRun) return { madeAt: copy.madeAt, restored: undefined };
    await agree(copy, request, ports);
    recovering = { stage: 'files', place: PLACE, madeAt: copy.madeAt };
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

const unusable = (why: string): FactswayError =>
  new FactswayError(
    'FW-RECOVER-COPY',
    `The copy of the instance directory cannot be used: ${why}.`,
    'Install anew and restore the database alone: docs/operations/disaster-recovery.md',
  );

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

/** By the keeper's image, in a container that leaves nothing: there is no instance yet that could be asked. */
async function fetchCopy(
  request: RecoverRequest,
  ports: Ports,
): Promise<{ copy: InstanceCopy; key: string }> {
  const { directory, sets, answersFile } = request;
  const desired = await desire(
    {
      directory,
      sets: [...sets, 'backup.mode=on'],
      ...(answersFile === undefined ? {} : { answersFile }),
    },
    ports,
  );
  const { context } = desired.catalog;
  if (!context.config.backup.s3) throw nowhere();
  const key = await given(request.keyFile, '--key', 'the key of the backups', ports);
  const input = JSON.stringify({
    settings: settingsOf(desired),
    key,
    s3KeyId: await given(
      request.accessKeyIdFile,
      '--access-key-id',
      'the id of the access key',
      ports,
    ),
    s3Secret: await given(
      request.secretAccessKeyFile,
      '--secret-access-key',
      'the secret of the access key',
      ports,
    ),
    ...authorityOf(context),
  });
  const { image, user } = await keeperImage(desired, ports);
  const argv = ['instance-fetch', '--place', PLACE, '--name', 'latest'];
  const run = await ports.docker.runApart(image, argv, { input, user, memory: IN_MEMORY });
  if (run.exitCode !== 0) throw refusedBy(run.stderr);
  const parsed = instanceCopySchema.safeParse(parseOrNothing(run.stdout));
  if (!parsed.success) throw unusable('it is not in a form that this installer knows');
  return { copy: parsed.data, key };
}

function nowhere(): FactswayError {
  return new FactswayError(
    'FW-USAGE',
    'recover needs to be told where the backups are.',
    'For example: factsway-install recover --set backup.s3.bucket=NAME --set backup.s3.region=eu-central-1 --key FILE --access-key-id FILE --secret-access-key FILE',
  );
}

async function given(
  file: string | undefined,
  option: string,
  what: string,
  { files }: Ports,
): Promise<string> {
  const secret = file === undefined ? undefined : await readSecret(file, files);
  if (secret) return secret.reveal();
  throw new FactswayError(
    'FW-USAGE',
    file === undefined
      ? `recover needs ${what} in a file.`
      : `${file} does not exist or is empty; it is to hold ${what}.`,
    `Write it there and name the file: install -m 600 /dev/stdin /root/FILE   (type it, Enter, Ctrl-D), then: ${option} /root/FILE`,
  );
}

function settingsOf({ bundle }: Desired): string {
  const file = bundle.files.find(({ path }) => path === 'config/backup/backup.yaml');
  if (!file) throw new Error('the bundle has no backup.yaml');
  return file.content;
}

const authorityOf = ({ backupAuthority }: CatalogContext): { authority?: string } =>
  backupAuthority === undefined ? {} : { authority: backupAuthority };

async function keeperImage(
  { catalog }: Desired,
  { docker, reporter }: Ports,
): Promise<{ image: string; user: string }> {
  const keeper = catalog.workloads.find(({ id }) => id === 'backup');
  if (!keeper) throw nowhere();
  const { image, user } = keeper;
  if (!(await docker.images([image]))[image])
    await docker.pull(image, (line) => {
      reporter.note(line);
    });
  return { image, user };
}

/** What the keeper says when it ends: one line of its own among what others print. */
function refusedBy(stderr: string): FactswayError {
  const said = stderr
    .split('\n')
    .map(parseOrNothing)
    .find((line): line is { code: string; message: string; details?: string[] } => {
      return typeof line === 'object' && line !== null && 'code' in line && 'message' in line;
    });
  const code: ErrorCode =
    said && Object.hasOwn(ERROR_CATALOG, said.code) ? (said.code as ErrorCode) : 'FW-RECOVER-COPY';
  return new FactswayError(
    code,
    said ? `${said.message}. Nothing was changed.` : 'The backups could not be read.',
    'Check bucket, endpoint, access key and the key of the backups, then run the command again.',
    said ? (said.details ?? []) : stderr.trim().split('\n').slice(-6),
  );
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function writeInstance(
  directory: string,
  copy: InstanceCopy,
  key: string,
  { files, host }: Ports,
): Promise<void> {
  const paths = instancePaths(directory);
  for (const { path, mode, uid, gid, content } of copy.files) {
    const text = Buffer.from(content, 'base64').toString('utf8');
    const owner = host.isRoot() ? { uid, gid } : {};
    await files.write(paths.file(path), text, { mode, ...owner });
  }
  await files.setMode(paths.secrets, 0o700);
  await files.write(paths.secret('backup-key'), `${key}\n`, { mode: 0o600 });
}

/** Only it: PostgreSQL would make an empty database where the restored one is to be. */
async function startKeeper(directory: string, ports: Ports): Promise<void> {
  const desired = await desire({ directory, sets: [] }, ports);
  await requireBackupDirectory(desired, ports);
  const { project } = desired.catalog.context.config;
  const plan = planKeeper();
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

function planKeeper(): Plan {
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
  return builder.build('Start what keeps the backups');
}
