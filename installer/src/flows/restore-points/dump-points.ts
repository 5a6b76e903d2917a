import * as z from 'zod';
import { FactswayError } from '../../model/errors.ts';
import { pointError, tooLittleSpace } from '../../model/restore-point-refusals.ts';
import { MiB } from '../../model/units.ts';
import type { Docker, ExecResult } from '../../ports/docker.ts';
import type {
  PointSpace,
  PointWish,
  RestorePoint,
  RestorePoints,
} from '../../ports/restore-points.ts';
import * as SCRIPTS from './scripts.ts';

type ScriptName = Exclude<keyof typeof SCRIPTS, 'SCRIPT_EXIT' | 'POINTS_DIRECTORY'>;

/**
 * Of the size of the database. Documents are compressed in it already, pg_dump writes their bytes in two letters
 * each, and what compressing that again gives may be a little more than it was; indexes are not in it at all.
 */
const DUMP_FACTOR = 1.2;
/** A restored database is smaller than the one that was dumped, its WAL goes to the same disk while it is written. */
const RESTORE_FACTOR = 2;
/** A directory, a manifest, the first blocks of a small database. */
const LEAST_BYTES = 16 * MiB;

const manifestSchema = z.object({
  id: z.string(),
  createdAt: z.string(),
  release: z.string(),
  reason: z.string(),
  head: z.string().nullable(),
  databaseBytes: z.number(),
  storedBytes: z.number(),
  /** sha256 of the list of checksums of its files. */
  listing: z.string(),
  postgresVersion: z.string(),
});
type Found = { readonly point: RestorePoint; readonly listing: string };

/** Restore points by pg_dump, in a volume of the container of PostgreSQL, made and read by programs in it. */
export class DumpPoints implements RestorePoints {
  readonly #docker: Pick<Docker, 'containers' | 'exec'>;
  readonly #project: string;
  readonly #database: string;

  constructor(docker: Pick<Docker, 'containers' | 'exec'>, project: string, database: string) {
    this.#docker = docker;
    this.#project = project;
    this.#database = database;
  }

  async space(): Promise<PointSpace> {
    const result = await this.#run('SPACE', this.#database);
    if (result.exitCode !== 0) throw pointError('FW-RESTORE-POINT-FAILED', reasonOf(result));
    const [databaseBytes = 0, freeBytes = 0] = numbersOf(result.stdout);
    return { neededBytes: needed(databaseBytes, DUMP_FACTOR), freeBytes };
  }

  async create({ id, createdAt, release, reason }: PointWish): Promise<RestorePoint> {
    const there = await this.#find(id);
    if (there) return there.point;
    const space = await this.space();
    if (space.freeBytes < space.neededBytes)
      throw tooLittleSpace('A restore point of the database', space);
    const result = await this.#run('CREATE', this.#database, id, createdAt, release, reason);
    const made = result.exitCode === 0 ? await this.#find(id) : undefined;
    if (!made) throw pointError('FW-RESTORE-POINT-FAILED', reasonOf(result));
    return made.point;
  }

