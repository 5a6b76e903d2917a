import type { MaintenanceWish } from './maintenance.ts';

/** Another release takes over: what a plan does for that besides replacing services (spec 04 "Upgrade", "Rollback"). */
export type ReleaseChange = {
  readonly kind: 'upgrade' | 'rollback';
  readonly from: string;
  readonly to: string;
  /**
   * slots: the new services start beside those that serve, and take over at once. recreate: those that serve end first,
   * behind a maintenance page.
   */
  readonly strategy: 'slots' | 'recreate';
  /** Nobody is woken meanwhile; absent where no Alertmanager runs. */
  readonly silence?: MaintenanceWish;
  /** An earlier run was cut off and left that silence open. */
  readonly silent?: true;
  /** Backups are kept, and there is to be one from before. */
  readonly backup?: true;
  /** A state of the database to go back to, made before its migrations; absent where none can be or need be made. */
  readonly restorePoint?: { readonly id: string; readonly reason: string };
  /** The administrator gave up the way back by rollback. */
  readonly allowContract?: true;
  /** Some of the migrations cannot be taken back by their own down part. */
  readonly oneWay?: true;
  /** The database goes back to this point, and what was written after it is set aside. */
  readonly restore?: string;
  /** Databases that earlier restores set aside. */
  readonly replaced: readonly string[];
  /** What goes once the new release serves; absent where nothing does. */
  readonly outdated?: Outdated;
};

/** Of former releases beyond those that are kept: references of images, ids of restore points. */
export type Outdated = { readonly images: readonly string[]; readonly points: readonly string[] };
