import { formatMinutes, type MaintenanceWish } from './maintenance.ts';
import type { Reload, Slot } from './workload.ts';

/** `permissions`: what is there stays, a file as well as a directory; the containers cannot read it as it is. */
export type FileChange = {
  readonly path: string;
  readonly change: 'create' | 'update' | 'delete' | 'permissions';
};

/**
 * What a step does. Every kind is an order, holds all its executor needs, and nothing the executor
 * would have to decide. Adding a kind makes the compiler ask for its handler and its sentence.
 */
export type Action =
  | { readonly kind: 'CreateSecrets'; readonly names: readonly string[] }
  /** Copies certificate and key of the customer into the instance and makes them the ones in use. */
  | { readonly kind: 'ImportCertificate'; readonly id: string; readonly former?: string }
  /** Makes a pair that was brought in earlier the one in use again. */
  | {
      readonly kind: 'UseCertificate';
      readonly id: string;
      /** Of the edge, where it runs: it may have taken up the other one. */
      readonly reload?: ActionOf<'ReloadConfig'>;
    }
  | { readonly kind: 'WriteBundle'; readonly changes: readonly FileChange[] }
  /** Puts the previous files back and the containers that ran from them. */
  | {
      readonly kind: 'RestoreBundle';
      readonly changes: readonly FileChange[];
      readonly services: readonly string[];
      /** Fingerprint each of them had: what still has it was not touched and stays as it is. */
      readonly specs?: Readonly<Record<string, string>>;
      /** One-shots that had ended well; they are run again from the previous definition. */
      readonly oneShots: readonly string[];
      /** Components that may have taken up the new configuration while they ran. */
      readonly reloads?: readonly ActionOf<'ReloadConfig'>[];
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
  | {
      readonly kind: 'RunMigrations';
      readonly service: string;
      readonly slot: Slot;
      readonly version: string;
    }
  | {
      readonly kind: 'ReloadConfig';
      readonly service: string;
      readonly reload: Reload;
      readonly configHash: string;
    }
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
    }
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

  build(title: string): Plan {
    return { title, steps: this.#steps };
  }
}

const list = (items: readonly string[], most = 4): string =>
  items.length <= most
    ? items.join(', ')
    : `${items.slice(0, most).join(', ')} and ${items.length - most} more`;

const counted = (items: readonly string[] | undefined, noun: string): string =>
  items === undefined || items.length === 0
    ? ''
    : `, ${items.length} ${noun}${items.length === 1 ? '' : 's'}`;

/** What the action acts on, in a few words: `StartComponents postgres`. */
export function describeAction(action: Action): string {
  return `${action.kind} ${subject(action)}`;
}

function subject(action: Action): string {
  switch (action.kind) {
    case 'CreateSecrets':
      return list(action.names, 6);
    case 'ImportCertificate':
    case 'UseCertificate':
      return action.id;
    case 'WriteBundle':
    case 'RestoreBundle':
      return `${action.changes.length} ${action.changes.length === 1 ? 'file' : 'files'}`;
    case 'PullImage':
      return action.reference;
    case 'CheckImageVersions':
      return `${action.references.length} images = ${action.version}`;
    case 'CreateContainers':
    case 'StartAdded':
      return list(action.services);
    case 'RemoveContainers':
      return `${list(action.services)}${counted(action.networks, 'network')}`;
    case 'RemoveHalfMade':
      return list(action.containers);
    case 'StartComponents':
    case 'StopComponents':
      return action.services.length === 1
        ? list(action.services)
        : `${action.group} (${list(action.services, 9)})`;
    case 'RunMigrations':
      return `up to ${action.version}`;
    case 'ReloadConfig':
    case 'SaveRootCertificate':
      return action.service;
    case 'StopProject':
      return `${action.project} (${action.services.length} containers${counted(action.networks, 'network')})`;
    case 'RemoveVolumes':
      return list(action.names, 6);
    case 'RemoveImages':
      return action.references.length === 1
        ? list(action.references)
        : `${action.references.length} images`;
    case 'RemoveFiles':
      return `${action.files.length} ${action.files.length === 1 ? 'file' : 'files'}`;
    case 'RecordOverride':
      return action.digest === '' ? 'as not proven' : action.digest.slice(0, 12);
    case 'WriteImageLock':
      return `${Object.keys(action.images).length} images`;
    case 'RemoveImageLock':
      return 'images.lock.yaml';
    case 'OpenMaintenance':
      return `for ${formatMinutes(action.minutes)}`;
    case 'EndMaintenance':
      return 'now';
    case 'RecordNetworks':
      return action.subnet === '' ? 'chosen by Docker' : action.subnet;
    case 'RecordRelease':
      return `${action.version} in slot ${action.slot}`;
  }
}

/** Services that are told to stop, and that serve for a while after they were. */
export function stoppedBy(action: Action): readonly string[] {
  return action.kind === 'StopProject' || action.kind === 'StopComponents' ? action.services : [];
}

/** `describeAction` without the list of names where there is one: for a line that must stay a line. */
export function shortAction(action: Action): string {
  if (action.kind === 'StartComponents' && action.services.length > 1) {
    return `StartComponents ${action.group} (${action.services.length} containers)`;
  }
  if (action.kind === 'CreateContainers') {
    return `CreateContainers (${action.services.length})`;
  }
  if (action.kind === 'CreateSecrets') return `CreateSecrets (${action.names.length})`;
  return describeAction(action);
}

export type PlanLine = { readonly ids: string; readonly what: string; readonly cause: string };

/**
 * A plan to be read before it is confirmed: a run of pulls for one reason is one line, whatever else stays a line
 * each. `describe` may be `shortAction`, where the lines have to fit on a screen.
 */
export function planLines({ steps }: Plan, describe = describeAction): PlanLine[] {
  const runs: Step[][] = [];
  for (const step of steps) {
    const [first] = runs.at(-1) ?? [];
    if (first?.action.kind === 'PullImage' && isSamePull(first, step)) runs.at(-1)?.push(step);
    else runs.push([step]);
  }
  return runs.flatMap((run): PlanLine[] => {
    const [first] = run;
    const last = run.at(-1);
    if (!first || !last) return [];
    return run.length === 1
      ? [{ ids: `[${first.id}]`, what: describe(first.action), cause: withLoss(first) }]
      : [
          {
            ids: `[${first.id}–${last.id}]`,
            what: `PullImage ${run.length} images`,
            cause: first.cause,
          },
        ];
  });
}

/** What is lost for good is never left to --verbose. */
const withLoss = ({ cause, destroys }: Step): string =>
  destroys === undefined ? cause : `${cause}: DESTROYS ${destroys}`;

const isSamePull = (first: Step, step: Step): boolean =>
  step.action.kind === first.action.kind && step.cause === first.cause;

/** One line per step: `[3] StartComponents edge because it is not running, after 1, 2 (undo: …)`. */
export function formatStep(step: Step): string {
  const after = step.dependsOn.length > 0 ? `, after ${step.dependsOn.join(', ')}` : '';
  const destroys = step.destroys ? ` DESTROYS ${step.destroys}` : '';
  const undo = step.undo ? ` (undo: ${describeAction(step.undo)})` : '';
  return `[${step.id}] ${describeAction(step.action)} because ${step.cause}${after}${destroys}${undo}`;
}

export function formatPlan(plan: Plan): string {
  if (plan.steps.length === 0) return `${plan.title}: nothing to do`;
  return [`${plan.title}:`, ...plan.steps.map((step) => `  ${formatStep(step)}`)].join('\n');
}