  async list(): Promise<RestorePoint[]> {
    return (await this.#all()).map(({ point }) => point);
  }

  async check(id: string): Promise<RestorePoint> {
    const { point, listing } = await this.#sound(id);
    const result = await this.#run('CHECK', this.#database, id, listing);
    if (result.exitCode !== 0) throw restoreError(id, result);
    const [freeBytes = 0] = numbersOf((await this.#run('DATABASE_SPACE')).stdout);
    const space = { neededBytes: needed(point.databaseBytes, RESTORE_FACTOR), freeBytes };
    if (space.freeBytes < space.neededBytes)
      throw tooLittleSpace(`Going back to restore point ${id}`, space);
    return point;
  }

  async restore(id: string): Promise<RestorePoint> {
    const point = await this.check(id);
    const { listing } = await this.#sound(id);
    const result = await this.#run('RESTORE', this.#database, id, listing);
    if (result.exitCode !== 0) throw restoreError(id, result);
    return point;
  }

  async remove(id: string): Promise<void> {
    const result = await this.#run('REMOVE', this.#database, id);
    if (result.exitCode !== 0) throw pointError('FW-RESTORE-POINT-FAILED', reasonOf(result));
  }

  async replaced(): Promise<string[]> {
    const result = await this.#run('REPLACED');
    if (result.exitCode !== 0) throw pointError('FW-RESTORE-POINT-FAILED', reasonOf(result));
    return linesOf(result.stdout);
  }

  async removeReplaced(names: readonly string[]): Promise<void> {
    const replaced = await this.replaced();
    for (const name of names.filter((one) => replaced.includes(one))) {
      const result = await this.#run('REMOVE_REPLACED', name);
      if (result.exitCode !== 0) throw pointError('FW-RESTORE-POINT-FAILED', reasonOf(result));
    }
  }

  async #find(id: string): Promise<Found | undefined> {
    return (await this.#all()).find(({ point }) => point.id === id);
  }

  /** What a glance says is whole. */
  async #sound(id: string): Promise<Found> {
    const found = await this.#find(id);
    if (!found) throw pointError('FW-RESTORE-POINT-MISSING', [], id);
    if (found.point.state === 'damaged') throw pointError('FW-RESTORE-POINT-DAMAGED', [], id);
    return found;
  }

  async #all(): Promise<Found[]> {
    const { stdout } = await this.#run('LIST');
    return linesOf(stdout)
      .map(readPoint)
      .sort((a, b) => (a.point.id < b.point.id ? 1 : -1));
  }

  async #run(script: ScriptName, ...argv: readonly string[]): Promise<ExecResult> {
    const containers = await this.#docker.containers(this.#project);
    const postgres = containers.find(({ service }) => service === 'postgres');
    if (postgres?.state !== 'running')
      throw new FactswayError(
        'FW-NOT-RUNNING',
        `PostgreSQL is ${postgres?.state ?? 'missing'}, and it keeps the restore points.`,
        'Start the platform: factsway-install up',
      );
    const command = ['bash', '-c', SCRIPTS[script], script.toLowerCase(), ...argv];
    return this.#docker.exec(postgres.id, command);
  }
}

/** A line of the list: the directory's name, the bytes of the dump, the manifest. */
function readPoint(line: string): Found {
  const [id = '', bytes = '0', text = ''] = line.split('\t');
  const parsed = manifestSchema.safeParse(parseOrNothing(text));
  if (!parsed.success) {
    const unknown = { createdAt: '', release: '', reason: '', head: null, postgresVersion: '' };
    const sizes = { databaseBytes: 0, storedBytes: Number(bytes) };
    return { point: { id, ...unknown, ...sizes, state: 'damaged' }, listing: '' };
  }
  const { listing, ...known } = parsed.data;
  const isWhole = known.id === id && known.storedBytes === Number(bytes);
  return { point: { ...known, id, state: isWhole ? 'whole' : 'damaged' }, listing };
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function restoreError(id: string, result: ExecResult): FactswayError {
  const { missing, damaged } = SCRIPTS.SCRIPT_EXIT;
  if (result.exitCode === missing) return pointError('FW-RESTORE-POINT-MISSING', [], id);
  if (result.exitCode === damaged) return pointError('FW-RESTORE-POINT-DAMAGED', [], id);
  return pointError('FW-RESTORE-FAILED', reasonOf(result), id);
}

/** The last of what the programs said, and what an exit code of ours stands for. */
function reasonOf({ exitCode, stderr }: ExecResult): string[] {
  const { different, noVolume } = SCRIPTS.SCRIPT_EXIT;
  const ours: Readonly<Record<number, string>> = {
    [different]: 'The tables do not hold the rows that were counted when the point was made.',
    [noVolume]:
      'The container of PostgreSQL has no volume for restore points yet: factsway-install up',
  };
  const known = ours[exitCode];
  return [...(known === undefined ? [] : [known]), ...linesOf(stderr).slice(-8)];
}

const needed = (bytes: number, factor: number): number => Math.ceil(bytes * factor) + LEAST_BYTES;
const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
const numbersOf = (text: string): number[] => linesOf(text).map(Number);
