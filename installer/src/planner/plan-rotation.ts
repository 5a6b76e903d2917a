import { PlanBuilder, type Plan } from '../model/plan.ts';
import type { SecretName } from '../model/workload.ts';

/** The password of the services: its roles take turns, one for each slot. */
export type SlotRotation = {
  readonly secret: SecretName;
  /** Role of the slot that the services are led to, and of the one they leave. */
  readonly role: string;
  readonly formerRole: string;
  /** Roles that could log in with the password before and are not to. */
  readonly close: readonly string[];
};

const NEW_VALUE = 'it is to have a new value';

/** Everything that has to be there before a service with the new value starts. */
export function planNextForSlot(
  builder: PlanBuilder,
  { secret, role }: Pick<SlotRotation, 'secret' | 'role'>,
  before: number | undefined,
): number {
  const staged = planStage(builder, secret, before);
  const set = planPassword(builder, secret, role, 'nothing that serves logs in as it', staged);
  return planReplace(builder, secret, 'containers that run keep the file they started with', set);
}

/** Once nothing logs in with the value before. */
export function planRotated(
  builder: PlanBuilder,
  { secret, formerRole, close }: Omit<SlotRotation, 'role'>,
  done: readonly (number | undefined)[],
): void {
  const cause = `no service logs in as it any more; from here on the value before opens nothing`;
  let last = builder.add({
    action: { kind: 'SetRolePassword', role: formerRole, secret, value: 'next' },
    cause,
    dependsOn: done,
    undo: { kind: 'SetRolePassword', role: formerRole, secret, value: 'former' },
  });
  for (const role of close)
    last = builder.add({
      action: { kind: 'CloseRole', role },
      cause: 'every slot has a role of its own',
      dependsOn: [last],
    });
  planFinish(builder, secret, last);
}

/** The rest of a rotation that was cut off when the services had been led to the other slot already. */
export function planRotationEnd(
  rotation: Omit<SlotRotation, 'role'>,
  { left, slot, replaced }: { left: readonly string[]; slot: 'a' | 'b'; replaced: boolean },
): Plan {
  const { secret } = rotation;
  const builder = new PlanBuilder();
  const inUse = replaced
    ? undefined
    : builder.add({
        action: { kind: 'ReplaceSecret', secret },
        cause: 'the services that serve have it already',
      });
  const retired =
    left.length === 0
      ? undefined
      : builder.add({
          action: { kind: 'RetireSlot', slot, services: left },
          cause: 'nothing leads there',
          dependsOn: [inUse],
        });
  planRotated(builder, rotation, [inUse, retired]);
  return builder.build(rotationTitle(secret));
}

/** Where two slots do not fit: the services stop, and start again with the new value. */
export function planRotationInPlace(
  { secret, role, formerRole, close }: SlotRotation,
  services: readonly string[],
): Plan {
  const builder = new PlanBuilder();
  const staged = planStage(builder, secret, undefined);
  const closed = builder.add({
    action: { kind: 'ShowMaintenancePage' },
    cause: 'the server has no room for two slots, so the services are away for a moment',
    dependsOn: [staged],
    undo: { kind: 'HideMaintenancePage' },
  });
  const start = { kind: 'StartComponents', group: 'app', services, configHashes: {} } as const;
  const stopped = builder.add({
    action: { kind: 'StopComponents', group: 'app', services },
    cause: 'they log in with the value before',
    dependsOn: [closed],
    undo: start,
  });
  const set = planPassword(builder, secret, role, NEW_VALUE, stopped);
  const replaced = planReplace(builder, secret, 'the services start with it', set);
  const started = builder.add({
    action: start,
    cause: 'they log in with the new value',
    dependsOn: [replaced],
    undo: { kind: 'StopComponents', group: 'app', services },
  });
  const opened = builder.add({
    action: { kind: 'HideMaintenancePage' },
    cause: 'the services are back',
    dependsOn: [started],
  });
  planRotated(builder, { secret, formerRole, close }, [opened]);
  return builder.build(rotationTitle(secret));
}

/** A secret that nothing has in its hand for long: who reads it starts again, where anybody has to. */
export function planPlainRotation(
  secret: SecretName,
  taker: { readonly role: string } | { readonly grafana: string },
  restart: readonly string[],
): Plan {
  const builder = new PlanBuilder();
  const staged = planStage(builder, secret, undefined);
  const set =
    'role' in taker
      ? planPassword(builder, secret, taker.role, NEW_VALUE, staged)
      : planGrafana(builder, secret, taker.grafana, staged);
  let last = planReplace(builder, secret, 'it is the one that opens now', set);
  if (restart.length > 0) {
    const start = { kind: 'StartComponents', group: 'readers', services: restart } as const;
    const stop = { kind: 'StopComponents', group: 'readers', services: restart } as const;
    const stopped = builder.add({
      action: stop,
      cause: 'they read it only when they start',
      dependsOn: [last],
      undo: { ...start, configHashes: {}, formerSecret: secret },
    });
    last = builder.add({
      action: { ...start, configHashes: {} },
      cause: 'with the new value',
      dependsOn: [stopped],
      undo: stop,
    });
  }
  planFinish(builder, secret, last);
  return builder.build(rotationTitle(secret));
}

export const rotationTitle = (secret: SecretName): string => `Rotate ${secret}`;

function planStage(builder: PlanBuilder, secret: SecretName, before: number | undefined): number {
  return builder.add({
    action: { kind: 'StageSecret', secret },
    cause: NEW_VALUE,
    dependsOn: [before],
    undo: { kind: 'DiscardStaged', secret },
  });
}

function planPassword(
  builder: PlanBuilder,
  secret: SecretName,
  role: string,
  cause: string,
  after: number,
): number {
  return builder.add({
    action: { kind: 'SetRolePassword', role, secret, value: 'next' },
    cause,
    dependsOn: [after],
    undo: { kind: 'SetRolePassword', role, secret, value: 'former' },
  });
}

function planGrafana(
  builder: PlanBuilder,
  secret: SecretName,
  service: string,
  after: number,
): number {
  return builder.add({
    action: { kind: 'SetGrafanaPassword', service, secret, value: 'next' },
    cause: 'Grafana reads the file only when its own database is made',
    dependsOn: [after],
    undo: { kind: 'SetGrafanaPassword', service, secret, value: 'former' },
  });
}

function planReplace(
  builder: PlanBuilder,
  secret: SecretName,
  cause: string,
  after: number,
): number {
  return builder.add({
    action: { kind: 'ReplaceSecret', secret },
    cause,
    dependsOn: [after],
    undo: { kind: 'RestoreSecret', secret },
  });
}

function planFinish(builder: PlanBuilder, secret: SecretName, after: number): void {
  builder.add({
    action: { kind: 'FinishRotation', secret },
    cause: 'the value before opens nothing and is needed for nothing',
    dependsOn: [after],
  });
}
