import { describe, expect, it } from 'vitest';
import { parseVerify } from './verify-output.ts';

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

describe('what verify found', () => {
  it('is nothing in a sound place', () => {
    expect(parseVerify(SOUND, '')).toEqual({
      ok: true,
      damaged: [],
      files: [],
      messages: [],
      checkedFiles: 1283,
    });
  });

  it('names backups and files that are damaged, although it exits 0', () => {
    const found = parseVerify(DAMAGED, DAMAGED_LOG);
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
    expect(parseVerify(DAMAGED, line).files).toEqual([
      { path: '20261122-174129F/bundle/1', message: 'invalid checksum' },
    ]);
  });

  it('is a missing manifest, although verify says ok', () => {
    const found = parseVerify(NO_MANIFEST, '');
    expect(found.ok).toBe(false);
    expect(found.damaged).toEqual(['20261122-174129F']);
  });

  it('is a missing index', () => {
    expect(parseVerify(NO_INFO, '').messages).toHaveLength(2);
  });

  it('leaves a backup that is being made alone', () => {
    const running = SOUND.replace('status: valid', 'status: in-progress');
    expect(parseVerify(running, '').ok).toBe(true);
  });

  it.each(['', 'stanza: factsway\nstatus: ok\n', SOUND.replace('status: ok', 'status: error')])(
    'is never good by silence or contradiction: %j',
    (text) => {
      expect(parseVerify(text, '').ok).toBe(false);
    },
  );
});
