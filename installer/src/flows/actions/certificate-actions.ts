import { EDGE } from '../../catalog/components/edge.ts';
import type { ActionOf } from '../../model/plan.ts';
import { chainPath, currentLine, keyPath, TLS_PLACES } from '../../model/tls-places.ts';
import { requireDesired, type ActionContext } from './action-context.ts';
import { reloadConfig } from './reload-config.ts';

/** Key, chain, then the line that names both: until that line is renamed into place the former pair is in use. */
export async function importCertificate(
  { id, former }: ActionOf<'ImportCertificate'>,
  context: ActionContext,
): Promise<void> {
  const { files } = context.ports;
  const pair = requireDesired(context).certificate?.pair;
  if (pair?.id !== id) throw new Error(`the certificate ${id} is not at hand`);
  await files.makeDirectory(context.paths.secrets, 0o700);
  await files.setMode(context.paths.secrets, 0o700);
  await files.makeDirectory(context.paths.file(TLS_PLACES.keys), 0o700);
  // Nobody else's from its first moment: it is given to the edge only once it is complete.
  await files.write(context.paths.file(keyPath(id)), pair.key.reveal(), { mode: 0o600 });
  await alignKeyPermissions(context);
  await files.write(context.paths.file(chainPath(id)), pair.chain, { mode: 0o644 });
  await pointTo(id, context);
  await removeOthers([id, former], context);
}

/** The undo: the former pair is still there. */
export async function useCertificate(
  { id, reload }: ActionOf<'UseCertificate'>,
  context: ActionContext,
): Promise<void> {
  await pointTo(id, context);
  if (!reload) return;
  const containers = await context.ports.docker.containers(context.project);
  const edge = containers.find(({ service }) => service === reload.service);
  if (edge?.state === 'running') await reloadConfig(reload, context);
}

const pointTo = (id: string, { ports, paths }: ActionContext): Promise<void> =>
  ports.files.write(paths.file(TLS_PLACES.current), currentLine(id), { mode: 0o644 });

/** Pairs before the last are of no use to anybody, and a key that lies about is one too many. */
async function removeOthers(
  keep: readonly (string | undefined)[],
  { ports: { files }, paths }: ActionContext,
): Promise<void> {
  const kept = new Set(
    keep.flatMap((id) => (id === undefined ? [] : [keyPath(id), chainPath(id)])),
  );
  kept.add(TLS_PLACES.current);
  for (const directory of [TLS_PLACES.keys, TLS_PLACES.chains])
    for (const name of await files.list(paths.file(directory)))
      if (!kept.has(`${directory}/${name}`)) await files.remove(paths.file(`${directory}/${name}`));
}

/** Owner and mode of the keys, also after somebody copied the directory from elsewhere. */
export async function alignKeyPermissions(context: ActionContext): Promise<void> {
  const { files, host } = context.ports;
  const { workloads } = requireDesired(context).catalog;
  const edge = workloads.find(({ id }) => id === EDGE);
  if (!edge?.secretDirectories?.length) return;
  const [uid, gid] = edge.user.split(':').map(Number);
  const directory = context.paths.file(TLS_PLACES.keys);
  const names = await files.list(directory);
  if (names.length === 0) return;
  for (const [path, mode, open] of [
    [directory, 0o500, 0o755] as const,
    ...names.map((name) => [`${directory}/${name}`, 0o400, 0o444] as const),
  ]) {
    // Not root: nothing can be given away, so it is readable and secrets/ (0700) guards it.
    if (!host.isRoot()) await files.setMode(path, open);
    else if (uid !== undefined && gid !== undefined) {
      await files.setOwner(path, uid, gid);
      await files.setMode(path, mode);
    }
  }
}
