import { type Observed } from '../model/observed.ts';
import { PlanBuilder, type FileChange, type Plan } from '../model/plan.ts';
import { FactswayError } from '../model/errors.ts';
import type { ReleaseChange } from '../model/release-change.ts';
import { formerReloads, hasSucceeded, planPulls } from './container-steps.ts';
import type { Desired } from './desired.ts';
import { causeOfWriting } from './cause-of-writing.ts';
import { planContainers } from './plan-containers.ts';
import { planCertificate } from './plan-certificate.ts';
import { staleLock } from './plan-image-lock.ts';
import { planFiles, type FilePlan } from './plan-files.ts';
import { planSecretAccess } from './plan-permissions.ts';
import { planRecordNetworks, planRemake, withoutContainers } from './plan-networks.ts';
import { isSilenceAlone, planSilence, planSilenceLeft } from './plan-release-change.ts';
import { planNextForSlot, planRotated, type SlotRotation } from './plan-rotation.ts';
import { planSettle, withoutHalfMade } from './plan-settle.ts';
import { refuseOvercommitment } from './refuse-overcommitment.ts';
import { findSwitch, leads as isLeading, type Switch } from './slot-switch.ts';
import {
  refuseEmptySecrets,
  refuseNeededSecrets,
  refuseOtherProject,
  refuseWhatCannotWork,
} from './refusals.ts';

export type UpOptions = {
  readonly title: string;
  /** Replace files that were edited by hand. */
  readonly overwrite: boolean;
  /** Write the bundle only; nothing is created or started, Docker is not asked. */
  readonly renderOnly: boolean;
  /** Names of checks whose verdict does not count. */
  readonly skipChecks?: readonly string[];
  /** Another release takes over. */
  readonly release?: ReleaseChange;
  /** A secret of the services: they get its next value in the other slot. */
  readonly rotation?: SlotRotation;
};

export type UpPlan = {
  readonly plan: Plan;
  readonly warnings: readonly string[];
  /** Paths of files that were edited by hand and whose edit stays, in a new rendering or in the one that is there. */
  readonly kept: readonly string[];
};

/**
 * From what is to what should be. Idempotent: with nothing to do the plan is empty.
 * Throws a coded error for everything that must be settled first (spec 00 "Bad input", spec 01 invariants).
 */
export function planUp(desired: Desired, found: Observed, options: UpOptions): UpPlan {
  const { whole: observed, halfMade } = withoutHalfMade(found, desired);
  refuseEmptySecrets(desired, observed);
  refuseNeededSecrets(desired, observed);
  if (desired.catalog.unlocked.length > 0)
    throw staleLock(desired.catalog.unlocked, options.release?.to);
  const files = planFiles(desired.bundle, observed.instance, options.overwrite);
  if (files.conflicts.length > 0) throw conflictError(files, observed);
  // Compose files of another name would hide what runs from whoever looks at it in that directory.
  if (options.renderOnly) refuseOtherProject(desired, observed);
  else refuseWhatCannotWork(desired, observed);

  const builder = new PlanBuilder();
  const change = options.renderOnly ? undefined : findSwitch(desired, observed);
  const goesOn = options.renderOnly
    ? undefined
    : leftHalfDone(desired, files, observed, change, options);
  const silenced = options.release && planSilence(builder, options.release);
  const leading = change ? files.changes.filter(isLeading) : [];
  const first = files.changes.filter((one) => !leading.includes(one));
  const written = planInstanceDirectory(
    builder,
    desired,
    observed,
    { first, leading, after: silenced, opens: isClosing(options) && goesOn === undefined },
    options,
  );
  if (!options.renderOnly) {
    const pulls = planPulls(builder, desired, observed);
    const remade = planRemake(builder, desired, observed, { written, pulls });
    const { left, step } =
      remade === undefined
        ? planSettle(builder, observed, halfMade, [written])
        : { left: withoutContainers(observed), step: remade };
    const recorded = planRecordNetworks(builder, desired, observed, [written, step]);
    const { rotation } = options;
    const before = recorded ?? step ?? written;
    const staged = rotation && planNextForSlot(builder, rotation, before);
    const done = planContainers(builder, desired, left, {
      written: staged ?? before,
      pulls,
      ...(change ? { change } : {}),
      leading,
      ...(options.release ? { release: options.release, silenced } : {}),
      ...(rotation ? { rotates: rotation.secret } : {}),
      ...(goesOn === undefined ? {} : { goesOn }),
    });
    if (rotation) planRotated(builder, rotation, done);
  }
  const warnings = [
    ...desired.bundle.warnings,
    ...files.kept.map((path) => `${path} was edited by hand and is left as it is.`),
  ];
  const built = builder.build(options.title);
  const plan = isSilenceAlone(built.steps) ? planSilenceLeft(built.title, options.release) : built;
  refuseOvercommitment(desired, observed, plan, options.skipChecks ?? []);
  const carried = files.changes.filter(({ withEdit }) => withEdit !== undefined);
  return { plan, warnings, kept: [...files.kept, ...carried.map(({ path }) => path)] };
}

