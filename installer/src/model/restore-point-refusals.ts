import { FactswayError } from './errors.ts';
import { MiB } from './units.ts';

type Code =
  | 'FW-RESTORE-POINT-FAILED'
  | 'FW-RESTORE-POINT-MISSING'
  | 'FW-RESTORE-POINT-DAMAGED'
  | 'FW-RESTORE-FAILED';

const LIST = 'See which there are: factsway-install database points';

const WORDS: Readonly<Record<Code, (id: string) => readonly [message: string, hint: string]>> = {
  'FW-RESTORE-POINT-FAILED': () => [
    'The restore point of the database could not be made; nothing of it stays.',
    'Look at PostgreSQL and at the disk: factsway-install status, df -h. Then run the command again.',
  ],
  'FW-RESTORE-POINT-MISSING': (id) => [`There is no restore point ${id}.`, LIST],
  'FW-RESTORE-POINT-DAMAGED': (id) => [
    `Restore point ${id} is not as it was written: its checksums do not agree. The database was not touched.`,
    `Look at the disk for errors (dmesg), and take another point. ${LIST}`,
  ],
  'FW-RESTORE-FAILED': (id) => [
    `The database could not be put back to restore point ${id}; it is as it was.`,
    `See the lines below, mend what they name, then run the command again: factsway-install database restore --point ${id}`,
  ],
};

/** An error about a restore point, in the words its code stands for. */
export function pointError(code: Code, details: readonly string[], id = ''): FactswayError {
  const [message, hint] = WORDS[code](id);
  return new FactswayError(code, message, hint, details);
}

/** Bytes to be read by a person: in MiB, rounded up. */
export const roughly = (bytes: number): string => `${Math.ceil(bytes / MiB)} MiB`;

/** `what` begins a sentence: the operation that has no room. Sizes in bytes. */
export function tooLittleSpace(
  what: string,
  { neededBytes, freeBytes }: { readonly neededBytes: number; readonly freeBytes: number },
): FactswayError {
  return new FactswayError(
    'FW-RESTORE-POINT-SPACE',
    `${what} may need ${roughly(neededBytes)} of disk, and ${roughly(freeBytes)} are free. Nothing was changed.`,
    'See what takes the room: docker system df, df -h /var/lib/docker. Enlarge the disk, or remove what nobody will go back to (factsway-install database points, then factsway-install database remove --point ID), and run the command again.',
  );
}

/** Said where a plan would have a restore point, and never passed over. */
export const NO_POINT_OF_EXTERNAL =
  'No restore point: the database is on a PostgreSQL of your own (postgres.mode external), and only whoever runs it can put it back. Have a backup of it made first.';

export function externalDatabase(): FactswayError {
  return new FactswayError(
    'FW-RESTORE-POINT-EXTERNAL',
    'The database is on a PostgreSQL of your own (postgres.mode external): no restore point of it can be made or gone back to from here.',
    'Have whoever runs that server make and restore its backups; there: pg_dump -Fc, pg_restore',
  );
}
