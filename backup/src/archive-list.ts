import * as z from 'zod';
import { parseSegment, type Segment } from './wal-name.ts';

const entrySchema = z.object({
  type: z.string(),
  size: z.number().optional(),
  time: z.number().optional(),
});
const listSchema = z.record(z.string(), entrySchema);
const WAL_FILE = /(?:^|\/)([0-9A-F]{24})-[0-9a-f]{40}(?:\.[a-z0-9]+)?$/;
const HISTORY_FILE = /(?:^|\/)([0-9A-F]{8})\.history$/;

export interface RepoFile {
  readonly path: string;
  readonly size: number;
  readonly at: Date;
}

/** Reads `pgbackrest repo-ls --output=json`. */
export function parseRepoList(json: string): RepoFile[] {
  return Object.entries(listSchema.parse(JSON.parse(json === '' ? '{}' : json)))
    .filter(([, entry]) => entry.type === 'file')
    .map(([path, { size = 0, time = 0 }]) => ({ path, size, at: new Date(time * 1000) }));
}

export interface ArchivedSegment extends Segment {
  readonly name: string;
  readonly at: Date;
}

export interface Archive {
  /** In the order of their names. */
  readonly segments: readonly ArchivedSegment[];
  /** When each timeline was born, as far as this place knows; the first one has no file. */
  readonly histories: readonly { timeline: number; path: string; bornAt: Date }[];
}

/**
 * Sorts the files of the archives of one cluster (`archive/STANZA/17-1`) into segments and histories. A history that two
 * of them have counts from when it was first there.
 */
export function toArchive(files: readonly RepoFile[]): Archive {
  const segments: ArchivedSegment[] = [];
  const histories: { timeline: number; path: string; bornAt: Date }[] = [];
  for (const { path, at } of files) {
    const name = WAL_FILE.exec(path)?.[1];
    const segment = name === undefined ? null : parseSegment(name);
    if (name !== undefined && segment !== null) segments.push({ ...segment, name, at });
    const timeline = HISTORY_FILE.exec(path)?.[1];
    if (timeline !== undefined) {
      histories.push({ timeline: parseInt(timeline, 16), path, bornAt: at });
    }
  }
  segments.sort((a, b) => (a.name < b.name ? -1 : 1));
  histories.sort((a, b) => a.timeline - b.timeline || a.bornAt.getTime() - b.bornAt.getTime());
  const first = histories.filter(({ timeline }, at) => timeline !== histories[at - 1]?.timeline);
  return { segments, histories: first };
}
