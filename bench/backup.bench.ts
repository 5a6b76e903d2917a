import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { containerId, query, until } from '../test/scenarios/support/docker.ts';
import { Instance } from '../test/scenarios/support/instance.ts';
import { paired, summarise, type Paired } from './lib/measure.ts';
import { milliseconds, times, type Row } from './lib/rows.ts';

/** Odd, and enough for the median of pairs: one run of something else on the machine is no result. */
const RUNS = 7;
/** A backup waits for the end of a second before it copies: many, each begun at another part of one. */
const BACKUPS = 21;
/** Of the speed of pgBackRest alone. */
const LEAST = 0.95;
/** Half of a row says nothing new to a compressor, half of it does: 1 GB of table and index. */
const ROWS = 3_700_000;
const CONFIG = '/tmp/pgbackrest-local.conf';
const NEXT = '/var/lib/postgresql/next/bench';
/** Where the keeper restores to. */
const RESTORED = '/var/lib/postgresql/next/pgdata';
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
      BACKUPS,
      async () => {
        await pause(Math.random() * 1000);
        return inside('factsway-backup', 'create', '--type', 'full');
      },
      async () => {
        await pause(Math.random() * 1000);
        return raw('backup', '--type=full');
      },
      false,
    );
    const emptied = () => inside('rm', '-rf', NEXT, RESTORED);
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
    // To a backup and no further: up to the latest moment the keeper first closes the log, and waits for it.
    const label = await newestLabel(instance);
    const wholes: number[] = [];
    const restored = await paired(
      RUNS,
      async () => {
        await emptied();
        const { untilAnswering, whole } = await restoredByKeeper(keeper, label);
        wholes.push(whole);
        return untilAnswering;
      },
      async () => {
        await emptied();
        const copied = await raw(
          'restore',
          `--pg1-path=${NEXT}`,
          `--set=${label}`,
          '--type=immediate',
          '--target-action=promote',
        );
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
        `restore of ${database}, the log replayed`,
        restored,
        `its settings, one process where the keeper takes one a core; with every page and index looked through by amcheck, which pgBackRest leaves out: ${milliseconds(summarise(wholes).median)}`,
      ),
    ];
  } finally {
    await instance.remove();
  }
}

async function newestLabel(instance: Instance): Promise<string> {
  const { result } = await instance.runJson('backup', 'list');
  const { places } = result as unknown as { places: { backups: { label: string }[] }[] };
  return places[0]?.backups.at(-1)?.label ?? '';
}

/** The keeper says when the log is replayed and the looking through begins, which pgBackRest alone does not do. */
async function restoredByKeeper(keeper: string, label: string) {
  const begun = performance.now();
  let untilAnswering = Number.NaN;
  const argv = ['exec', keeper, 'factsway-backup', 'restore', '--target', label];
  for await (const line of execa('docker', [...argv, '--place', 'local'], { stdin: 'ignore' })) {
    if (line.includes('checking the restored database')) untilAnswering = performance.now() - begun;
  }
  if (Number.isNaN(untilAnswering)) throw new Error('the keeper did not say that it looks through');
  return { untilAnswering, whole: performance.now() - begun };
}

/** Until a server on what was restored has replayed the log and takes questions; that it ends afterwards is not counted. */
async function recovered(keeper: string): Promise<number> {
  const script = `postgres -D ${NEXT} -c listen_addresses= -c archive_mode=off -c unix_socket_directories=/tmp -c config_file=${NEXT}/postgresql.conf & until psql -XAtq -h /tmp -U postgres -d postgres -c 'SELECT pg_is_in_recovery()' 2>/dev/null | grep -q f; do sleep 0.1; done; echo answers; kill -INT %1; wait`;
  const begun = performance.now();
  let untilAnswering = Number.NaN;
  for await (const line of execa('docker', ['exec', keeper, 'bash', '-c', script], {
    stdin: 'ignore',
  })) {
    if (line === 'answers') untilAnswering = performance.now() - begun;
  }
  return untilAnswering;
}

async function several(work: () => Promise<number>) {
  const values: number[] = [];
  for (let run = 0; run < RUNS; run += 1) values.push(await work());
  return summarise(values);
}

async function fill({ project }: Instance): Promise<void> {
  await query(
    project,
    `CREATE TABLE factsway.bench AS SELECT g AS id, md5(g::text) || md5((g * 7)::text) || repeat('privileged and confidential ', 5) AS text FROM generate_series(1, ${ROWS}) AS g; CREATE INDEX ON factsway.bench (id)`,
  );
  // Else PostgreSQL does it by itself in the middle of some run, and its log is carried away beside that run's copy.
  await query(project, 'VACUUM (FREEZE, ANALYZE) factsway.bench');
  await query(project, 'CHECKPOINT');
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
