import { externalPostgres } from '../../../catalog/database-access.ts';
import { GiB, MiB } from '../../../model/units.ts';
import type { DatabaseSizeFacts, ImageFacts } from '../../facts-preflight.ts';
import type { Wanted } from './check.ts';

/** One part of the space an operation takes, so that a person can follow the sum. */
export type Need = {
  readonly use: 'instance' | 'docker';
  /** now: this operation; later: what it grows to. */
  readonly when: 'now' | 'later';
  readonly what: string;
  readonly bytes: number;
};

/** Mean of the unpacked images of both sources; services share their layers and take less. */
const IMAGE = 250 * MiB;
/** An empty cluster, and max_wal_size of it. */
const EMPTY_DATABASE = 2 * GiB;
const FIRST_DATA = 5 * GiB;
/** 10,000 series, a sample each 15 s, 1.7 bytes per sample (Prometheus' own estimate is 1 to 2). */
const METRICS_PER_DAY = 10_000 * (86_400 / 15) * 1.7;
/** The log driver keeps five files of 10 MB for each container. */
const LOGS = 50 * 1000 * 1000;
/** Rendered files, journal, logs kept of failures. */
const FILES_NOW = 50 * MiB;
const FILES_LATER = 500 * MiB;
/** The restore point before the migrations may be a copy of the whole database. */
const COPIES_FOR_UPGRADE = 1;

/** Everything install or upgrade writes, from the catalogue and from what is there already. */
export function neededSpace(
  { purpose, catalog }: Wanted,
  { wanted, local }: ImageFacts,
  { exists, bytes: database }: DatabaseSizeFacts,
): Need[] {
  const here = new Set(local.map(({ reference }) => reference));
  const missing = wanted.filter((reference) => !here.has(reference)).length;
  const own = !externalPostgres(catalog.context.config);
  const days = catalog.context.config.monitoring.retentionDays;
  const docker = (when: Need['when'], what: string, bytes: number): Need[] =>
    bytes > 0 ? [{ use: 'docker', when, what, bytes }] : [];
  return [
    ...docker('now', `${missing} of ${wanted.length} images to fetch`, missing * IMAGE),
    // What is installed has its data, metrics and logs on the disk already; only what comes anew counts.
    ...(exists
      ? docker('later', 'room to go on', EMPTY_DATABASE)
      : [
          ...docker('now', 'an empty database and its log', own ? EMPTY_DATABASE : 0),
          ...docker('later', 'the first data', own ? FIRST_DATA : 0),
          ...docker('later', `metrics of ${days} days`, Math.round(days * METRICS_PER_DAY)),
          ...docker(
            'later',
            `logs of ${catalog.workloads.length} containers`,
            catalog.workloads.length * LOGS,
          ),
        ]),
    ...(purpose === 'upgrade'
      ? docker('now', 'a restore point of the database', (database ?? 0) * COPIES_FOR_UPGRADE)
      : []),
    { use: 'instance', when: 'now', what: 'files of the instance', bytes: FILES_NOW },
    {
      use: 'instance',
      when: 'later',
      what: 'releases and logs kept of failures',
      bytes: FILES_LATER - FILES_NOW,
    },
  ];
}
