import { externalPostgres } from '../../catalog/database-access.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { ROLES, slotRole } from '../../catalog/roles.ts';
import { FactswayError } from '../../model/errors.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Plan } from '../../model/plan.ts';
import { shellWord } from '../../model/shell.ts';
import type { SecretName } from '../../model/workload.ts';
import {
  planPlainRotation,
  planRotationEnd,
  planRotationInPlace,
  rotationTitle,
  type SlotRotation,
} from '../../planner/plan-rotation.ts';
import type { Ports } from '../../ports/ports.ts';
import { apply } from '../apply.ts';
import { keepCopy } from '../backups/copy-instance.ts';
import { awaitWorkers } from '../await-workers.ts';
import { requireDocker } from '../check-docker.ts';
import { catalogInEffect } from '../in-effect.ts';
import { instancePaths } from '../paths.ts';
import { measure, type Measured } from '../measured.ts';
import { readSecret } from '../read-secret.ts';
import { runPlan, type Consent, type PlanOutcome } from '../run-plan.ts';
import { opens } from '../../checks/collectors/scram.ts';
import { otherSlot } from '../serving-slot.ts';
import { stagedSecret } from '../staged-secret.ts';
import { observeRoles, type LoginRole } from './observe-roles.ts';
import { requireRotatable } from './require-rotatable.ts';

export type RotateRequest = {
  readonly directory: string;
  readonly name: string;
  readonly consent: Consent;
};

export type RotateResult = PlanOutcome & {
  /** What people met meanwhile; absent where nothing was done. */
  readonly measured?: Measured;
};

const COMMAND = 'secrets rotate';

/**
 * Gives a secret a new value: in what checks it, in its file, and in who reads it. A run that was cut off is gone on
 * with, with the same value. Throws FW-SECRET-UNKNOWN, FW-SECRET-GIVEN, FW-NOT-RUNNING and FW-SECRET-ROLE-MISSING
 * before anything is planned.
 */
export async function rotateSecret(
  { directory, name, consent }: RotateRequest,
  ports: Ports,
): Promise<RotateResult> {
  const { catalog } = await catalogInEffect(directory, ports.files);
  const secret = requireRotatable(name, catalog, directory).name;
  await requireDocker(ports);
  await awaitWorkers(directory, ports);
  const run: Run = { directory, secret, consent, catalog };
  if (secret === 'postgres-app-password') return rotateOfSlots(run, ports);
  const look = async (): Promise<Plan> =>
    planPlain(secret, catalog, await containersOf(run, ports));
  return carryOut(run, look, ports);
}

type Run = {
  readonly directory: string;
  readonly secret: SecretName;
  readonly consent: Consent;
  readonly catalog: Catalog;
};

const containersOf = ({ catalog }: Run, { docker }: Ports): Promise<ObservedContainer[]> =>
  docker.containers(catalog.context.config.project);

/** Looks once before the question, and again once the lock is held. */
async function carryOut(
  { directory, consent, catalog }: Run,
  look: () => Promise<Plan>,
  ports: Ports,
): Promise<RotateResult> {
  const { project, release } = catalog.context.config;
  const plan = await look();
  let measured: Measured | undefined;
  const around = async (_plan: Plan, work: () => Promise<void>): Promise<void> => {
    const change = { kind: 'rotation', from: release.version, to: release.version } as const;
    measured = await measure(work, change, { catalog, directory }, ports);
  };
  const run = { command: COMMAND, directory, project, plan, replan: look, consent, confirm: true };
  const outcome = await runPlan({ ...run, around }, ports);
  // Whoever builds this server anew needs the value of today.
  if (outcome.executed && plan.steps.length > 0) await keepCopy(catalog, ports);
  return { ...outcome, ...(measured ? { measured } : {}) };
}

const ROLE_OF: Readonly<Partial<Record<SecretName, string>>> = {
  'postgres-superuser-password': ROLES.superuser,
  'postgres-owner-password': ROLES.owner,
  'postgres-monitor-password': ROLES.monitor,
};
const GRAFANA = 'grafana';

function planPlain(
  secret: SecretName,
  { workloads }: Catalog,
  containers: readonly ObservedContainer[],
): Plan {
  const role = ROLE_OF[secret];
  requireRunning(role === undefined ? GRAFANA : 'postgres', containers);
  if (role === undefined) return planPlainRotation(secret, { grafana: GRAFANA }, []);
  // PostgreSQL itself reads its files only when its data directory is made; one-shots read theirs when they run.
  const readers = workloads
    .filter(({ kind, secrets }) => kind === 'service' && secrets.includes(secret))
    .map(({ id }) => id)
    .filter((id) => id !== 'postgres' && isRunning(id, containers));
  return planPlainRotation(secret, { role }, readers);
}