function conflictError(
  { conflicts: paths, reasons }: FilePlan,
  { instance }: Observed,
): FactswayError {
  if (Object.keys(instance.manifest.files).length === 0) {
    return new FactswayError(
      'FW-DIR-FOREIGN',
      `The directory already holds files this installer did not write: ${paths.join(', ')}.`,
      'Choose an empty directory: --dir DIR',
    );
  }
  return new FactswayError(
    'FW-DRIFT',
    `Edited by hand since it was rendered, and about to change in the same place: ${[...new Set(paths)].join(', ')}.`,
    'See both: factsway-install diff. Move your change to factsway.yaml or compose.override.yaml, or replace the file and keep a copy of yours: --overwrite-edited',
    reasons,
  );
}

/** Secrets first, files second: a container never meets a bundle whose secrets do not exist. */
function planInstanceDirectory(
  builder: PlanBuilder,
  desired: Desired,
  observed: Observed,
  {
    first,
    leading,
    after,
    opens,
  }: {
    readonly first: readonly FileChange[];
    readonly leading: readonly FileChange[];
    readonly after: number | undefined;
    /** Whether the way back ends behind a maintenance page. */
    readonly opens: boolean;
  },
  options: UpOptions,
): number | undefined {
  const missing = desired.bundle.secrets
    .map(({ name }) => name)
    .filter((name) => !observed.instance.secrets.includes(name));
  let last = after;
  if (missing.length > 0) {
    last = builder.add({
      action: { kind: 'CreateSecrets', names: missing },
      cause: 'the instance has no such secret yet',
      dependsOn: [last],
    });
  }
  last = planCertificate(builder, desired, observed, last) ?? last;
  const fresh = Object.keys(observed.instance.manifest.files).length === 0;
  // Where secrets are made, or a first bundle is written, all of them get theirs with that.
  const access =
    fresh || missing.length > 0 ? [] : planSecretAccess(desired.bundle, observed.instance);
  const changes = [
    ...(desired.configUnchanged
      ? []
      : [{ path: 'factsway.yaml', change: fresh ? ('create' as const) : ('update' as const) }]),
    ...first,
    ...access,
  ];
  if (changes.length === 0) return last;
  const before = options.renderOnly ? [] : observed.containers;
  const services = before.filter(({ state }) => state === 'running').map(({ service }) => service);
  const specs = Object.fromEntries(before.map(({ service, spec }) => [service, spec]));
  const kindOf = (service: string) =>
    desired.catalog.workloads.find(({ id }) => id === service)?.kind;
  const oneShots = before
    .filter((container) => kindOf(container.service) === 'one-shot' && hasSucceeded(container))
    .map(({ service }) => service);
  const reloads = formerReloads(desired, observed, services);
  return builder.add({
    action: {
      kind: 'WriteBundle',
      changes,
      ...(leading.length > 0 ? { later: leading.map(({ path }) => path) } : {}),
    },
    cause: fresh ? 'the instance directory is new' : causeOfWriting(changes, desired, leading),
    dependsOn: [last],
    // Of a first rendering there is nothing to go back to; the files stay and show what was meant.
    ...(fresh
      ? {
          stays:
            'The instance directory with its secrets, and data volumes where they were made, stay for the next attempt.',
        }
      : {
          undo: {
            kind: 'RestoreBundle',
            changes,
            services,
            specs,
            oneShots,
            reloads,
            ...(opens ? { opens: true } : {}),
          },
        }),
  });
}

const isClosing = ({ release }: UpOptions): boolean => release?.strategy === 'recreate';

/**
 * Services are to be replaced, and an earlier run that was cut off has begun it: what it wrote, ended and migrated is not
 * this run's to put back. What a person then does; undefined where this run is the first.
 */
function leftHalfDone(
  desired: Desired,
  { changes }: FilePlan,
  { instance }: Observed,
  change: Switch | undefined,
  options: UpOptions,
): string | undefined {
  const { release, renderedRelease = release?.version, closed } = instance;
  if (!release || (change === undefined && !isClosing(options))) return undefined;
  const isOther = renderedRelease !== release.version;
  const isWritten =
    desired.catalog.context.config.release.version !== release.version &&
    !changes.some(({ path }) => path.startsWith('compose.app-'));
  const isBehindPage = isClosing(options) && closed === true;
  if (!isOther && !isWritten && !isBehindPage) return undefined;
  const again = 'Mend the cause and run the same command again';
  const what = 'An earlier run was cut off, and what it had done stays.';
  if (options.release?.kind !== 'upgrade') return `${what} ${again}.`;
  const recreate = isClosing(options) ? ' --strategy recreate' : '';
  return `${what} ${again}, or go back: factsway-install rollback${recreate}`;
}
