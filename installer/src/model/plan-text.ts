import { formatMinutes } from './maintenance.ts';
import type { Action, Plan, Step } from './plan.ts';
import { count } from './units.ts';

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
    case 'StageSecret':
    case 'DiscardStaged':
    case 'FinishRotation':
    case 'ReplaceSecret':
    case 'RestoreSecret':
      return action.secret;
    case 'SetRolePassword':
      return `${action.role} to the ${action.value} ${action.secret}`;
    case 'CloseRole':
      return action.role;
    case 'SetGrafanaPassword':
      return `to the ${action.value} ${action.secret}`;
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
    case 'ProveSlot':
      return `${action.slot}: ${count(action.services.length, 'service', 'services')} of ${action.version}`;
    case 'SwitchTraffic':
      return `${action.from}→${action.to}`;
    case 'VerifyTraffic':
      return `slot ${action.slot}, ${action.version}`;
    case 'ShowMaintenancePage':
    case 'HideMaintenancePage':
      return 'at the front door';
    case 'RetireSlot':
      return `${action.slot} (${list(action.services, 9)})`;
    case 'RunMigrations':
      return `up to ${action.version}`;
    case 'RevertMigrations':
      return `of ${action.version}`;
    case 'CreateBackup':
      return `${action.type === 'auto' ? '' : `(${action.type}) `}in ${action.enough ?? 'every place'}`;
    case 'DrillBackup':
      return 'the newest';
    case 'FlushLog':
      return action.everywhere
        ? 'into the backups of every place'
        : `into the backups${action.place === undefined ? '' : ` in ${action.place}`}`;
    case 'RecordPostgres':
    case 'FinishMove':
      return `PostgreSQL ${action.version}`;
    case 'CopyDatabase':
      return `into ${action.volume} by ${action.image}`;
    case 'UsePostgres':
      return `${action.version} in volume ${action.generation}`;
    case 'ForgetMove':
      return String(action.generation);
    case 'AdoptDatabase':
      return 'in every place of backups';
    case 'RestoreVolume':
      return `${action.volume} as of ${action.target}, from ${action.place}`;
    case 'UseDataVolume':
      return String(action.generation);
    case 'OpenRoles':
      return list(action.roles, 6);
    case 'FinishRestore':
      return 'of the database';
    case 'CreateRestorePoint':
    case 'RestoreDatabase':
      return action.id;
    case 'RemoveRestorePoints':
      return list(action.ids);
    case 'RemoveReplacedDatabases':
      return list(action.names);
    case 'ReloadConfig':
    case 'BringAuthority':
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
    case 'RestoreServing':
    case 'RecordRelease':
      return `${action.version} in slot ${action.slot}`;
  }
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
