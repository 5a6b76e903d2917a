import { describe, expect, it } from 'vitest';
import { corruptFiles } from './basebackup-output.ts';
import { backupProblemCode, restoreProblemCode } from './classify.ts';
import { parseInfo } from './info.ts';
import { copiedShare } from './recover.ts';
import { lastCommit } from './waldump.ts';

// Outputs of pgBackRest 2.55.1 and PostgreSQL 17, as they came.
const INFO = `[{"archive":[{"database":{"id":1,"repo-key":1},"id":"17-1","max":"000000010000000000000007","min":"000000010000000000000001"}],"backup":[{"annotation":{"reason":"before deploy","record":"{\\"a\\":1}"},"archive":{"start":"000000010000000000000006","stop":"000000010000000000000007"},"backrest":{"format":5,"version":"2.55.1"},"database":{"id":1,"repo-key":1},"error":false,"info":{"delta":77227564,"repository":{"delta":5678552,"delta-map":50512,"size-map":50512},"size":77227564},"label":"20261122-174129F","lsn":{"start":"0/6000028","stop":"0/77CCEE0"},"prior":null,"reference":null,"timestamp":{"start":1795369289,"stop":1795369291},"type":"full"}],"cipher":"aes-256-cbc","db":[{"id":1,"repo-key":1,"system-id":7711052255159091222,"version":"17"}],"name":"factsway","repo":[{"cipher":"aes-256-cbc","key":1,"status":{"code":0,"message":"ok"}}],"status":{"code":0,"lock":{"backup":{"held":false}},"message":"ok"}}]`;
const NOTHING = `[{"archive":[],"backup":[],"cipher":"aes-256-cbc","db":[],"name":"factsway","repo":[{"cipher":"aes-256-cbc","key":1,"status":{"code":1,"message":"missing stanza path"}}],"status":{"code":1,"lock":{"backup":{"held":false}},"message":"missing stanza path"}}]`;

describe('info', () => {
  it('tells of every backup', () => {
    const { backups, archives, status, running, systemIds } = parseInfo(INFO);
    expect(backups).toEqual([
      {
        label: '20261122-174129F',
        type: 'full',
        startedAt: new Date(1795369289_000),
        stoppedAt: new Date(1795369291_000),
        databaseBytes: 77227564,
        storedBytes: 5678552,
        walStart: '000000010000000000000006',
        walStop: '000000010000000000000007',
        lsnStop: '0/77CCEE0',
        annotation: { reason: 'before deploy', record: '{"a":1}' },
        needs: [],
        databaseId: 1,
        pageErrors: false,
      },
    ]);
    expect(archives).toEqual([{ id: '17-1', databaseId: 1, max: '000000010000000000000007' }]);
    expect({ status, running }).toEqual({ status: 0, running: null });
    expect(systemIds).toEqual(['7711052255159091222']);
  });

  it('tells how far a running one is', () => {
    const held = '"held":true,"size":77317418,"size-cplt":44687360';
    const { running } = parseInfo(INFO.replace('"held":false', held));
    expect(running).toEqual({ done: 44687360, total: 77317418 });
  });

  it('tells of a place where nothing is', () => {
    expect(parseInfo(NOTHING)).toMatchObject({
      backups: [],
      status: 1,
      message: 'missing stanza path',
    });
    expect(parseInfo('[]').status).toBe(1);
  });
});

describe('pg_waldump', () => {
  const commit = (time: string): string =>
    `rmgr: Transaction len (rec/tot):     34/    34, tx:        762, lsn: 0/151FFAA0, prev 0/151FFA60, desc: COMMIT ${time}`;

  it('names the last commit', () => {
    const output = [
      commit('2026-11-22 18:01:27.306866 UTC'),
      commit('2026-11-22 18:01:29.407963 UTC; rels: base/16384/16396; inval msgs: catcache 32'),
      'rmgr: Transaction len (rec/tot): 34/ 34, tx: 764, desc: ABORT 2026-11-22 18:01:30.000000 UTC',
    ].join('\n');
    expect(lastCommit(output)).toEqual(new Date('2026-11-22T18:01:29.407Z'));
  });

  it('names none where there is none', () => {
    expect(lastCommit('')).toBeNull();
  });
});

describe('pg_basebackup', () => {
  it('names the files with wrong checksums, once each', () => {
    const stderr = `WARNING:  checksum verification failed in file "./base/16384/16396", block 12: calculated 6C16 but expected 1F4D
WARNING:  checksum verification failed in file "./base/16384/16400", block 1: calculated 6C16 but expected 1F4D
WARNING:  checksum verification failed in file "./base/16384/16400", block 2: calculated 6C16 but expected 1F4D
WARNING:  file "./base/16384/16400" has a total of 2 checksum verification failures
pg_basebackup: error: checksum error occurred`;
    expect(corruptFiles(stderr)).toEqual([
      { path: './base/16384/16396', message: 'block 12 is not what was written' },
      { path: './base/16384/16400', message: '2 blocks are not what was written' },
    ]);
  });

  it('names none when all is well', () => {
    expect(corruptFiles('NOTICE:  all required WAL segments have been archived')).toEqual([]);
  });
});

describe('pgbackrest restore', () => {
  it('tells how much is copied', () => {
    const line =
      'DETAIL: restore file /var/lib/postgresql/next/pgdata/base/5/1255 (768KB, 57.19%) checksum 1a2b';
    expect(copiedShare(line)).toBeCloseTo(0.5719);
    expect(copiedShare('DETAIL: restore file /x/base/1/13479 (0B, 77.12%)')).toBeCloseTo(0.7712);
    expect(copiedShare('INFO: restore command begin 2.55.1')).toBeNull();
  });
});

describe('exit codes', () => {
  it('are told apart', () => {
    expect(backupProblemCode(56)).toBe('FW-BACKUP-DATABASE');
    expect(backupProblemCode(82)).toBe('FW-BACKUP-WAL-MISSING');
    expect(backupProblemCode(28)).toBe('FW-BACKUP-FOREIGN');
    expect(backupProblemCode(49)).toBe('FW-BACKUP-UNREACHABLE');
    expect(backupProblemCode(25)).toBe('FW-BACKUP-FAILED');
    expect(backupProblemCode(64, true)).toBe('FW-BACKUP-SPACE');
    expect(backupProblemCode(82, true)).toBe('FW-BACKUP-SPACE');
    // A database that is away is away on a full disk too.
    expect(backupProblemCode(56, true)).toBe('FW-BACKUP-DATABASE');
    expect(backupProblemCode(64, false)).toBe('FW-BACKUP-FAILED');
    expect(restoreProblemCode(26, false)).toBe('FW-RESTORE-DAMAGED');
    expect(restoreProblemCode(64, true)).toBe('FW-RESTORE-SPACE');
    expect(restoreProblemCode(64, false)).toBe('FW-RESTORE-FAILED');
  });
});
