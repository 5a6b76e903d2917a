import { shellWord } from '../../../model/shell.ts';
import { defineCheck, doubt, fine, refusal } from './check.ts';

/** Where chown and fsync mean something else than on a disk of one's own. */
export const NETWORK_FILE_SYSTEMS = /^(nfs4?|cifs|smb3?|9p|afs|ceph|glusterfs|fuse\.sshfs)$/;
const ELSEWHERE = 'or choose another directory: --dir DIR';

export const directory = defineCheck({
  name: 'directory',
  proves: 'The instance directory can be written, with owners of files that hold.',
  warns: 'on a network file system',
  fails: 'a file, a link to nowhere, read-only, or not writable for this user',
  codes: ['FW-DIR-NOT-WRITABLE'],
  remedy: 'ls -ld DIR; factsway-install install --dir DIR',
  purposes: ['install', 'upgrade'],
  needs: ['directory'],
  analyse({ directory: found }) {
    const { path, kind, nearest, type, readOnly, writable, release } = found;
    const no = (reason: string, look: string) =>
      refusal('FW-DIR-NOT-WRITABLE', `${path} ${reason}`, `${look}   ${ELSEWHERE}`);
    if (kind === 'file')
      return no(
        `cannot be made: ${nearest} is a file and no directory`,
        `Look at it: ls -ld ${shellWord(nearest)}`,
      );
    if (kind === 'dangling-link')
      return no('is a link that leads nowhere', `Look at it: ls -ld ${shellWord(path)}`);
    if (readOnly)
      return no(
        'is on a file system that is mounted read-only',
        `See how it is mounted: findmnt -T ${shellWord(nearest)}`,
      );
    if (!writable)
      return no(
        kind === 'directory'
          ? 'cannot be written by this user'
          : `cannot be made: ${nearest} cannot be written by this user`,
        `See who may: ls -ld ${shellWord(nearest)}   run the command as that user, e.g. with sudo,`,
      );
    if (NETWORK_FILE_SYSTEMS.test(type))
      return doubt(
        `${path} is on ${type}: owners of the secret files may not hold there`,
        'Use a directory on a disk of this server: --dir DIR',
      );
    if (release !== undefined) return fine(`${path} holds the instance of release ${release}`);
    return fine(kind === 'absent' ? `${path} will be made` : `${path} can be written`);
  },
});
