import type { ActionKind, ActionOf } from '../../model/plan.ts';
import { recordInEffect } from '../configuration-record.ts';
import type { RunAction } from '../execute-plan.ts';
import type { ActionContext } from './action-context.ts';
import { bringAuthority } from './bring-authority.ts';
import {
  finishRestore,
  flushLog,
  makeBackup,
  restoreVolume,
  useDataVolume,
} from './backup-actions.ts';
import { writeBundle } from './bundle-actions.ts';
import { restoreBundle } from './restore-bundle.ts';
import { createSecrets } from './secret-permissions.ts';
import { importCertificate, useCertificate } from './certificate-actions.ts';
import {
  checkImageVersions,
  createContainers,
  pullImage,
  recordNetworks,
  recordOverride,
  recordRelease,
  restoreServing,
  retireSlot,
  removeContainers,
  removeHalfMade,
  saveRootCertificate,
  startComponents,
  stopComponents,
  stopProject,
} from './container-actions.ts';
import { removeImageLock, writeImageLock } from './image-lock-actions.ts';
import { openRoles } from './database-roles.ts';
import { endMaintenance, startMaintenance } from './maintenance-actions.ts';
import { proveSlot } from './prove-slot.ts';
import { reloadSoundConfig } from './reload-config.ts';
import {
  adoptDatabase,
  copyDatabase,
  drillBackup,
  finishMove,
  forgetMove,
  recordPostgres,
  usePostgres,
} from './postgres-actions.ts';
import { removeFiles, removeImages, removeVolumes } from './removal-actions.ts';
import {
  createRestorePoint,
  removeReplacedDatabases,
  removeRestorePoints,
  restoreDatabase,
} from './restore-point-actions.ts';
import { revertMigrations } from './revert-migrations.ts';
import {
  closeRole,
  discardStaged,
  finishRotation,
  replaceSecret,
  restoreSecret,
  setGrafanaPassword,
  setRolePassword,
  stageSecret,
} from './secret-actions.ts';
import { startAdded } from './start-added.ts';
import { runMigrations } from './run-migrations.ts';
import {
  hideMaintenancePage,
  showMaintenancePage,
  switchTraffic,
  verifyTraffic,
} from './traffic-actions.ts';

type Handler<K extends ActionKind> = (
  action: ActionOf<K>,
  context: ActionContext,
  waiting: (message: string) => void,
) => Promise<void>;

/** One handler for each kind of action; the compiler asks for a missing one. */
const HANDLERS: { readonly [K in ActionKind]: Handler<K> } = {
  CreateSecrets: createSecrets,
  StageSecret: stageSecret,
  DiscardStaged: discardStaged,
  FinishRotation: finishRotation,
  ReplaceSecret: replaceSecret,
  RestoreSecret: restoreSecret,
  SetRolePassword: setRolePassword,
  CloseRole: closeRole,
  SetGrafanaPassword: setGrafanaPassword,
  ImportCertificate: importCertificate,
  UseCertificate: useCertificate,
  WriteBundle: writeBundle,
  RestoreBundle: restoreBundle,
  PullImage: pullImage,
  CheckImageVersions: checkImageVersions,
  CreateContainers: createContainers,
  RemoveContainers: removeContainers,
  StartComponents: startComponents,
  StopComponents: stopComponents,
  RemoveHalfMade: removeHalfMade,
  RunMigrations: runMigrations,
  RevertMigrations: revertMigrations,
  CreateRestorePoint: createRestorePoint,
  RestoreDatabase: restoreDatabase,
  RemoveReplacedDatabases: removeReplacedDatabases,
  RemoveRestorePoints: removeRestorePoints,
  CreateBackup: makeBackup,
  FlushLog: flushLog,
  RestoreVolume: restoreVolume,
  UseDataVolume: useDataVolume,
  DrillBackup: drillBackup,
  RecordPostgres: recordPostgres,
  CopyDatabase: copyDatabase,
  UsePostgres: usePostgres,
  ForgetMove: forgetMove,
  AdoptDatabase: adoptDatabase,
  FinishMove: finishMove,
  OpenRoles: openRoles,
  FinishRestore: finishRestore,
  StartAdded: startAdded,
  ReloadConfig: reloadSoundConfig,
  StopProject: stopProject,
  RemoveVolumes: removeVolumes,
  RemoveImages: removeImages,
  RemoveFiles: removeFiles,
  BringAuthority: bringAuthority,
  SaveRootCertificate: saveRootCertificate,
  RecordRelease: recordRelease,
  RestoreServing: restoreServing,
  RetireSlot: retireSlot,
  ProveSlot: proveSlot,
  SwitchTraffic: switchTraffic,
  VerifyTraffic: verifyTraffic,
  ShowMaintenancePage: showMaintenancePage,
  HideMaintenancePage: hideMaintenancePage,
  RecordOverride: recordOverride,
  RecordNetworks: recordNetworks,
  WriteImageLock: writeImageLock,
  RemoveImageLock: removeImageLock,
  OpenMaintenance: startMaintenance,
  EndMaintenance: endMaintenance,
};

/** From the first of these on, not all that runs is of the former configuration any more. */
const TOUCH_CONTAINERS: ReadonlySet<ActionKind> = new Set([
  'CreateContainers',
  'RemoveContainers',
  'RemoveHalfMade',
  'StartAdded',
  'StartComponents',
  'StopComponents',
  'RetireSlot',
  'SwitchTraffic',
  'ReloadConfig',
  'RunMigrations',
  'StopProject',
]);

export function actionRunner(context: ActionContext): RunAction {
  // The union of handlers takes the intersection of actions, which only the lookup by kind makes true.
  return async (action, waiting) => {
    const { desired, paths, ports, serially, recordsNothing } = context;
    if (desired && !recordsNothing && TOUCH_CONTAINERS.has(action.kind))
      await serially(() => recordInEffect(desired.configText, paths, ports.files));
    await (HANDLERS[action.kind] as Handler<ActionKind>)(action, context, waiting);
  };
}
