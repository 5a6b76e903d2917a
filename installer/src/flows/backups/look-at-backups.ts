import {
  backupListSchema,
  checkedSchema,
  drillSchema,
  type BackupList,
  type CheckedBackups,
  type DrillReport,
} from '../../model/backup.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { requireDocker } from '../check-docker.ts';
import type { Secret } from '../../model/secret.ts';
import { configInEffect } from '../in-effect.ts';
import { readSecret } from '../read-secret.ts';
import { Keeper } from './keeper.ts';

async function open(directory: string, ports: Ports): Promise<Keeper> {
  const { config } = await configInEffect(directory, ports.files);
  const keeper = new Keeper(config, ports.docker);
  await requireDocker(ports);
  return keeper;
}

/** What says that nobody could look, and nothing about what would have been found. */
const UNCHECKED: readonly string[] = [
  'FW-BACKUP-BUSY',
  'FW-BACKUP-CONFIG',
  'FW-BACKUP-DATABASE',
  'FW-BACKUP-FAILED',
  'FW-BACKUP-FLUSH',
  'FW-BACKUP-UNREACHABLE',
];

const telling =
  ({ reporter }: Ports) =>
  (message: string): void => {
    reporter.note(message);
  };

/** Every backup, by place. Throws FW-BACKUP-OFF, FW-NOT-RUNNING. Reads only. */
export async function listBackups(directory: string, ports: Ports): Promise<BackupList> {
  return (await open(directory, ports)).ask(backupListSchema, { argv: ['list'] });
}

/**
 * Reads every byte of every backup, and of the database that serves; the verdict is an error to be told, of code
 * FW-BACKUP-DAMAGED, where something is not as it was written, and FW-BACKUP-UNCHECKED where nobody could look.
 */
export async function checkBackups(
  directory: string,
  ports: Ports,
): Promise<{ readonly checked: CheckedBackups; readonly error?: FactswayError }> {
  const keeper = await open(directory, ports);
  const checked = await keeper.ask(checkedSchema, { argv: ['check'], waiting: telling(ports) });
  const found = [
    ...checked.places.flatMap(({ name, problems }) =>
      problems.map((problem) => ({ where: name, ...problem })),
    ),
    ...checked.database.problems.map((problem) => ({ where: 'database', ...problem })),
  ];
  const sound = checked.database.ok && checked.places.every(({ ok }) => ok);
  if (sound) return { checked };
  const isDamage = ({ code }: { readonly code: string }): boolean => !UNCHECKED.includes(code);
  const damaged = found.filter(isDamage);
  const at = [...new Set((damaged.length > 0 ? damaged : found).map(({ where }) => where))];
  return {
    checked,
    error: new FactswayError(
      damaged.length > 0 ? 'FW-BACKUP-DAMAGED' : 'FW-BACKUP-UNCHECKED',
      damaged.length > 0
        ? `Not everything is as it was written: ${at.join(', ')}.`
        : `Not everything could be looked through: ${at.join(', ')}.`,
      damaged.length === 0
        ? 'Mend what is below, then run it again: factsway-install backup check'
        : damaged.some(({ where }) => where === 'database')
          ? 'The database itself is damaged. Keep the server as it is and read docs/operations/disaster-recovery.md; the way back is: factsway-install restore --to latest'
          : 'Make a fresh one: factsway-install backup create --type full   then find the cause: docs/operations/disaster-recovery.md',
      found.map(
        ({ where, path, message }) =>
          `${where}: ${path === undefined ? '' : `${path}: `}${message}`,
      ),
    ),
  };
}

export type DrillRequest = {
  readonly directory: string;
  readonly place: string | undefined;
  /** A copy of the key that somebody keeps elsewhere. */
  readonly keyFile?: string;
};

/**
 * Restores the newest backup beside the database that serves, and looks it through; before that, shows it the copy of
 * the key that a person keeps. Throws FW-USAGE, FW-BACKUP-CUSTODY.
 */
export async function drillBackup(
  { directory, place, keyFile }: DrillRequest,
  ports: Ports,
): Promise<{ readonly report: DrillReport; readonly error?: FactswayError }> {
  const keeper = await open(directory, ports);
  const key = keyFile === undefined ? undefined : await keyIn(keyFile, ports);
  const argv = [
    'drill',
    ...(place === undefined ? [] : ['--place', place]),
    ...(key === undefined ? [] : ['--shown-key']),
  ];
  const input = key === undefined ? {} : { input: key.reveal() };
  const report = await keeper.ask(drillSchema, { argv, waiting: telling(ports), ...input });
  return report.ok ? { report } : { report, error: drillError(report) };
}

async function keyIn(file: string, { files }: Ports): Promise<Secret> {
  const key = await readSecret(file, files);
  if (key) return key;
  throw new FactswayError(
    'FW-USAGE',
    `${file} does not exist or is empty; it is to hold your copy of the key of the backups.`,
    'Bring the copy to this server for the time of the drill, readable by you alone, then: factsway-install backup drill --key FILE',
  );
}

export const drillError = ({ place, problems }: DrillReport): FactswayError =>
  new FactswayError(
    'FW-DRILL-FAILED',
    `The newest backup in ${place} could not be proven.`,
    'Look for damage: factsway-install backup check   and make a fresh one: factsway-install backup create --type full',
    problems.map((one) => (typeof one === 'string' ? one : one.message)),
  );
