import { EXIT } from './exit-codes.ts';

/** Releases of the desktop app on an update server; part of the error catalogue. */
export const UPDATE_ERRORS = {
  'FW-UPDATES-NO-SETTINGS': {
    exit: EXIT.usage,
    summary: 'The file that says where the update server is was not found.',
  },
  'FW-UPDATES-STORE': {
    exit: EXIT.check,
    summary: 'The bucket of the update server refused a request, or did not answer.',
  },
  'FW-UPDATES-CDN': {
    exit: EXIT.check,
    summary: 'The manifests are written, and the distribution refused to forget the old ones.',
  },
  'FW-UPDATES-UNREACHABLE': {
    exit: EXIT.check,
    summary: 'Nothing answers at the address of an update server.',
  },
  'FW-UPDATES-PROTOCOL': {
    exit: EXIT.check,
    summary: 'An update server does not answer as the desktop app needs it.',
  },
  'FW-RELEASE-FILES': {
    exit: EXIT.usage,
    summary: 'The directory to publish lacks a file, or holds one of another name or version.',
  },
  'FW-RELEASE-BLOCKMAP': {
    exit: EXIT.check,
    summary: 'A block map is not that of its installer.',
  },
  'FW-RELEASE-CHANGED': {
    exit: EXIT.check,
    summary: 'A file became another one while it was being published.',
  },
  'FW-RELEASE-EXISTS': {
    exit: EXIT.check,
    summary: 'Something else is published under this version already.',
  },
  'FW-RELEASE-SAME-FILES': {
    exit: EXIT.check,
    summary: 'An installer of another version would be published under a new number.',
  },
  'FW-RELEASE-UNKNOWN': { exit: EXIT.usage, summary: 'No such version was published.' },
  'FW-RELEASE-INCOMPLETE': {
    exit: EXIT.check,
    summary: 'An object of a release is missing, different, or not replicated yet.',
  },
  'FW-RELEASE-NOT-NEWER': {
    exit: EXIT.check,
    summary: 'A version to be promoted is not newer than the one that is live.',
  },
  'FW-RELEASE-YANKED': { exit: EXIT.check, summary: 'The version was yanked; that is for good.' },
  'FW-RELEASE-OFFERED': {
    exit: EXIT.check,
    summary: 'The version is live already, at another percentage, or paused.',
  },
  'FW-RELEASE-RACE': {
    exit: EXIT.check,
    summary: 'Somebody else changed a live manifest at the same time, and won.',
  },
  'FW-RELEASE-NOT-LIVE': { exit: EXIT.usage, summary: 'The version is live in no channel.' },
  'FW-RELEASE-UNSEEN': {
    exit: EXIT.check,
    summary: 'The manifests are written, and the address of the server still shows others.',
  },
  'FW-RELEASE-REBUILD': {
    exit: EXIT.check,
    summary: 'The bad version is stopped; the one to replace it has to be built first.',
  },
} as const;
