import type { BackupType } from './backup.ts';
import type { MaintenanceWish } from './maintenance.ts';
import type { DataVolume, Reload, SecretName, Slot } from './workload.ts';

/** `permissions`: what is there stays, a file as well as a directory; the containers cannot read it as it is. */
export type FileChange = {
  readonly path: string;
  readonly change: 'create' | 'update' | 'delete' | 'permissions';
  /** What is written instead of the rendering: that with the edit somebody made by hand. */
  readonly withEdit?: string;
};

/**
 * What a step does. Every kind is an order, holds all its executor needs, and nothing the executor
 * would have to decide. Adding a kind makes the compiler ask for its handler and its sentence.
 */
export type Action =
  | { readonly kind: 'CreateSecrets'; readonly names: readonly string[] }
  /** Makes the value a secret is to have next, once, and keeps it beside: whoever is cut off goes on with the same. */
  | { readonly kind: 'StageSecret'; readonly secret: SecretName }
  /** Forgets it, and the value before. */
  | { readonly kind: 'DiscardStaged'; readonly secret: SecretName }
  /** The same, once the secret is the new one everywhere; notes when that was. */
  | { readonly kind: 'FinishRotation'; readonly secret: SecretName }
  /** Makes the value that was kept beside the one in use. Containers that run keep the one they were started with. */
  | { readonly kind: 'ReplaceSecret'; readonly secret: SecretName }
  | { readonly kind: 'RestoreSecret'; readonly secret: SecretName }
  | {
      readonly kind: 'SetRolePassword';
      readonly role: string;
      readonly secret: SecretName;
      readonly value: SecretValue;
    }
  /** Nobody logs in as this role any more; what it was granted stays. */
  | { readonly kind: 'CloseRole'; readonly role: string }
  | {
      readonly kind: 'SetGrafanaPassword';
      readonly service: string;
      readonly secret: SecretName;
      readonly value: SecretValue;
    }
  /** Copies certificate and key of the customer into the instance and makes them the ones in use. */
  | { readonly kind: 'ImportCertificate'; readonly id: string; readonly former?: string }
  /** Makes a pair that was brought in earlier the one in use again. */
  | {
      readonly kind: 'UseCertificate';
      readonly id: string;
      /** Of the edge, where it runs: it may have taken up the other one. */
      readonly reload?: ActionOf<'ReloadConfig'>;
    }
  | {
      readonly kind: 'WriteBundle';
      readonly changes: readonly FileChange[];
      /** Paths that a later step of the same plan writes: those that lead to the other slot. */
      readonly later?: readonly string[];
      /** That it is that later step. */
      readonly leads?: true;
    }
  /** Puts the previous files back and the containers that ran from them. */
  | {
      readonly kind: 'RestoreBundle';
      readonly changes: readonly FileChange[];
      /** What the step that leads to the other slot replaced, and not what the first one did. */
      readonly leads?: true;
      readonly services: readonly string[];
      /** Fingerprint each of them had: what still has it was not touched and stays as it is. */
      readonly specs?: Readonly<Record<string, string>>;
      /** One-shots that had ended well; they are run again from the previous definition. */
      readonly oneShots: readonly string[];
      /** Components that may have taken up the new configuration while they ran. */
      readonly reloads?: readonly ActionOf<'ReloadConfig'>[];
      /** The services that are back are asked again: the maintenance page was for what is undone. */
      readonly opens?: true;
    }
  | { readonly kind: 'PullImage'; readonly reference: string }
  | {
      readonly kind: 'CheckImageVersions';
      readonly references: readonly string[];
      readonly version: string;
    }
  | {
      readonly kind: 'CreateContainers';
      readonly services: readonly string[];
      /** Those of them that Compose would keep: what it compares does not show by which path secrets are mounted. */
      readonly anew?: readonly string[];
    }
  | {
      readonly kind: 'RemoveContainers';
      readonly services: readonly string[];
      /** Networks that go with them, because they came with them. */
      readonly networks?: readonly string[];
    }
  | {
      readonly kind: 'StartComponents';
      readonly group: string;
      readonly services: readonly string[];
      /** Hash of the configuration each of them reads when it starts, by service, where it can reload one. */
      readonly configHashes: Readonly<Record<string, string>>;
      /** Beside others that serve: these go first where both want the processor. */
      readonly beside?: true;
      /** Put back to its former value first: it was replaced while these ran with that one. */
      readonly formerSecret?: SecretName;
    }
  /** Services that only the customer's override has: made by Compose where need be, and started. */
  | {
      readonly kind: 'StartAdded';
      readonly create: readonly string[];
      readonly services: readonly string[];
    }
  | {
      readonly kind: 'StopComponents';
      readonly group: string;
      readonly services: readonly string[];
    }
  /** Containers by the names Compose gave them for the time of replacing others. */
  | { readonly kind: 'RemoveHalfMade'; readonly containers: readonly string[] }
  /**
   * Asks every service of a slot until each has answered often enough in a row that it takes requests, all of one
   * version, and asks each by way of the proxy's own network.
   */
  | {
      readonly kind: 'ProveSlot';
      readonly slot: Slot;
      readonly version: string;
      /** `route` is one that people ask for. */
      readonly services: readonly {
        readonly id: string;
        readonly port: number;
        readonly route: string;
      }[];
    }
  /** Has the proxy send requests to the other slot from here on, and asks it afterwards where they go. */
  | { readonly kind: 'SwitchTraffic'; readonly from: Slot; readonly to: Slot }
  /** Asks for every public route by the front door, as a client would. */
  | { readonly kind: 'VerifyTraffic'; readonly slot: Slot; readonly version: string }
  /** Whoever comes by the front door is told to come back in a few minutes. */
  | { readonly kind: 'ShowMaintenancePage' }
  | { readonly kind: 'HideMaintenancePage' }
  /** Ends the services of a slot that nothing leads to any more, and keeps them from starting with the server. */
  | {
      readonly kind: 'RetireSlot';
      readonly slot: Slot;
      readonly services: readonly string[];
    }
  | {
      readonly kind: 'RunMigrations';
      readonly service: string;
      readonly slot: Slot;
      readonly version: string;
      /** Also those after which the release before cannot work any more. */
      readonly allowContract?: true;
      /** Where the database stands is kept first, for a way back; until the release serves, by whichever run. */
      readonly reversible?: true;
    }
  /** Takes migrations back to where the database stood before those of `version` began. */
  | {
      readonly kind: 'RevertMigrations';
      /** The one-shot of the release that brought them. */
      readonly service: string;
      readonly version: string;
    }
  /** A state of the database to go back to; stays when the run fails, whatever it was made for. */
  | {
      readonly kind: 'CreateRestorePoint';
      readonly id: string;
      /** Readable after "because". */
      readonly reason: string;
    }
  /** The database as of a restore point; the one that was there is set aside. */
  | { readonly kind: 'RestoreDatabase'; readonly id: string }
  /** Restore points by id; one that is gone already is as good as removed. */
  | { readonly kind: 'RemoveRestorePoints'; readonly ids: readonly string[] }
  /** Databases that were set aside by the one before. */
  | { readonly kind: 'RemoveReplacedDatabases'; readonly names: readonly string[] }
  /** A backup into every place; what is in the places already stays, whatever happens. */
  | {
      readonly kind: 'CreateBackup';
      readonly type: BackupType;
      readonly reason: string;
      /** A place that is away holds nothing up, as long as another one has the backup; it is told of. */
      readonly enough?: 'one place';
    }
  /** Restores the newest backup beside what serves, and looks it through. */
  | { readonly kind: 'DrillBackup' }
  /** Waits until all that was written so far is in a backup, or in the backups of every place. */
  | { readonly kind: 'FlushLog'; readonly everywhere?: true; readonly place?: string }
  /** Notes which major version made the volume that is served, for whoever comes after a run that was cut off. */
  | { readonly kind: 'RecordPostgres'; readonly version: number }
  /** Makes the database anew in the volume that is not served, by the programs of another version, and compares the two. */
  | {
      readonly kind: 'CopyDatabase';
      /** Of the keeper of that version. */
      readonly image: string;
      readonly user: string;
      readonly volume: DataVolume;
    }
  /** Has PostgreSQL of this version run from this volume from its next start on. */
  | {
      readonly kind: 'UsePostgres';
      readonly version: number;
      readonly generation: number;
      readonly from: { readonly generation: number; readonly postgres: number };
      /** That it is the way back. */
      readonly back?: true;
    }
  /** The record of before that. */
  | { readonly kind: 'ForgetMove'; readonly generation: number }
  /** Tells every place of backups that what serves now is the database it is to take. */
  | { readonly kind: 'AdoptDatabase'; readonly again?: true }
  /** Notes that the services serve from it. */
  | { readonly kind: 'FinishMove'; readonly version: number }
  /** Makes the database of then in the volume that is not served; the one that is stays as it is. */
  | {
      readonly kind: 'RestoreVolume';
      /** `latest`, a moment in RFC 3339, or the label of a backup. */
      readonly target: string;
      readonly place: string;
      readonly volume: DataVolume;
    }
  /** Has PostgreSQL run from this volume from its next start on. */
  | { readonly kind: 'UseDataVolume'; readonly generation: number }
  /** Gives every role the password of today: that of a restored database is the one of then. */
  | { readonly kind: 'OpenRoles'; readonly roles: readonly string[] }
  /** Notes that the services serve from what was restored. */
  | { readonly kind: 'FinishRestore' }
  | {
      readonly kind: 'ReloadConfig';
      readonly service: string;
      readonly reload: Reload;
      readonly configHash: string;
    }
  /** Gives the edge the authority that came with a copy of the instance directory. */
  | { readonly kind: 'BringAuthority'; readonly service: string }
  /** Copies the edge's own root certificate out of its container; `path` is inside the container. */
  | { readonly kind: 'SaveRootCertificate'; readonly service: string; readonly path: string }
  | {
      readonly kind: 'StopProject';
      readonly project: string;
      readonly services: readonly string[];
      readonly networks: readonly string[];
      /** Whatever the files say, or where there are none: by the labels on containers and networks alone. */
      readonly byLabels?: boolean;
    }
  /** Volumes by the names their Compose files give them. */
  | { readonly kind: 'RemoveVolumes'; readonly project: string; readonly names: readonly string[] }
  | { readonly kind: 'RemoveImages'; readonly references: readonly string[] }
  | {
      readonly kind: 'RemoveFiles';
      /** In the order in which they go, relative to the instance directory. */
      readonly files: readonly string[];
      /** Those of them that are empty by then. */
      readonly directories: readonly string[];
      /** Of the files, those of which a copy is kept in state/edited. */
      readonly copies: readonly string[];
    }
  | {
      readonly kind: 'RecordRelease';
      readonly version: string;
      readonly slot: Slot;
      readonly references: readonly string[];
      /** Release that served before, where it is another one that a rollback leads to. */
      readonly previous?: string;
    }
  /** Notes again which slot serves, without a word about when its release began to. */
  | { readonly kind: 'RestoreServing'; readonly version: string; readonly slot: Slot }
  /** images.lock.yaml: digest by reference. */
  | { readonly kind: 'WriteImageLock'; readonly images: Readonly<Record<string, string>> }
  | { readonly kind: 'RemoveImageLock' }
  /** Opens the silence of maintenance, or has the one that is open last longer; it ends by itself. */
  | ({ readonly kind: 'OpenMaintenance' } & MaintenanceWish)
  | { readonly kind: 'EndMaintenance'; readonly port: number }
  /** Remembers which network.subnet the networks were made with; empty where Docker chose. */
  | { readonly kind: 'RecordNetworks'; readonly subnet: string }
  /** Remembers which compose.override.yaml the containers were made with; empty while nobody can say. */
  | { readonly kind: 'RecordOverride'; readonly digest: string };

