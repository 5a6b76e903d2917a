/** Migrations that fail or are cut off. Invocation: see migrations.integration.ts. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { asAdmin, eventually, type Running } from '../integration-support.ts';
import {
  database,
  directoryWith,
  dump,
  HEAD_1,
  migrate,
  outcome,
  query,
  sql,
  start,
  up,
  useScratchDatabases,
  V11,
} from './migrate-support.ts';

useScratchDatabases();

describe('a migration that fails', () => {
  const bad = sql('CREATE TABLE factsway.half (id int);\nSELECT * FROM factsway.nowhere;');

  it('leaves the schema as it was, those before it in the same run included', async () => {
    await up('1.0.0');
    const before = dump();
    const { code, result } = await migrate(
      '1.1.0',
      ['up'],
      directoryWith('1.1.0', { '0008_bad.sql': bad }),
    );
    assert.equal(code, 5);
    assert.deepEqual(result.failed?.migration, '0008_bad');
    assert.equal(result.failed.sqlState, '42P01');
    assert.match(result.failed.reason, /line 3: relation "factsway.nowhere" does not exist/);
    assert.equal(result.restored, true);
    assert.deepEqual(result.reverted, V11.toReversed());
    assert.deepEqual([result.before, result.after, result.applied], [HEAD_1, HEAD_1, []]);
    assert.deepEqual(result.pending, [...V11, '0008_bad']);
    assert.equal(dump(), before);
    await up('1.1.0');
    assert.notEqual(dump(), before);
  });

  it('on a new database leaves nothing at all behind', async () => {
    const before = dump();
    const env = directoryWith('1.0.0', { '0005_bad.sql': bad.replace('1.1.0', '1.0.0') });
    const { code, result } = await migrate('1.0.0', ['up'], env);
    assert.deepEqual([code, result.restored, result.after], [5, true, null]);
    assert.equal(dump(), before);
  });

  it('and cannot be put back says so with exit 6', async () => {
    await up('1.0.0');
    const oneWay = sql('SELECT 1;', 'SELECT 1 / 0;');
    const files = { '0008_one_way.sql': oneWay, '0009_bad.sql': bad };
    const { code, result } = await migrate('1.1.0', ['up'], directoryWith('1.1.0', files));
    assert.deepEqual([code, result.code], [6, 'FW-MIGRATION-NOT-RESTORED']);
    assert.deepEqual([result.restored, result.after], [false, '0008_one_way']);
    assert.equal(result.failed?.migration, '0009_bad');
  });

  it('does not print the values of rows', async () => {
    await up('1.0.0');
    await query(`INSERT INTO factsway.facts (statement, source, disputed)
                 SELECT 'canary-text', 's', false FROM generate_series(1, 2)`);
    const unique = sql('CREATE UNIQUE INDEX u ON factsway.facts (statement);', 'DROP INDEX u;');
    const env = directoryWith('1.1.0', { '0008_unique.sql': unique });
    const { code, result, text } = await migrate('1.1.0', ['up'], env);
    assert.deepEqual([code, result.failed?.sqlState], [5, '23505']);
    assert.doesNotMatch(text, /canary-text/);
  });
});

describe('a run that is cut off', () => {
  const slow = sql(
    'CREATE TABLE factsway.slow (id int);\nSELECT pg_sleep(30);',
    'DROP TABLE factsway.slow;',
  );
  const quick = slow.replace('pg_sleep(30)', 'pg_sleep(0)');

  async function inTheMiddle(env: Record<string, string>): Promise<Running> {
    const running = start('1.1.0', ['up'], env);
    await eventually('the slow migration runs', async () => {
      const rows = await asAdmin((client) =>
        client.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND query LIKE '%pg_sleep(30)%' AND state = 'active'`,
          [database.name],
        ),
      );
      return rows.rowCount === 1;
    });
    return running;
  }

  it('with kill -9 is finished by the next run', async () => {
    await up('1.0.0');
    const env = directoryWith('1.1.0', { '0008_slow.sql': slow });
    const running = await inTheMiddle(env);
    running.child.kill('SIGKILL');
    await running.finished;
    writeFileSync(join(env['MIGRATIONS_DIR'] ?? '', '0008_slow.sql'), quick);
    const { code, result, text } = await migrate('1.1.0', ['up'], env);
    assert.equal(code, 0, text);
    assert.deepEqual(result.applied, ['0008_slow']);
    assert.deepEqual(
      await query('SELECT count(*)::int AS n FROM factsway_migrations.unfinished_run'),
      [{ n: 0 }],
    );
  });

  it('with kill -9, when the next run fails, is put back to where the first began', async () => {
    await up('1.0.0');
    const before = dump();
    const env = directoryWith('1.1.0', { '0008_slow.sql': slow });
    const running = await inTheMiddle(env);
    running.child.kill('SIGKILL');
    await running.finished;
    writeFileSync(join(env['MIGRATIONS_DIR'] ?? '', '0008_slow.sql'), sql('SELECT 1 / 0;'));
    const { code, result } = await migrate('1.1.0', ['up'], env);
    assert.deepEqual([code, result.restored, result.after], [5, true, HEAD_1]);
    assert.deepEqual(result.reverted, V11.toReversed());
    assert.equal(dump(), before);
  });

  it('with SIGTERM puts the schema back before it leaves', async () => {
    await up('1.0.0');
    const before = dump();
    const running = await inTheMiddle(directoryWith('1.1.0', { '0008_slow.sql': slow }));
    running.child.kill('SIGTERM');
    const { code, result } = await outcome(running);
    assert.deepEqual([code, result.code, result.restored], [5, 'FW-MIGRATION-INTERRUPTED', true]);
    assert.equal(dump(), before);
  });

  it('by the server before it began says that nothing was changed', async () => {
    const running = await asAdmin(async (holder) => {
      // Another run's lock, so that this one waits.
      await holder.query("SELECT pg_advisory_lock(x'46414354'::int)");
      const waiting = start('1.0.0', ['up']);
      await eventually('it waits', () => waiting.output().includes('another migration run'));
      await holder.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = $1 AND application_name = 'factsway-migrate'`,
        [database.name],
      );
      return waiting;
    }, database.name);
    const { code, result } = await outcome(running);
    assert.deepEqual([code, result.code, result.restored], [5, 'FW-DB-UNREACHABLE', null]);
  });

  it('by the server (its backend dies) is put back over a new connection', async () => {
    await up('1.0.0');
    const before = dump();
    const running = await inTheMiddle(directoryWith('1.1.0', { '0008_slow.sql': slow }));
    await asAdmin((client) =>
      client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`,
        [database.name],
      ),
    );
    const { code, result, text } = await outcome(running);
    assert.deepEqual([code, result.restored], [5, true], text);
    assert.equal(dump(), before);
  });
});
