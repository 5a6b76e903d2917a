import type { Tell } from './ndjson.ts';
import { cannotLook, checkDatabase } from './check-database.ts';
import { checkPlace } from './check-place.ts';
import { checkServerFiles } from './server-files.ts';
import { updateHistory, type History } from './history.ts';
import type { Settings } from './settings.ts';

/**
 * Reads everything: each place to its last file, and every block of the live database.
 *
 * @param near leaves the places outside this server out, which are read over the network
 */
export async function check(settings: Settings, tell: Tell, near = false): Promise<object> {
  updateHistory((history) => {
    const now = new Date().toISOString();
    history.check = { lastAttemptAt: now, outsideAt: near ? outsideAt(history) : now };
  });
  const asked = settings.places.filter(({ type }) => !near || type === 'posix');
  // First: it sees what PostgreSQL writes anew while everything else is read.
  const files = await checkServerFiles().catch((error: unknown) => [cannotLook(error)]);
  const places = [];
  for (const place of asked) places.push(await checkPlace(settings, place, tell));
  const database = await checkDatabase(tell, files);
  return { places, database };
}

const outsideAt = ({ check: last }: History): string | null => last?.outsideAt ?? null;
