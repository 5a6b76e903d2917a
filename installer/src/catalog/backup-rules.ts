import type { CatalogContext } from './context.ts';
import { externalPostgres } from './database-access.ts';

type View = Pick<CatalogContext, 'config' | 'target'>;

/** Whether the platform keeps backups itself: of the PostgreSQL it brings, on a server. */
export const hasBackups = ({ config, target }: View): boolean =>
  config.backup.mode === 'on' && target === 'compose' && externalPostgres(config) === undefined;

/** What a person should know about backups that are wished for and not made. */
export function backupNotes(view: View): string[] {
  const { config, target } = view;
  if (config.backup.mode === 'off' || hasBackups(view)) return [];
  return [
    target === 'kubernetes'
      ? 'backup.mode has no effect in a cluster yet: back the database up there with what the cluster has for it.'
      : 'backup.mode has no effect with postgres.mode external: whoever runs that PostgreSQL backs it up.',
  ];
}
