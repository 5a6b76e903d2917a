import { toArchive, type Archive } from './archive-list.ts';
import type { PlaceInfo } from './info.ts';
import type { OpenPlace } from './place.ts';
import { Problem } from './problem.ts';
import type { Settings } from './settings.ts';
import { isHistory, toTimelines, type Timeline } from './timelines.ts';

/** Everything about a place that decides what can be restored from it. */
export interface Survey {
  readonly info: PlaceInfo;
  readonly archive: Archive;
  readonly timelines: readonly Timeline[];
  /** History files that are there and are not what PostgreSQL wrote; pgBackRest verifies them by nothing. */
  readonly damaged: readonly string[];
}

/** @throws Problem when the place does not answer */
export async function survey(place: OpenPlace, settings: Settings): Promise<Survey> {
  const info = await place.info();
  // After a stanza-upgrade there are several archives; backups and log of today are in the last.
  const current = info.archives.at(-1);
  if (current === undefined)
    return { info, archive: { segments: [], histories: [] }, timelines: [], damaged: [] };
  const directory = `archive/${settings.stanza}/${current.id}`;
  const archive = toArchive(await place.files(directory));
  const texts = new Map<number, string>();
  const damaged: string[] = [];
  for (const { timeline, path } of archive.histories) {
    const file = `${directory}/${path}`;
    // The place answers, or its list would not be here: a file that does not open is damaged.
    const text = await place.text(file).catch(() => '');
    if (text !== null && !isHistory(text)) damaged.push(file);
    texts.set(timeline, text ?? '');
  }
  return { info, archive, timelines: toTimelines(archive, texts), damaged };
}

/** @throws Problem when nothing can be restored from the place, each reason with its own code */
export async function refuseUnusable(place: OpenPlace): Promise<void> {
  const state = await place.probe();
  if (state === 'ready') return;
  if (state === 'wrong key') {
    throw new Problem('FW-RESTORE-KEY', `the key does not open the backups in ${place.name}`);
  }
  if (state === 'empty') {
    throw new Problem('FW-RESTORE-NO-BACKUP', `there is no backup in ${place.name}`);
  }
  throw new Problem('FW-BACKUP-UNREACHABLE', `place ${place.name} does not answer`);
}
