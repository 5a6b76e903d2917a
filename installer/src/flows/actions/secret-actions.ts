import { FactswayError } from '../../model/errors.ts';
import type { ActionOf, SecretValue } from '../../model/plan.ts';
import type { Secret } from '../../model/secret.ts';
import type { SecretName } from '../../model/workload.ts';
import { askSuperuser, identifier, literal } from '../ask-superuser.ts';
import { readJson } from '../read-json.ts';
import { readSecret } from '../read-secret.ts';
import { findContainers, type ActionContext } from './action-context.ts';
import { newVerifier } from './database-roles.ts';

const PRIVATE = { mode: 0o600 };
/** As CreateSecrets makes them. */
const SECRET_BYTES = 24;

/** Where the documentation of Grafana has its program read a password from: its standard input. */
export const RESET_GRAFANA = [
  'grafana',
  'cli',
  '--homepath',
  '/usr/share/grafana',
  'admin',
  'reset-admin-password',
  '--password-from-stdin',
] as const;

const nextOf = (secret: SecretName, { paths }: ActionContext): string =>
  `${paths.nextSecrets}/${secret}`;
const formerOf = (secret: SecretName, { paths }: ActionContext): string =>
  `${paths.formerSecrets}/${secret}`;

/** A value that is there already is that of a run that was cut off. */
export async function stageSecret(
  { secret }: ActionOf<'StageSecret'>,
  context: ActionContext,
): Promise<void> {
  const { files, random } = context.ports;
  await files.makeDirectory(context.paths.nextSecrets, 0o700);
  const path = nextOf(secret, context);
  if (await readSecret(path, files)) return;
  // By way of a rename: a run that is cut off leaves the whole of it or nothing.
  await files.write(path, `${random.secret(SECRET_BYTES)}\n`, PRIVATE);
}

/** The value to come last: as long as it is there, the next run goes on with it instead of making another. */
export async function discardStaged(
  { secret }: { readonly secret: SecretName },
  context: ActionContext,
): Promise<void> {
  const { files } = context.ports;
  await files.remove(formerOf(secret, context));
  await files.remove(nextOf(secret, context));
  await files.removeDirectory(context.paths.nextSecrets);
  await files.removeDirectory(context.paths.formerSecrets);
}

export async function finishRotation(
  { secret }: ActionOf<'FinishRotation'>,
  context: ActionContext,
): Promise<void> {
  const { files, clock } = context.ports;
  const { rotations } = context.paths;
  const record = (await readJson<Record<string, string>>(rotations, files)) ?? {};
  const text = JSON.stringify({ ...record, [secret]: clock.now().toISOString() }, null, 2);
  await files.write(rotations, `${text}\n`, { mode: 0o644 });
  await discardStaged({ secret }, context);
}

/**
 * Another file of the same name: a container that runs has the one it was started with, and gets this one when it is
 * started again. The value before is kept until the end.
 */
export async function replaceSecret(
  { secret }: ActionOf<'ReplaceSecret'>,
  context: ActionContext,
): Promise<void> {
  const { files } = context.ports;
  const next = await files.readText(nextOf(secret, context));
  if (next === undefined) throw lost(secret);
  const current = await files.readText(context.paths.secret(secret));
  if (current === next) return;
  await files.makeDirectory(context.paths.formerSecrets, 0o700);
  await files.write(formerOf(secret, context), current ?? '', PRIVATE);
  await writeSecret(secret, next, context);
}

export async function restoreSecret(
  { secret }: ActionOf<'RestoreSecret'>,
  context: ActionContext,
): Promise<void> {
  const former = await context.ports.files.readText(formerOf(secret, context));
  if (former !== undefined && former !== '') await writeSecret(secret, former, context);
}

/** With owner and bits of the file that was there: from its first moment on its readers may read it, and nobody else. */
async function writeSecret(
  secret: SecretName,
  text: string,
  { ports: { files }, paths }: ActionContext,
): Promise<void> {
  const found = await files.stat(paths.secret(secret));
  const { mode, uid, gid } = found ?? { mode: 0o600 };
  await files.write(paths.secret(secret), text, {
    mode,
    ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
  });
}

/** PostgreSQL gets what proves the password, never the password. */
export async function setRolePassword(
  { role, secret, value }: ActionOf<'SetRolePassword'>,
  context: ActionContext,
): Promise<void> {
  const verifier = newVerifier((await valueOf(secret, value, context)).reveal(), context);
  const sql = `ALTER ROLE ${identifier(role)} LOGIN PASSWORD ${literal(verifier)};`;
  await askSuperuser(await postgresOf(context), sql, context.ports, [verifier]);
}

export async function closeRole(
  { role }: ActionOf<'CloseRole'>,
  context: ActionContext,
): Promise<void> {
  const sql = `ALTER ROLE ${identifier(role)} NOLOGIN PASSWORD NULL;`;
  await askSuperuser(await postgresOf(context), sql, context.ports);
}

/** Grafana reads its file only when its own database is made. Throws FW-SECRET-NOT-TAKEN. */
export async function setGrafanaPassword(
  { service, secret, value }: ActionOf<'SetGrafanaPassword'>,
  context: ActionContext,
): Promise<void> {
  const [container] = await findContainers(context, [service]);
  if (!container) return;
  const password = await valueOf(secret, value, context);
  const { docker } = context.ports;
  const { exitCode } = await docker.exec(container.id, RESET_GRAFANA, `${password.reveal()}\n`);
  if (exitCode === 0) return;
  throw new FactswayError(
    'FW-SECRET-NOT-TAKEN',
    `Grafana did not take a new password of its user admin (exit code ${exitCode} of its own program).`,
    'See what it says: factsway-install logs grafana   then run the command again.',
  );
}

/** `former` is what is in use, as long as nothing has replaced it. */
async function valueOf(
  secret: SecretName,
  value: SecretValue,
  context: ActionContext,
): Promise<Secret> {
  const { files } = context.ports;
  const found =
    value === 'next'
      ? await readSecret(nextOf(secret, context), files)
      : ((await readSecret(formerOf(secret, context), files)) ??
        (await readSecret(context.paths.secret(secret), files)));
  if (!found) throw lost(secret);
  return found;
}

async function postgresOf(context: ActionContext): Promise<string> {
  const [container] = await findContainers(context, ['postgres']);
  if (!container) throw new Error('postgres was not found');
  return container.id;
}

const lost = (secret: SecretName): FactswayError =>
  new FactswayError(
    'FW-SECRET-INVALID',
    `The value that ${secret} is to have was removed while it was being rotated.`,
    `Run the command again; it makes another: factsway-install secrets rotate ${secret}`,
  );
