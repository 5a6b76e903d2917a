import { dataVolume } from '../../catalog/data-volume.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { formatSeconds } from '../../model/units.ts';
import { planPostgresUpgrade, type MajorVolume } from '../../planner/plan-postgres.ts';
import type { Ports } from '../../ports/ports.ts';
import { Keeper } from '../backups/keeper.ts';
import { nextGeneration, unfinishedMove } from '../data-volume.ts';
import { observe } from '../observe.ts';
import type { Consent } from '../run-plan.ts';
import {
  carryOutChange,
  lookAtPostgres,
  prepareVersion,
  type ChangeResult,
  type Standing,
} from './change-postgres.ts';
import { askServer, provenBackup, refuseTooLarge, type ServerFacts } from './server-facts.ts';

/** What a second core and a disk of today copy, index and compare in a second; a server may be faster. */
const BYTES_PER_SECOND = 15 * 1024 ** 2;
/** Stopping and starting everything, whatever the size. */
const AROUND_SECONDS = 60;

/**
 * `upgrade --postgres N` (spec 05, "Postgres major upgrade"). Run again after it was cut off it goes on. Throws the
 * FW-POSTGRES-… of planning, and what backups, drill and copying throw.
 */
export async function upgradePostgres(
  { directory, text, consent }: { directory: string; text: string; consent: Consent },
  ports: Ports,
): Promise<ChangeResult> {
  const standing = await lookAtPostgres({ directory, text, command: 'upgrade' }, ports);
  const { config, record, current, wanted } = standing;
  const switched = unfinishedMove(record);
  if (!switched) refuseNoUpgrade(standing);
  const from: MajorVolume = switched?.from ?? current;
  const to = {
    postgres: wanted,
    generation: switched ? current.generation : nextGeneration(record),
  };
  const prepared = await prepareVersion(
    { directory, command: 'upgrade', consent, wanted, generation: to.generation },
    ports,
  );
  if ('missing' in prepared) return { plan: prepared.missing, executed: false, from, to };
  const { desired } = prepared;
  const keeper = new Keeper(config, ports.docker);
  if (!switched) {
    const server = await askServer(keeper);
    refuseStrange(server, current);
    refuseTooLarge(server);
    tellWhatHappens(server, from, to, ports);
  }
  const look = async (): Promise<Plan> => {
    const observed = await observe(desired, ports);
    // Behind the page since a run that was cut off: nobody has written anything since its restore point.
    const restorePoint =
      observed.instance.closed && !switched
        ? await provenBackup(keeper, ports.clock.now())
        : undefined;
    return planPostgresUpgrade(
      {
        from,
        to,
        ...(switched ? { switched: true } : {}),
        ...(restorePoint === undefined ? {} : { restorePoint }),
      },
      desired,
      observed,
    );
  };
  const change = { directory, command: 'upgrade', desired, look, consent } as const;
  return { ...(await carryOutChange(change, ports)), from, to };
}

function refuseNoUpgrade({ current, wanted, record }: Standing): void {
  if (wanted > current.postgres) return;
  const isBack = record?.move?.from.postgres === wanted && !record.move.back;
  throw new FactswayError(
    'FW-POSTGRES-TARGET',
    wanted === current.postgres
      ? `The database is of PostgreSQL ${wanted} already. Nothing was changed.`
      : `The database is of PostgreSQL ${current.postgres}, and ${wanted} reads nothing that it wrote. Nothing was changed.`,
    isBack
      ? `Back to the database that was left: factsway-install rollback --postgres ${wanted}`
      : 'See what runs: factsway-install status',
  );
}

/** The record and the server have to agree before anything is built on either. */
function refuseStrange({ version }: ServerFacts, { postgres, generation }: MajorVolume): void {
  if (version === postgres) return;
  throw new FactswayError(
    'FW-POSTGRES-VERSION',
    `PostgreSQL ${version} runs, and volume ${dataVolume(generation)} is on record as one of PostgreSQL ${postgres}. Nothing was changed.`,
    `Put right what images.overrides or compose.override.yaml says, then: factsway-install up`,
  );
}

function tellWhatHappens(
  { databaseBytes }: ServerFacts,
  from: MajorVolume,
  to: MajorVolume,
  { reporter }: Ports,
): void {
  const seconds = AROUND_SECONDS + Math.round(databaseBytes / BYTES_PER_SECOND);
  reporter.note(
    `While the services serve a full backup is made and tried out. Then users see the maintenance page for about ${formatSeconds(seconds)}: the database is copied to PostgreSQL ${to.postgres} and compared with what it was.`,
  );
  reporter.note(
    `Volume ${dataVolume(from.generation)} of PostgreSQL ${from.postgres} stays as it is; the way back to it: factsway-install rollback --postgres ${from.postgres}`,
  );
}
