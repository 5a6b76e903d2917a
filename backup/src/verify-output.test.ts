import { describe, expect, it } from 'vitest';
import { parseVerify, tellsOfUnread } from './verify-output.ts';

// Outputs of pgBackRest 2.55.1, as they came.
const SOUND = `stanza: factsway
status: ok
  archiveId: 17-1, total WAL checked: 7, total valid WAL: 7
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261122-174129F, status: valid, total files checked: 1276, total valid files: 1276
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
`;
const DAMAGED = `stanza: factsway
status: error
  archiveId: 17-1, total WAL checked: 7, total valid WAL: 6
    missing: 0, checksum invalid: 1, size invalid: 0, other: 0
  backup: 20261122-174129F, status: invalid, total files checked: 1276, total valid files: 1275
    missing: 0, checksum invalid: 1, size invalid: 0, other: 0
`;
const DAMAGED_LOG = `INFO: verify command begin 2.55.1: --config=/tmp/l.conf --output=text --repo1-path=/var/lib/x
INFO: invalid checksum '17-1/0000000100000000/000000010000000000000003-e87dac93b29eceabcad51cc6ecc85b5f88c4ccb8.zst'
INFO: invalid checksum '20261122-174129F/bundle/1'
DETAIL: archiveId: 17-1, wal start: 000000010000000000000001, wal stop: 000000010000000000000005
INFO: verify command end: completed successfully (164ms)
`;
const NO_MANIFEST = `stanza: factsway
status: ok
  archiveId: 17-1, total WAL checked: 8, total valid WAL: 8
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261122-174129F, status: manifest missing, total files checked: 0, total valid files: 0
`;
const NO_INFO = `stanza: factsway
status: error
  No usable backup.info file
  No usable archive.info file
`;

// The same of places in S3 that went away: the line was cut, a login was revoked, the store was out of order.
const SEGMENT = (number: number): string =>
  `17-1/0000000100000000/00000001000000000000000${number}-2ffadd681ac904ae67e2af99b045e7c3757baf9f.zst`;
const AWAY_LOG = `INFO: invalid checksum '${SEGMENT(1)}'
INFO: invalid result ${SEGMENT(2)}: [101] raised from local-2 protocol: TLS error [1:167772454] unexpected eof while reading
          [HostConnectError] on retry at 6309ms: unable to connect to '127.0.0.1:9443': [111] Connection refused
INFO: invalid result ${SEGMENT(4)}: [49] raised from local-1 protocol: unable to connect to '127.0.0.1:9443': [111] Connection refused
INFO: invalid result 20261123-123341F/bundle/2: [39] raised from local-1 protocol: HTTP request failed with 403 (Forbidden):
      *** Path/Query ***:
      GET /firm/f/backup/factsway/20261123-123341F/bundle/2
INFO: invalid result ${SEGMENT(8)}: [101] raised from local-2 protocol: [500] x
INFO: verify command end: terminated on signal [SIGTERM]
`;
const AWAY = `stanza: factsway
status: error
  archiveId: 17-1, total WAL checked: 9, total valid WAL: 1
    missing: 0, checksum invalid: 1, size invalid: 0, other: 7
  backup: 20261123-123341F, status: invalid, total files checked: 0, total valid files: 0
  backup: 20261123-123343F, status: invalid, total files checked: 0, total valid files: 0
`;

describe('what verify could not read', () => {
  it.each(['', AWAY])('is no damage, and what was found before still is', (stdout) => {
    const found = parseVerify(stdout, AWAY_LOG, 's3');
    expect(found.files).toEqual([{ path: SEGMENT(1), message: 'invalid checksum' }]);
    expect(found.unread.map(({ path }) => path)).toEqual([
      SEGMENT(2),
      SEGMENT(4),
      '20261123-123341F/bundle/2',
      SEGMENT(8),
    ]);
    expect([found.ok, found.damaged, found.messages]).toEqual([false, [], []]);
  });

  it('takes no backup with it but the one whose own file is damaged', () => {
    const log = `INFO: invalid checksum '20261123-123343F_20261123-140000D/bundle/1'\n${AWAY_LOG}`;
    expect(parseVerify(AWAY, log, 's3').damaged).toEqual(['20261123-123343F_20261123-140000D']);
  });

  it('is told while it runs, and damage is not taken for it', () => {
    expect(AWAY_LOG.split('\n').filter((line) => tellsOfUnread(line, 's3'))).toHaveLength(4);
    expect(
      tellsOfUnread(`INFO: invalid result ${SEGMENT(1)}: [29] raised from local-1`, 's3'),
    ).toBe(false);
  });

  it('is a broken connection where a disk would be broken', () => {
    const log = `INFO: invalid result ${SEGMENT(3)}: [42] raised from local-1 protocol: unable to read`;
    expect(parseVerify(SOUND, log, 's3').unread).toHaveLength(1);
    expect(parseVerify(SOUND, log, 'posix').files).toHaveLength(1);
  });

  it('may be a manifest or an index: those verdicts have to be looked at again', () => {
    expect(parseVerify(AWAY, '', 's3').unproven).toHaveLength(2);
    expect(parseVerify(NO_INFO, '', 's3').unproven).toHaveLength(2);
    // That it is not there was answered.
    expect(parseVerify(NO_MANIFEST, '', 's3').unproven).toEqual([]);
  });
});

describe('what verify found', () => {
  it('is nothing in a sound place', () => {
    expect(parseVerify(SOUND, '', 'posix')).toEqual({
      ok: true,
      damaged: [],
      files: [],
      unread: [],
      messages: [],
      unproven: [],
      checkedFiles: 1283,
    });
  });

  it('names backups and files that are damaged, although it exits 0', () => {
    const found = parseVerify(DAMAGED, DAMAGED_LOG, 'posix');
    expect(found.ok).toBe(false);
    expect(found.damaged).toEqual(['20261122-174129F']);
    expect(found.files.map(({ path }) => path)).toEqual([
      '17-1/0000000100000000/000000010000000000000003-e87dac93b29eceabcad51cc6ecc85b5f88c4ccb8.zst',
      '20261122-174129F/bundle/1',
    ]);
    expect(found.messages).toEqual([
      'archive 17-1: 1 WAL segments are damaged',
      'backup 20261122-174129F: invalid, 1 files',
    ]);
  });

  it('reads the log with process numbers as well', () => {
    const line = "P02   INFO: invalid checksum '20261122-174129F/bundle/1'";
    expect(parseVerify(DAMAGED, line, 'posix').files).toEqual([
      { path: '20261122-174129F/bundle/1', message: 'invalid checksum' },
    ]);
  });

  it('is a missing manifest, although verify says ok', () => {
    const found = parseVerify(NO_MANIFEST, '', 'posix');
    expect(found.ok).toBe(false);
    expect(found.damaged).toEqual(['20261122-174129F']);
  });

  it('is a missing index', () => {
    expect(parseVerify(NO_INFO, '', 'posix').messages).toHaveLength(2);
  });

  it('leaves a backup that is being made alone', () => {
    const running = SOUND.replace('status: valid', 'status: in-progress');
    expect(parseVerify(running, '', 'posix').ok).toBe(true);
  });

  it.each(['', 'stanza: factsway\nstatus: ok\n', SOUND.replace('status: ok', 'status: error')])(
    'is never good by silence or contradiction: %j',
    (text) => {
      expect(parseVerify(text, '', 'posix').ok).toBe(false);
    },
  );
});
