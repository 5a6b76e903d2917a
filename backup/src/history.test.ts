import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { forgetBackups, newHistory, ofPlace, readHistory, updateHistory } from './history.ts';
import { renderMetrics } from './metrics.ts';
import { isGenuine, writeReport } from './reports.ts';

const directory = mkdtempSync(join(tmpdir(), 'state-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});
const STARTED = new Date('2026-11-22T18:00:00Z');
const QUIET = {
  name: 'local',
  waiting: { segments: 0, bytes: 0, oldestSeconds: 0 },
  pushFailures: 0,
  carried: null,
};

describe('the history', () => {
  it('begins with the first change and keeps what is written', () => {
    const file = join(directory, 'history.json');
    expect(readHistory(file)).toBeNull();
    updateHistory((history) => {
      history.places['local'] = { ...ofPlace(history, 'local'), failures: 2 };
    }, file);
    const first = readHistory(file)?.instance;
    updateHistory(() => undefined, file);
    expect(readHistory(file)?.instance).toBe(first);
    expect(ofPlace(readHistory(file), 'local').failures).toBe(2);
    expect(ofPlace(readHistory(file), 's3').failures).toBe(0);
  });
});

it('of a place that turns out to be empty its backups are forgotten, its failures are not', () => {
  const place = {
    ...ofPlace(null, 'local'),
    failures: 2,
    successes: { full: { at: STARTED.toISOString(), seconds: 1 } },
    proven: { a: { at: STARTED.toISOString(), rtoSeconds: 1, rpoSeconds: 1 } },
    damage: true,
    damagedBackups: ['a'],
    instanceCopyAt: STARTED.toISOString(),
  };
  forgetBackups(place);
  expect(place).toEqual({ ...ofPlace(null, 'local'), failures: 2 });
});

describe('a report', () => {
  it('is signed over its bytes', () => {
    const key = join(directory, 'key.pem');
    const signed = writeReport('drill-1', { ok: true }, directory, key);
    const text = readFileSync(signed.reportFile, 'utf8');
    expect(isGenuine(text, signed.signature, signed.publicKey)).toBe(true);
    expect(isGenuine(text.replace('true', 'false'), signed.signature, signed.publicKey)).toBe(
      false,
    );
    expect(writeReport('drill-2', {}, directory, key).publicKey).toBe(signed.publicKey);
  });
});

describe('metrics', () => {
  it('have every series before anything has happened', async () => {
    const text = await renderMetrics(null, [QUIET], STARTED);
    for (const series of [
      'factsway_backup_started_timestamp_seconds 1795370400',
      'factsway_backup_last_success_timestamp_seconds{place="local",type="full"} 0',
      'factsway_backup_failures_total{place="local"} 0',
      'factsway_backup_log_push_failures_total{place="local"} 0',
      'factsway_backup_damage{place="database"} 0',
      'factsway_backup_drill_ok 1',
    ])
      expect(text).toContain(`${series}\n`);
  });

  it('tell what the history knows', async () => {
    const history = newHistory(STARTED, 'one');
    history.places['local'] = {
      ...ofPlace(history, 'local'),
      failures: 3,
      damage: true,
      successes: { full: { at: '2026-11-22T18:10:00.000Z', seconds: 12 } },
      databaseBytes: 1000,
    };
    history.drill = {
      lastAttemptAt: '2026-11-22T18:20:00.000Z',
      lastSuccessAt: null,
      ok: false,
      rpoSeconds: 7,
      rtoSeconds: 0,
      report: {},
    };
    const text = await renderMetrics(history, [QUIET], new Date());
    for (const series of [
      'factsway_backup_last_success_timestamp_seconds{place="local",type="full"} 1795371000',
      'factsway_backup_last_duration_seconds{place="local",type="full"} 12',
      'factsway_backup_size_bytes{place="local",what="database"} 1000',
      'factsway_backup_failures_total{place="local"} 3',
      'factsway_backup_damage{place="local"} 1',
      'factsway_backup_drill_ok 0',
      'factsway_backup_drill_rpo_seconds 7',
      'factsway_backup_drill_last_success_timestamp_seconds 0',
    ])
      expect(text).toContain(`${series}\n`);
  });
});
