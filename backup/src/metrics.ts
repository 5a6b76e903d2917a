import { Counter, Gauge, Registry } from 'prom-client';
import type { Carried } from './carried.ts';
import { ofPlace, type History } from './history.ts';
import type { Waiting } from './spool.ts';

/** What the daemon itself knows of a place. */
export interface PlaceWatch {
  readonly name: string;
  readonly waiting: Waiting;
  readonly pushFailures: number;
  readonly carried: Carried | null;
}

const PREFIX = 'factsway_backup_';
const TYPES = ['full', 'diff', 'incr'] as const;

const seconds = (at: string | null | undefined): number =>
  at === null || at === undefined ? 0 : Date.parse(at) / 1000;

/**
 * Everything that is watched, in Prometheus' text format. Every series is there from the first scrape
 * on: an alert on a series that begins with the first failure would miss that failure.
 */
export async function renderMetrics(
  history: History | null,
  places: readonly PlaceWatch[],
  startedAt: Date,
): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labels: string[] = []): Gauge =>
    new Gauge({ name: PREFIX + name, help, labelNames: labels, registers: [registry] });
  const counter = (name: string, help: string): Counter =>
    new Counter({ name: PREFIX + name, help, labelNames: ['place'], registers: [registry] });

  gauge('started_timestamp_seconds', 'When backups began on this installation').set(
    seconds(history?.startedAt ?? startedAt.toISOString()),
  );
  aboutBackups(history, places, gauge, counter);
  aboutLog(places, gauge, counter);
  aboutDamage(history, places, gauge);
  aboutDrills(history, gauge);
  return registry.metrics();
}

type MakeGauge = (name: string, help: string, labels?: string[]) => Gauge;
type MakeCounter = (name: string, help: string) => Counter;

function aboutBackups(
  history: History | null,
  places: readonly PlaceWatch[],
  gauge: MakeGauge,
  counter: MakeCounter,
): void {
  const success = gauge('last_success_timestamp_seconds', 'End of the newest backup; 0 for none', [
    'place',
    'type',
  ]);
  const attempt = gauge('last_attempt_timestamp_seconds', 'Beginning of the last attempt', [
    'place',
  ]);
  const duration = gauge('last_duration_seconds', 'How long the newest backup took', [
    'place',
    'type',
  ]);
  const size = gauge('size_bytes', 'The database, and what its newest backup added', [
    'place',
    'what',
  ]);
  const copy = gauge('instance_copy_timestamp_seconds', 'Newest copy of the instance directory', [
    'place',
  ]);
  const failures = counter('failures_total', 'Backups that failed');
  for (const { name: place } of places) {
    const known = ofPlace(history, place);
    for (const type of TYPES) {
      success.set({ place, type }, seconds(known.successes[type]?.at));
      duration.set({ place, type }, known.successes[type]?.seconds ?? 0);
    }
    attempt.set({ place }, seconds(known.lastAttemptAt));
    size.set({ place, what: 'database' }, known.databaseBytes);
    size.set({ place, what: 'stored' }, known.storedBytes);
    copy.set({ place }, seconds(known.instanceCopyAt));
    failures.inc({ place }, known.failures);
  }
}

function aboutLog(places: readonly PlaceWatch[], gauge: MakeGauge, counter: MakeCounter): void {
  const bytes = gauge('log_waiting_bytes', 'WAL that has not reached the place', ['place']);
  const segments = gauge('log_waiting_segments', 'Segments that have not reached the place', [
    'place',
  ]);
  const oldest = gauge('log_oldest_waiting_seconds', 'How long the oldest of them waits', [
    'place',
  ]);
  const pushed = gauge('log_last_pushed_timestamp_seconds', 'When the last one arrived', ['place']);
  const failures = counter('log_push_failures_total', 'Segments that did not arrive at once');
  for (const { name: place, waiting, pushFailures, carried } of places) {
    bytes.set({ place }, waiting.bytes);
    segments.set({ place }, waiting.segments);
    oldest.set({ place }, waiting.oldestSeconds);
    pushed.set({ place }, seconds(carried?.pushedAt));
    failures.inc({ place }, pushFailures);
  }
}

function aboutDamage(
  history: History | null,
  places: readonly PlaceWatch[],
  gauge: MakeGauge,
): void {
  const damage = gauge('damage', 'Did the last check find damage', ['place']);
  const checked = gauge('last_check_timestamp_seconds', 'When everything was last read', ['place']);
  for (const { name: place } of places) {
    const known = ofPlace(history, place);
    damage.set({ place }, known.damage ? 1 : 0);
    checked.set({ place }, seconds(known.checkedAt));
  }
  damage.set({ place: 'database' }, history?.database.damage === true ? 1 : 0);
  checked.set({ place: 'database' }, seconds(history?.database.checkedAt));
}

function aboutDrills(history: History | null, gauge: MakeGauge): void {
  const drill = history?.drill;
  gauge('drill_last_success_timestamp_seconds', 'The last drill that succeeded').set(
    seconds(drill?.lastSuccessAt),
  );
  gauge('drill_last_attempt_timestamp_seconds', 'The last drill').set(
    seconds(drill?.lastAttemptAt),
  );
  // Before the first drill nothing has failed; that none was made is told by its date.
  gauge('drill_ok', 'Did the last drill succeed').set(
    drill === null || drill?.ok !== false ? 1 : 0,
  );
  gauge('drill_rpo_seconds', 'What would have been lost at the last drill').set(
    drill?.rpoSeconds ?? NaN,
  );
  gauge('drill_rto_seconds', 'How long the restore of the last drill took').set(
    drill?.rtoSeconds ?? NaN,
  );
}
