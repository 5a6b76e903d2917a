import { dataVolume } from '../../catalog/data-volume.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { shellWord } from '../../model/shell.ts';
import { formatSeconds } from '../../model/units.ts';
import { planPostgresReturn, type MajorVolume } from '../../planner/plan-postgres.ts';
import type { Ports } from '../../ports/ports.ts';
import { unfinishedMove, type Move } from '../data-volume.ts';
import { observe } from '../observe.ts';
import type { Consent } from '../run-plan.ts';
import { agreeByTyping, nameToType, refuseUnconfirmed } from '../typed-consent.ts';
import {
  carryOutChange,
  lookAtPostgres,
  prepareVersion,
  type ChangeResult,
  type Standing,
} from './change-postgres.ts';

export type ReturnRequest = {
  readonly directory: string;
  readonly text: string;
  /** Seconds of work that may be lost. */
  readonly forceLose: number | undefined;
  /** Host name typed beforehand, of --confirm. */
  readonly confirmed: string | undefined;
  readonly consent: Consent;
};

/**
 * `rollback --postgres N`: back to the volume that the last upgrade left, by the images of then. Throws
 * FW-POSTGRES-NO-RETURN, FW-POSTGRES-LOSES, FW-NOT-CONFIRMED.
 */
export async function returnPostgres(
  { directory, text, forceLose, confirmed, consent }: ReturnRequest,
  ports: Ports,
): Promise<ChangeResult> {
  const standing = await lookAtPostgres({ directory, text, command: 'rollback' }, ports);
  const { record, current, wanted } = standing;
  const switched = unfinishedMove(record);
  const from: MajorVolume = switched?.from ?? current;
  const to: MajorVolume = switched ? current : (await findReturn(standing, ports)).from;
  const prepared = await prepareVersion(
    { directory, command: 'rollback', consent, wanted, generation: to.generation },
    ports,
  );
  if ('missing' in prepared) return { plan: prepared.missing, executed: false, from, to };
  const { desired } = prepared;
  const seconds = Math.ceil(
    (ports.clock.now().getTime() - Date.parse(record?.move?.at ?? '')) / 1000,
  );
  const loses = `what was written in the ${formatSeconds(seconds)} since ${record?.move?.at ?? ''}, when PostgreSQL ${from.postgres} took over`;
  const command = (allowed: number): string =>
    `factsway-install rollback --postgres ${wanted} --force-lose ${allowed}`;
  if (!switched) refuseLoss({ seconds, forceLose, loses, command });
  const name = await nameToType(directory, ports);
  const typed = {
    name,
    confirmed,
    consent,
    loss: `${loses.charAt(0).toUpperCase()}${loses.slice(1)} is lost to the services`,
    purpose: `go back to PostgreSQL ${wanted}`,
    command: `${command(forceLose ?? 0)} --yes --confirm ${shellWord(name)}`,
  };
  if (!consent.dryRun && !switched) refuseUnconfirmed(typed, ports);
  const look = async (): Promise<Plan> => {
    const observed = await observe(desired, ports);
    const postgres = observed.containers.find(({ service }) => service === 'postgres');
    const flushes = postgres?.state === 'running' && postgres.health === 'healthy';
    return planPostgresReturn(
      { from, to, loses, flushes, ...(switched ? { switched: true } : {}) },
      desired,
      observed,
    );
  };
  const agree = switched ? {} : { agree: () => agreeByTyping(typed, ports) };
  const change = { directory, command: 'rollback', desired, look, consent, ...agree } as const;
  return { ...(await carryOutChange(change, ports)), from, to };
}

/** The upgrade whose volume is still there. Throws FW-POSTGRES-NO-RETURN. */
async function findReturn(
  { record, current, wanted, config }: Standing,
  { docker }: Ports,
): Promise<Move> {
  const move = record?.move;
  const hint = 'See what runs: factsway-install status';
  if (!move || move.back || move.from.postgres !== wanted)
    throw new FactswayError(
      'FW-POSTGRES-NO-RETURN',
      `The database is of PostgreSQL ${current.postgres}, and no upgrade left one of PostgreSQL ${wanted} behind. Nothing was changed.`,
      wanted > current.postgres
        ? `Bring it there: factsway-install upgrade --postgres ${wanted}`
        : hint,
    );
  const volume = dataVolume(move.from.generation);
  if ((await docker.volumes(config.project)).includes(volume)) return move;
  throw new FactswayError(
    'FW-POSTGRES-NO-RETURN',
    `Volume ${volume}, which the upgrade left behind, is gone. Nothing was changed.`,
    'What is in the backups of that version: docs/operations/postgres-upgrade.md, "When the volume is gone"',
  );
}

function refuseLoss({
  seconds,
  forceLose,
  loses,
  command,
}: {
  seconds: number;
  forceLose: number | undefined;
  loses: string;
  command: (allowed: number) => string;
}): void {
  if (forceLose !== undefined && seconds <= forceLose) return;
  throw new FactswayError(
    'FW-POSTGRES-LOSES',
    `Going back loses ${loses}, and ${forceLose === undefined ? 'nobody agreed to that' : `--force-lose allows ${formatSeconds(forceLose)}`}. Nothing was changed.`,
    // A few minutes are left for reading this.
    `Agree to it: ${command(Math.ceil((seconds + 300) / 60) * 60)}`,
  );
}
