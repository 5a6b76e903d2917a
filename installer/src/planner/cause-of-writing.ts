import { migrationCause } from '../model/config-migration.ts';
import type { FileChange } from '../model/plan.ts';
import type { Desired } from './desired.ts';
import { isSecretAccess } from './plan-permissions.ts';

const CONFIG = 'factsway.yaml';

/** Why the instance directory is written, file by file, and where an edit by hand stays: the cause of WriteBundle. `later` is written by another step. */
export function causeOfWriting(
  changes: readonly FileChange[],
  { migration }: Pick<Desired, 'migration'>,
  later: readonly FileChange[] = [],
): string {
  const migrated = migration && changes.some(({ path }) => path === CONFIG) ? migration : undefined;
  const texts = changes.filter(
    ({ change, path }) => change !== 'permissions' && !(migrated && path === CONFIG),
  ).length;
  const secrets = changes
    .filter(isSecretAccess)
    .map(({ path }) => (path.includes('/') ? path : `${path}/`));
  const unreadable = changes.length - texts - secrets.length;
  const edited = [...changes, ...later].flatMap(({ path, withEdit }) =>
    withEdit === undefined ? [] : [path],
  );
  return `${[
    ...(migrated ? [migrationCause(migrated)] : []),
    ...(texts === 0
      ? []
      : [`the configuration renders ${texts === 1 ? 'one file' : `${texts} files`} differently`]),
    ...(unreadable === 0 ? [] : [`the containers cannot read ${unreadable} as they are`]),
    ...(secrets.length === 0 ? [] : [`owner or mode of ${secrets.join(', ')} is not right`]),
  ].join(', and ')}${edited.map((path) => `; ${path}: your edit is kept`).join('')}`;
}
