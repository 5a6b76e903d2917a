/** Where things are in the container; the mounts are the contract with the installer. */
export const DATA = '/var/lib/postgresql/data/pgdata';
export const SPOOL = '/var/lib/postgresql/log/spool';
export const SOCKET = '/var/lib/postgresql/log/socket';
export const NEXT = '/var/lib/postgresql/next';
export const RESTORED = `${NEXT}/pgdata`;
export const DRILL = `${NEXT}/drill`;
export const STATE = '/var/lib/factsway-backup/state';
export const SETTINGS_FILE = '/etc/factsway-backup/backup.yaml';
export const SECRETS = {
  key: '/run/secrets/backup-key',
  s3KeyId: '/run/secrets/backup-s3-access-key-id',
  s3Secret: '/run/secrets/backup-s3-secret-access-key',
};
/** In memory: configurations with secrets, locks of pgBackRest, sockets. */
export const TMP = '/tmp';
