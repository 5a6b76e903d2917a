import { BACKED, inBackup, REPOSITORY, sql } from './backed-up.ts';
import { containerId, docker } from './docker.ts';

/** Turns one bit round; a second time turns it back. */
const FLIP = `open F,"+<",$ARGV[0] or die $!; seek F,$ARGV[1],0; read F,$b,1; seek F,$ARGV[1],0; print F chr(ord($b)^(1<<$ARGV[2])); close F or die $!`;

type Place = {
  readonly service: 'backup' | 'postgres';
  readonly path: string;
  readonly size: number;
};

/** Twenty in all: where fourteen of them are in the repository, and six in the database that serves. */
export async function anyPlaces(newest: string): Promise<Place[]> {
  const find = `find ${REPOSITORY}/backup/factsway/${newest} ${REPOSITORY}/archive ${REPOSITORY}/instance -type f -size +0 ! -name '*.copy' -printf '%s %p\\n'`;
  const stored = (await inBackup('bash', '-c', find)).output.split('\n').map((line) => {
    const [size = '', path = ''] = line.split(' ');
    return { service: 'backup' as const, path, size: Number(size) };
  });
  // Rows, index, and the maps beside them.
  await sql('VACUUM factsway.ledger_probe');
  const files = await sql(
    `SELECT string_agg(current_setting('data_directory') || '/' || pg_relation_filepath(oid) || CASE fork WHEN 'main' THEN '' ELSE '_' || fork END || ' ' || pg_relation_size(oid, fork), E'\\n')
       FROM pg_class, unnest(ARRAY['main', 'fsm', 'vm']) AS fork
      WHERE oid IN ('factsway.ledger_probe'::regclass, 'factsway.ledger_probe_pkey'::regclass) AND pg_relation_size(oid, fork) > 0`,
  );
  const live = files.split('\n').map((line) => {
    const [path = '', size = ''] = line.split(' ');
    return { service: 'postgres' as const, path, size: Number(size) };
  });
  const random = <T>(items: readonly T[]): T =>
    items[Math.floor(Math.random() * items.length)] as T;
  return [
    ...Array.from({ length: 14 }, () => random(stored)),
    ...Array.from({ length: 6 }, () => random(live)),
  ];
}

/** Any bit of a file; `flip` turns it round, and back. */
export async function anyBit(
  service: Place['service'],
  path: string,
  size: number,
): Promise<{ at: number; bit: number; flip: () => Promise<string> }> {
  const at = Math.floor(Math.random() * size);
  const bit = Math.floor(Math.random() * 8);
  const id = await containerId(BACKED.project, service);
  return {
    at,
    bit,
    flip: () => docker('exec', id, 'perl', '-e', FLIP, path, String(at), String(bit)),
  };
}

/** Places in files of the database that have no pages with checksums; `mend` makes them what they were. */
export async function unpagedPlaces(): Promise<
  { path: string; at: number; flip: () => Promise<string>; mend: () => Promise<unknown> }[]
> {
  const id = await containerId(BACKED.project, 'postgres');
  const data = await sql(`SELECT current_setting('data_directory')`);
  const perl = (script: string, ...argv: string[]) =>
    docker('exec', id, 'perl', '-e', script, ...argv);
  const place = (path: string, at: number, mend: () => Promise<unknown>) => ({
    path,
    at,
    flip: () => perl(FLIP, `${data}/${path}`, String(at), String(Math.floor(Math.random() * 8))),
    mend,
  });
  const ended = Number(await sql('SELECT pg_snapshot_xmin(pg_current_snapshot())'));
  const settled = Math.floor(Math.random() * (Math.floor(ended / 4) - 16));
  // PostgreSQL has it in memory and may have written it anew: what it was is put there, and not turned round.
  const byte = await perl(
    `open F,"<",$ARGV[0] or die; seek F,$ARGV[1],0; read F,$b,1; print ord $b`,
    `${data}/pg_xact/0000`,
    String(settled),
  );
  const putBack = `open F,"+<",$ARGV[0] or die; seek F,$ARGV[1],0; print F chr $ARGV[2]; close F or die`;
  const at = await sql('CHECKPOINT; SELECT pg_current_wal_insert_lsn()');
  // Long rows: between two records there may be some bytes that are about nothing.
  await sql(
    `INSERT INTO factsway.ledger_probe (text) SELECT repeat(md5(g::text), 50) FROM generate_series(1, 200) AS g`,
  );
  const [segment = '', offset = ''] = (
    await sql(
      `SELECT file_name || ' ' || file_offset FROM pg_walfile_name_offset('${at}'::pg_lsn + 100000)`,
    )
  ).split(' ');
  return [
    place('global/pg_control', Math.floor(Math.random() * 280), () => sql('CHECKPOINT')),
    place('pg_xact/0000', settled, () =>
      perl(putBack, `${data}/pg_xact/0000`, String(settled), byte),
    ),
    // First of all: a checkpoint makes the log of before it superfluous. It has been archived as it was.
    place(`pg_wal/${segment}`, Number(offset), () =>
      BACKED.runJson('backup', 'create', '--type', 'full', '--yes'),
    ),
  ].toReversed();
}
