import { readdirSync } from 'node:fs';
import { backupProblemCode } from './classify.ts';
import { prepare } from './create.ts';
import { liveIdentity } from './identity.ts';
import { updateHistory } from './history.ts';
import type { Tell } from './ndjson.ts';
import { DATA } from './paths.ts';
import { openPlace, tail, type OpenPlace } from './place.ts';
import { Problem, toProblem } from './problem.ts';
import type { Settings } from './settings.ts';
import { dropStrangers } from './strangers.ts';

/**
 * Makes every place ready for the live database: a repository that knows it, and the history of its
 * timelines, without which no restore could cross the last one.
 *
 * @param upgrade lets a repository accept a database of another identity (a new major version); never
 *   without being told, or a place would mix the backups of two installations
 */
export async function adopt(settings: Settings, upgrade: boolean, tell: Tell): Promise<object> {
  // What was counted in another cluster says nothing about positions in this one.
  updateHistory((history) => {
    if (upgrade) history.records = [];
  });
  const places = [];
  for (const place of settings.places) {
    try {
      tell(`making ${place.name} ready`);
      const histories = await adoptIn(openPlace(settings, place), upgrade, tell);
      places.push({ name: place.name, ok: true, histories });
    } catch (error) {
      const { code, message, details } = toProblem(error, 'FW-BACKUP-FAILED');
      places.push({ name: place.name, ok: false, problem: { code, message, details } });
    }
  }
  return { places };
}

async function adoptIn(place: OpenPlace, upgrade: boolean, tell: Tell): Promise<string[]> {
  await prepare(place);
  const command = upgrade ? 'stanza-upgrade' : 'stanza-create';
  const ran = await place.run(command);
  if (ran.code !== 0) {
    throw new Problem(
      backupProblemCode(ran.code),
      `the repository in ${place.name} does not fit the live database`,
      tail(ran),
    );
  }
  const dropped = dropStrangers(place.name, (await place.info()).systemIds, await liveIdentity());
  if (dropped.length > 0)
    tell(`${dropped.length} segments of a database that is gone will never reach ${place.name}`);
  const histories = liveHistories();
  for (const name of histories) {
    const pushed = await place.run('archive-push', [`${DATA}/pg_wal/${name}`]);
    if (pushed.code !== 0) {
      throw new Problem(
        backupProblemCode(pushed.code),
        `${name} did not reach ${place.name}`,
        tail(pushed),
      );
    }
  }
  return histories;
}

function liveHistories(): string[] {
  try {
    return readdirSync(`${DATA}/pg_wal`)
      .filter((name) => /^[0-9A-F]{8}\.history$/.test(name))
      .sort();
  } catch {
    return [];
  }
}
