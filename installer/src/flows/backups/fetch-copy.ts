import { S3_AUTHORITY } from '../../catalog/components/backup.ts';
import { backupDirectory, LOCAL_MOUNT } from '../../catalog/backup-directory.ts';
import type { CatalogContext } from '../../catalog/context.ts';
import { ERROR_CATALOG, FactswayError, type ErrorCode } from '../../model/errors.ts';
import { instanceCopySchema, type InstanceCopy } from '../../model/instance-copy.ts';
import type { Desired } from '../../planner/desired.ts';
import type { Ports } from '../../ports/ports.ts';
import { desire } from '../desire.ts';
import { readSecret } from '../read-secret.ts';
import { requireBackupDirectory } from '../require-backup-directory.ts';

/** What a person says who lost a server. */
export type Told = {
  readonly directory: string;
  /** `key=value` texts of `--set`: where the backups are, and where images come from. */
  readonly sets: readonly string[];
  readonly answersFile?: string;
  /** Files with the key of the backups and the access to S3. */
  readonly keyFile: string | undefined;
  readonly accessKeyIdFile: string | undefined;
  readonly secretAccessKeyFile: string | undefined;
};

/** Where the backups are that outlived the server. */
export type Place =
  { readonly name: 's3' } | { readonly name: 'local'; readonly directory: string };

/** What the keeper writes to where nothing is mounted. */
const IN_MEMORY = [
  '/tmp',
  '/run/secrets',
  '/etc/factsway-backup',
  S3_AUTHORITY.mount,
  '/var/lib/factsway-backup/state',
];

/** Why a copy is no good; the rest of a sentence. */
export const unusable = (why: string): FactswayError =>
  new FactswayError(
    'FW-RECOVER-COPY',
    `The copy of the instance directory cannot be used: ${why}.`,
    'Install anew and restore the database alone: docs/operations/disaster-recovery.md',
  );

/**
 * The copy of the instance directory that lies beside the backups: by the keeper's image, in a container that leaves
 * nothing, for there is no instance yet that could be asked. Throws FW-BACKUP-DIRECTORY, FW-RECOVER-COPY and what the
 * keeper says.
 */
export async function fetchCopy(
  request: Told,
  ports: Ports,
): Promise<{ copy: InstanceCopy; key: string; place: Place }> {
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
  const place = placeOf(context);
  await requireBackupDirectory(desired, ports);
  const key = await given(request.keyFile, '--key', 'the key of the backups', ports);
  const input = JSON.stringify({
    settings: settingsOf(desired),
    key,
    ...(place.name === 's3' ? await accessToS3(request, ports) : {}),
    ...authorityOf(context),
  });
  const { image, user } = await keeperImage(desired, ports);
  const argv = ['instance-fetch', '--place', place.name, '--name', 'latest'];
  const reads = place.name === 'local' ? [{ directory: place.directory, mount: LOCAL_MOUNT }] : [];
  const run = await ports.docker.runApart(image, argv, { input, user, memory: IN_MEMORY, reads });
  if (run.exitCode !== 0) throw refusedBy(run.stderr);
  const parsed = instanceCopySchema.safeParse(parseOrNothing(run.stdout));
  if (!parsed.success) throw unusable('it is not in a form that this installer knows');
  return { copy: parsed.data, key, place };
}

async function accessToS3(
  { accessKeyIdFile, secretAccessKeyFile }: Told,
  ports: Ports,
): Promise<{ s3KeyId: string; s3Secret: string }> {
  const id = 'the id of the access key';
  const secret = 'the secret of the access key';
  return {
    s3KeyId: await given(accessKeyIdFile, '--access-key-id', id, ports),
    s3Secret: await given(secretAccessKeyFile, '--secret-access-key', secret, ports),
  };
}

function placeOf(context: CatalogContext): Place {
  if (context.config.backup.s3) return { name: 's3' };
  const directory = backupDirectory(context);
  if (directory === undefined) throw nowhere();
  return { name: 'local', directory };
}

function nowhere(): FactswayError {
  return new FactswayError(
    'FW-USAGE',
    'recover needs to be told where the backups are.',
    'For example: factsway-install recover --set backup.s3.bucket=NAME --set backup.s3.region=eu-central-1 --key FILE --access-key-id FILE --secret-access-key FILE   or, on a disk that is here: factsway-install recover --set backup.local.directory=DIR --key FILE',
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
    'Check where the backups are, the access to them and their key, then run the command again.',
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
