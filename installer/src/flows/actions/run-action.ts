import type { ActionKind, ActionOf } from '../../model/plan.ts';
import { recordInEffect } from '../configuration-record.ts';
import type { RunAction } from '../execute-plan.ts';
import type { ActionContext } from './action-context.ts';
import { createSecrets, restoreBundle, writeBundle } from './bundle-actions.ts';
import { importCertificate, useCertificate } from './certificate-actions.ts';
import {
  checkImageVersions,
  createContainers,
  pullImage,
  recordNetworks,
  recordOverride,
  recordRelease,
  removeContainers,
  removeHalfMade,
  saveRootCertificate,
  startComponents,
  stopComponents,
  stopProject,
} from './container-actions.ts';
import { removeImageLock, writeImageLock } from './image-lock-actions.ts';
import { endMaintenance, startMaintenance } from './maintenance-actions.ts';
import { reloadSoundConfig } from './reload-config.ts';
import { removeFiles, removeImages, removeVolumes } from './removal-actions.ts';
import { startAdded } from './start-added.ts';
import { runMigrations } from './run-migrations.ts';

type Handler<K extends ActionKind> = (
  action: ActionOf<K>,
  context: ActionContext,
  waiting: (message: string) => void,
) => Promise<void>;

/** One handler for each kind of action; the compiler asks for a missing one. */
const HANDLERS: { readonly [K in ActionKind]: Handler<K> } = {
  CreateSecrets: createSecrets,
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
  StartAdded: startAdded,
  ReloadConfig: reloadSoundConfig,
  StopProject: stopProject,
  RemoveVolumes: removeVolumes,
  RemoveImages: removeImages,
  RemoveFiles: removeFiles,
  SaveRootCertificate: saveRootCertificate,
  RecordRelease: recordRelease,
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
  'ReloadConfig',
  'RunMigrations',
  'StopProject',
]);

export function actionRunner(context: ActionContext): RunAction {
  // The union of handlers takes the intersection of actions, which only the lookup by kind makes true.
  return async (action, waiting) => {
    const { desired, paths, ports, serially } = context;
    if (desired && TOUCH_CONTAINERS.has(action.kind))
      await serially(() => recordInEffect(desired.configText, paths, ports.files));
    await (HANDLERS[action.kind] as Handler<ActionKind>)(action, context, waiting);
  };
}
