import * as z from 'zod';
import { FactswayError } from '../model/errors.ts';
import {
  lastOfEachKind,
  NO_UPGRADES,
  UPGRADE_KINDS,
  UPGRADE_OUTCOMES,
  type RememberedUpgrade,
  type UpgradeRecord,
  type UpgradeTotals,
} from '../model/upgrade-record.ts';
import type { Files } from '../ports/files.ts';
import type { InstancePaths } from './paths.ts';

/** Of changes there may be several a day, of upgrades a few a year. */
const KEPT = 200;
/** The exporter is nobody of ours: it reads what everybody may read, and there is no secret in it. */
const OPEN = { directory: 0o755, file: 0o644 } as const;

const Count = z.int().nonnegative();
const Outcomes = z.object({ succeeded: Count, undone: Count, failed: Count });
const Line = z.object({
  kind: z.enum(UPGRADE_KINDS),
  from: z.string(),
  to: z.string(),
  slot: z.enum(['a', 'b']),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  outcome: z.enum(UPGRADE_OUTCOMES),
  downtimeMs: z.number().nonnegative().nullable(),
  failedRequests: Count.nullable(),
  totals: z.object({ upgrade: Outcomes, rollback: Outcomes, change: Outcomes, rotation: Outcomes }),
}) satisfies z.ZodType<RememberedUpgrade>;

/**
 * What is remembered in state/upgrades.jsonl, oldest first; empty where nothing is. A line that was cut off by a kill
 * is left out. Throws FW-FILE-UNREADABLE.
 */
export async function readUpgradeRecord(
  paths: InstancePaths,
  files: Files,
): Promise<RememberedUpgrade[]> {
  const text = (await files.readText(paths.upgrades)) ?? '';
  return text.split('\n').flatMap((line) => understood(line) ?? []);
}

function understood(line: string): RememberedUpgrade | undefined {
  if (line === '') return undefined;
  try {
    return Line.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * Adds one to the history and shows it to Prometheus. Returns a warning to tell, where the disk refuses: what happened
 * has happened, and nobody's upgrade fails because it could not be noted down.
 */
export function rememberUpgrade(
  record: UpgradeRecord,
  paths: InstancePaths,
  files: Files,
): Promise<string | undefined> {
  return unlessRefused('What this run came to is not in the monitoring', async () => {
    const before = await readUpgradeRecord(paths, files);
    const totals = counted(before.at(-1)?.totals ?? NO_UPGRADES, record);
    const history = shortened([...before, { ...record, totals }]);
    if (history.length === before.length + 1) await append(history, paths, files);
    else await files.write(paths.upgrades, lines(history), { mode: OPEN.file });
    await show(history, paths, files);
  });
}

/**
 * Makes the directory the node exporter mounts, before Docker does and makes it root's, and what it is to find there:
 * of a platform that was never upgraded, zeros. Writes nothing where all is as it should be. Returns a warning to tell,
 * where the disk refuses.
 */
export function prepareUpgradeMetrics(
  paths: InstancePaths,
  files: Files,
): Promise<string | undefined> {
  return unlessRefused('Upgrades are not in the monitoring', async () =>
    show(await readUpgradeRecord(paths, files), paths, files),
  );
}

async function show(
  history: readonly RememberedUpgrade[],
  paths: InstancePaths,
  files: Files,
): Promise<void> {
  await open(paths.metrics, OPEN.directory, files, () =>
    files.makeDirectory(paths.metrics, OPEN.directory),
  );
  // The library is loaded by whoever has something to write.
  const { renderUpgradeMetrics } = await import('../render/upgrade-metrics.ts');
  const text = await renderUpgradeMetrics(history);
  // Written beside and renamed: a scrape meets the old text or the new one, and never half of it.
  if ((await files.readText(paths.upgradeMetrics)) !== text)
    await files.write(paths.upgradeMetrics, text, { mode: OPEN.file });
  await open(paths.upgradeMetrics, OPEN.file, files);
}

/** A backup that was copied back, or a `chmod -R`, may have closed it. */
async function open(
  path: string,
  mode: number,
  files: Files,
  make?: () => Promise<void>,
): Promise<void> {
  const found = await files.stat(path);
  if (!found) return make?.();
  if ((found.mode & mode) !== mode) await files.setMode(path, mode);
}

async function append(
  history: readonly RememberedUpgrade[],
  paths: InstancePaths,
  files: Files,
): Promise<void> {
  const text = (await files.readText(paths.upgrades)) ?? '';
  // The last run may have been killed in the middle of a line.
  const apart = text === '' || text.endsWith('\n') ? '' : '\n';
  await files.append(paths.upgrades, apart + lines(history.slice(-1)));
}

const lines = (history: readonly RememberedUpgrade[]): string =>
  history.map((one) => `${JSON.stringify(one)}\n`).join('');

/** The latest, and of each kind the last, however long ago: a hundred changes must not hide the upgrade before them. */
function shortened(history: readonly RememberedUpgrade[]): readonly RememberedUpgrade[] {
  if (history.length <= KEPT) return history;
  const latest = history.slice(-KEPT);
  const others = lastOfEachKind(history).filter((one) => !latest.includes(one));
  return [...others, ...latest];
}

const counted = (totals: UpgradeTotals, { kind, outcome }: UpgradeRecord): UpgradeTotals => ({
  ...totals,
  [kind]: { ...totals[kind], [outcome]: totals[kind][outcome] + 1 },
});

/** Only what a disk refuses: a fault of ours is to be seen. */
async function unlessRefused(
  consequence: string,
  work: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isOfDisk(error)) throw error;
    return `${consequence}: ${error.message}`;
  }
}

const isOfDisk = (error: unknown): error is Error =>
  error instanceof FactswayError ||
  (error instanceof Error && 'code' in error && typeof error.code === 'string');
