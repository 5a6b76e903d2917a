import type { CatalogContext } from './context.ts';
import { externalPostgres } from './database-access.ts';

type View = Pick<CatalogContext, 'config'>;

/** Whether the platform keeps backups itself: of the PostgreSQL it brings. */
export const hasBackups = ({ config }: View): boolean =>
  config.backup.mode === 'on' && externalPostgres(config) === undefined;

/** What a person should know about backups that are wished for and not made. */
export function backupNotes(view: View): string[] {
  if (view.config.backup.mode === 'off' || hasBackups(view)) return [];
  return [
    'backup.mode has no effect with postgres.mode external: whoever runs that PostgreSQL backs it up.',
  ];
}
