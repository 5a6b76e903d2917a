import { BACKED, inBackup, REPOSITORY, sql } from './backed-up.ts';
import { containerId, docker } from './docker.ts';

/** Turns one bit round; a second time turns it back. */
const FLIP = `open F,"+<",$ARGV[0] or die $!; seek F,$ARGV[1],0; read F,$b,1; seek F,$ARGV[1],0; print F chr(ord($b)^(1<<$ARGV[2])); close F or die $!`;

const PAGE = 8192;

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
  const table = await sql(
    `SELECT current_setting('data_directory') || '/' || pg_relation_filepath('factsway.ledger_probe') || ' ' || pg_relation_size('factsway.ledger_probe')`,
  );
  const [path = '', size = ''] = table.split(' ');
  const random = <T>(items: readonly T[]): T =>
    items[Math.floor(Math.random() * items.length)] as T;
  return [
    ...Array.from({ length: 14 }, () => random(stored)),
    ...Array.from({ length: 6 }, () => ({
      service: 'postgres' as const,
      path,
      size: Number(size),
    })),
  ];
}

/** Any bit of a file; `flip` turns it round, and back. */
export async function anyBit(
  service: Place['service'],
  path: string,
  size: number,
): Promise<{ at: number; bit: number; flip: () => Promise<string> }> {
  const random = Math.floor(Math.random() * size);
  // What a page begins with is its place in the log: one that seems to be of later is taken for one that is being written.
  const at = service === 'postgres' && random % PAGE < 8 ? random + 8 : random;
  const bit = Math.floor(Math.random() * 8);
  const id = await containerId(BACKED.project, service);
  return {
    at,
    bit,
    flip: () => docker('exec', id, 'perl', '-e', FLIP, path, String(at), String(bit)),
  };
}