const isRunning = (id: string, containers: readonly ObservedContainer[]): boolean =>
  containers.some(({ service, state }) => service === id && state === 'running');

function requireRunning(
  id: string,
  containers: readonly ObservedContainer[],
  halfwayIn?: string,
): ObservedContainer {
  const found = containers.find(({ service, state }) => service === id && state === 'running');
  if (found) return found;
  throw new FactswayError(
    'FW-NOT-RUNNING',
    `${id} does not run, and has to be told of the new value; nothing was changed.`,
    halfwayIn === undefined
      ? 'Start it: factsway-install up   then run the command again.'
      : `Start it alone, since nothing else may start before the rotation is finished: cd ${shellWord(halfwayIn)} && docker compose up --detach --wait ${id}   then run the command again.`,
  );
}

/** The password of the services: each slot has a role of its own, and the services move to the other. */
async function rotateOfSlots(run: Run, ports: Ports): Promise<RotateResult> {
  const { catalog, directory, consent } = run;
  const { activeSlot: slot, sizing } = catalog.context;
  if (externalPostgres(catalog.context.config)) throw new Error('its password is not ours');
  const facts = await observeSlots(run, ports);
  if (!sizing.twoSlots.value) {
    const services = catalog.workloads
      .filter((workload) => workload.slot === slot && workload.kind === 'service')
      .map(({ id }) => id);
    const look = async (): Promise<Plan> => {
      const { rotation } = await observeSlots(run, ports);
      const turned = { ...rotation, role: rotation.formerRole, formerRole: rotation.role };
      return planRotationInPlace(turned, services);
    };
    return carryOut(run, look, ports);
  }
  if (facts.switched) return carryOut(run, async () => planEnd(run, ports), ports);
  const options = {
    title: rotationTitle(run.secret),
    overwrite: false,
    renderOnly: false,
    rotation: facts.rotation,
  };
  return apply({ directory, sets: [], command: COMMAND, options, consent }, ports);
}

/** The services serve with the new value already; what is left is the slot they came from. */
async function planEnd(run: Run, ports: Ports): Promise<Plan> {
  const { rotation, replaced } = await observeSlots(run, ports);
  const slot = otherSlot(run.catalog.context.activeSlot);
  const left = (await containersOf(run, ports))
    .filter((container) => container.slot === slot)
    .filter(({ state }) => state === 'running' || state === 'restarting')
    .map(({ service }) => service);
  // Both slots now stand the other way round: the one that serves is the one that was led to.
  return planRotationEnd({ ...rotation, formerRole: slotRole(slot) }, { left, slot, replaced });
}

type SlotFacts = {
  readonly rotation: SlotRotation;
  /** Whether services serve that log in with the value to come. */
  readonly switched: boolean;
  /** Whether the file holds it. */
  readonly replaced: boolean;
};

async function observeSlots(run: Run, ports: Ports): Promise<SlotFacts> {
  const { secret, catalog, directory } = run;
  const slot = catalog.context.activeSlot;
  const [role, formerRole] = [slotRole(otherSlot(slot)), slotRole(slot)];
  const next = (await stagedSecret(directory, secret, ports.files))?.reveal();
  const containers = await containersOf(run, ports);
  const halfwayIn = next === undefined ? undefined : directory;
  const postgres = requireRunning('postgres', containers, halfwayIn);
  const roles = await observeRoles(postgres.id, ports);
  refuseMissing([role, formerRole], roles);
  const current = await readSecret(instancePaths(directory).secret(secret), ports.files);
  const serving = roles.find(({ name }) => name === formerRole);
  return {
    rotation: {
      secret,
      role,
      formerRole,
      close: roles.filter(({ name, canLogin }) => name === ROLES.app && canLogin).map(nameOf),
    },
    // Its role gets the new value only before services with that value start in its slot.
    switched: next !== undefined && serving !== undefined && opens(next, serving.verifier),
    replaced: next !== undefined && next === current?.reveal(),
  };
}

const nameOf = ({ name }: LoginRole): string => name;

function refuseMissing(needed: readonly string[], roles: readonly LoginRole[]): void {
  const missing = needed.filter((name) => !roles.some((role) => role.name === name));
  if (missing.length === 0) return;
  throw new FactswayError(
    'FW-SECRET-ROLE-MISSING',
    `The database has no role ${missing.join(' and no role ')}: it was made by an earlier installer, and this one was not applied to it yet.`,
    'Apply it, which makes the roles: factsway-install up   then run the command again.',
  );
}