/** Of a secret that is being rotated: the one to come, or the one in use before. */
export type SecretValue = 'next' | 'former';

export type ActionKind = Action['kind'];
export type ActionOf<K extends ActionKind> = Extract<Action, { kind: K }>;

export type Step = {
  /** 1-based; the order of the list is a valid order of execution. */
  readonly id: number;
  readonly action: Action;
  /** Why the step exists, readable after "because". */
  readonly cause: string;
  readonly dependsOn: readonly number[];
  /** What is lost for good when this step runs; absent when nothing is. */
  readonly destroys?: string;
  readonly undo?: Action;
  /** What of this step an undo leaves on purpose, as a sentence; absent when nothing stays. */
  readonly stays?: string;
  /** That it failing is told and ends nothing: what the run is for is done by then, or does not need it. */
  readonly optional?: true;
  /** What a person has to do when the run fails after this step, because no undo of ours can. */
  readonly irreversible?: string;
};

export type Plan = { readonly title: string; readonly steps: readonly Step[] };

/** Builds a plan in order; `add` returns the id that later steps depend on. */
export class PlanBuilder {
  readonly #steps: Step[] = [];

  add(
    step: Omit<Step, 'id' | 'dependsOn'> & { dependsOn?: readonly (number | undefined)[] },
  ): number {
    const id = this.#steps.length + 1;
    const dependsOn = (step.dependsOn ?? []).filter((dependency) => dependency !== undefined);
    this.#steps.push({ ...step, id, dependsOn });
    return id;
  }

  /**
   * The steps of another plan after those that are there; what depended on nothing of it depends on `after`. `before` may
   * add a step that one of them is to wait for besides, given what that one waits for.
   */
  append(
    { steps }: Plan,
    after: readonly (number | undefined)[],
    before: (step: Step, dependsOn: readonly (number | undefined)[]) => number | undefined = () =>
      undefined,
  ): number[] {
    const ids = new Map<number, number>();
    for (const step of steps) {
      const { id, dependsOn: waitsFor, ...rest } = step;
      const dependsOn = waitsFor.length === 0 ? after : waitsFor.map((one) => ids.get(one));
      ids.set(id, this.add({ ...rest, dependsOn: [...dependsOn, before(step, dependsOn)] }));
    }
    return [...ids.values()];
  }

  build(title: string): Plan {
    return { title, steps: this.#steps };
  }
}

/** Services that are told to stop, and that serve for a while after they were. */
export function stoppedBy(action: Action): readonly string[] {
  return action.kind === 'StopProject' ||
    action.kind === 'StopComponents' ||
    action.kind === 'RetireSlot'
    ? action.services
    : [];
}
