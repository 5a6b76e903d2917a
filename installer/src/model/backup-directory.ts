/** What backup.local.directory is on this server. Paths are absolute. */
export type BackupDirectoryFacts = {
  readonly path: string;
  readonly kind: 'absent' | 'directory' | 'file' | 'dangling-link';
  /** Without links. */
  readonly real: string;
  readonly access: { readonly uid: number; readonly mode: number } | undefined;
  /** Two places with the same device are on the same disk. */
  readonly device: number;
  readonly freeBytes: number;
  /** Where the instance is, without links. */
  readonly instance: string;
  /** Where Docker keeps its volumes, and the database with them; undefined where that is not on this server. */
  readonly docker: { readonly path: string; readonly device: number } | undefined;
  /** `uid:gid` of whoever writes the backups. */
  readonly user: string;
};
