import { execa } from 'execa';
import { containerId, docker, query, until } from '../test/scenarios/support/docker.ts';
import { Instance } from '../test/scenarios/support/instance.ts';
import { paired, summarise, type Paired } from './lib/measure.ts';
import { milliseconds, times, type Row } from './lib/rows.ts';

const RUNS = 3;
/** Of the speed of pgBackRest alone. */
const LEAST = 0.95;
/** Half of a row says nothing new to a compressor, half of it does: some 1 GB of table and index. */
const ROWS = 3_200_000;
const CONFIG = '/tmp/pgbackrest-local.conf';
const NEXT = '/var/lib/postgresql/next/bench';
const SOCKET = '/var/lib/postgresql/log/socket';

/** A full backup and a restore of 1 GB by the keeper, against the same programs without it, and against PostgreSQL's own. */
export async function backupRows(): Promise<Row[]> {
  const instance = new Instance('factsway-bench-backup', 27_280, { 'backup.mode': 'on' });
  try {
    await instance.remove();
    const run = await instance.install();
    if (run.exitCode !== 0) throw new Error(JSON.stringify(run.errors));
    await fill(instance);
    const keeper = await containerId(instance.project, 'backup');
    await until('the keeper to be at rest', 300, async () => {
      const { result } = await instance.runJson('backup', 'list');
      const { places } = result as unknown as {
        places: { backups: unknown[]; waitingSegments: number }[];
      };
      return places.every((place) => place.backups.length > 0 && place.waitingSegments === 0);
    });
    const inside = async (...argv: string[]): Promise<number> => {
      const begun = performance.now();
      await execa('docker', ['exec', keeper, ...argv], { stdin: 'ignore' });
      return performance.now() - begun;
    };
    const raw = (...argv: string[]): Promise<number> =>
      inside('pgbackrest', `--config=${CONFIG}`, '--stanza=factsway', ...argv);
    const made = await paired(
      RUNS,
      () => inside('factsway-backup', 'create', '--type', 'full'),
      () => raw('backup', '--type=full'),
      false,
    );
    const emptied = () => inside('rm', '-rf', NEXT);
    const base = await several(async () => {
      await emptied();
      return inside(
        ...['pg_basebackup', '-h', SOCKET, '-U', 'postgres', '-X', 'none', '--no-password'],
        ...['--checkpoint=fast', '-D', NEXT],
      );
    });
    const dumped = await several(async () => {
      await emptied();
      return inside(
        ...['pg_dump', '-h', SOCKET, '-U', 'postgres', '--no-password', '-Fc', '-Z', 'zstd:3'],
        ...['-f', NEXT, 'factsway'],
      );
    });
    const restored = await paired(
      RUNS,
      () => inside('factsway-backup', 'restore', '--target', 'latest', '--place', 'local'),
      async () => {
        await emptied();
        const copied = await raw('restore', `--pg1-path=${NEXT}`, '--type=default');
        return copied + (await recovered(keeper));
      },
      false,
    );
    await emptied();
    const size = await query(
      instance.project,
      'SELECT sum(pg_database_size(oid)) FROM pg_database',
    );
    const database = `${(Number(size) / 1e9).toFixed(2)} GB`;
    return [
      row(
        `full backup of ${database}`,
        made,
        `pg_basebackup ${milliseconds(base.median)}, pg_dump ${milliseconds(dumped.median)}`,
      ),
      row(
        `restore of ${database}, recovered and looked through`,
        restored,
        'recovered, not looked through',
      ),
    ];
  } finally {
    await instance.remove();
  }
}

/** Until a server on what was restored has replayed the log and takes questions; then it ends. */
async function recovered(keeper: string): Promise<number> {
  const script = `postgres -D ${NEXT} -c listen_addresses= -c archive_mode=off -c unix_socket_directories=/tmp -c config_file=${NEXT}/postgresql.conf & until psql -XAtq -h /tmp -U postgres -d postgres -c 'SELECT pg_is_in_recovery()' 2>/dev/null | grep -q f; do sleep 0.1; done; kill -INT %1; wait`;
  const begun = performance.now();
  await docker('exec', keeper, 'bash', '-c', script);
  return performance.now() - begun;
}

async function several(work: () => Promise<number>) {
  const values: number[] = [];
  for (let run = 0; run < RUNS; run += 1) values.push(await work());
  return summarise(values);
}

async function fill({ project }: Instance): Promise<void> {
  await query(
    project,
    `CREATE TABLE factsway.bench AS SELECT g AS id, md5(g::text) || md5((g * 7)::text) || repeat('privileged and confidential ', 5) AS text FROM generate_series(1, ${ROWS}) AS g; CREATE INDEX ON factsway.bench (id); CHECKPOINT`,
  );
}

function row(what: string, { ours, theirs, ratio }: Paired, others: string): Row {
  const speed = 1 / ratio.median;
  return {
    what,
    measured: `${milliseconds(ours.median)}, ${times(speed)} of its speed`,
    against: `pgBackRest alone: ${milliseconds(theirs.median)} (${others})`,
    target: `≥ ${LEAST}×`,
    met: speed >= LEAST,
    details: { ours, theirs, ratio },
  };
}
