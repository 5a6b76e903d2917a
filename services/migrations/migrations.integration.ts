/**
 * Migrations against a real Postgres. integration-support.ts says what the environment must hold;
 * pg_dump must be on the PATH, or named by PG_DUMP.
 *
 *   POSTGRES_HOST=127.0.0.1 POSTGRES_PORT=5432 POSTGRES_ADMIN_PASSWORD=… \
 *     npx vitest run --config services/vitest.integration.config.ts services/migrations
 */
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { asAdmin, eventually, OUT, TORTURE, writeSecret } from '../integration-support.ts';
import {
  database,
  directoryWith,
  dump,
  HEAD_1,
  migrate,
  outcome,
  passwords,
  query,
  sql,
  start,
  up,
  useScratchDatabases,
  V1,
  V11,
} from './migrate-support.ts';

useScratchDatabases();

describe('up', () => {
  it('takes an empty database to the release, and a second run changes nothing', async () => {
    assert.equal((await migrate('1.0.0', ['status'])).code, 3);
    const first = await migrate('1.0.0', ['up']);
    assert.equal(first.code, 0, first.text);
    assert.deepEqual([first.result.before, first.result.after], [null, HEAD_1]);
    assert.deepEqual(first.result.applied, V1);
    const second = await migrate('1.0.0', ['up']);
    assert.deepEqual([second.code, second.result.applied], [0, []]);
    assert.equal((await migrate('1.0.0', ['status'])).code, 0);
  });

  it('of an earlier release succeeds on a schema that was only expanded', async () => {
    await up('1.1.0');
    const { code, result } = await migrate('1.0.0', ['up']);
    assert.deepEqual([code, result.applied, result.newer], [0, [], V11]);
    assert.equal((await migrate('1.0.0', ['status'])).code, 0);
  });

  it('of an earlier release is refused once the schema was contracted', async () => {
    const contract = sql('SELECT 1;', 'SELECT 1;', 'release=1.1.0 kind=contract');
    const env = directoryWith('1.1.0', { '0008_contract.sql': contract });
    await up('1.0.0');
    const refused = await migrate('1.1.0', ['up'], env);
    assert.deepEqual([refused.code, refused.result.code], [5, 'FW-MIGRATION-CONTRACT']);
    assert.deepEqual([refused.result.applied, refused.result.after], [[], HEAD_1]);

    const allowed = await migrate('1.1.0', ['up'], { ...env, ALLOW_CONTRACT: 'true' });
    assert.equal(allowed.code, 0, allowed.text);
    const back = await migrate('1.0.0', ['up']);
    assert.deepEqual([back.code, back.result.code], [5, 'FW-MIGRATION-SCHEMA-NEWER']);
  });

  it('run twice at the same time applies each migration once', async () => {
    const both = await Promise.all([migrate('1.1.0', ['up']), migrate('1.1.0', ['up'])]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.deepEqual(
      both.flatMap(({ result }) => result.applied),
      [...V1, ...V11],
    );
    assert.deepEqual(await query('SELECT count(*)::int AS n FROM factsway_migrations.ledger'), [
      { n: V1.length + V11.length },
    ]);
  });

  it('gives way to requests and tries again while it cannot get a lock', async () => {
    await up('1.0.0');
    await asAdmin(async (holder) => {
      await holder.query('BEGIN; SELECT count(*) FROM factsway.cases');
      const running = start('1.1.0', ['up'], { MIGRATE_LOCK_TIMEOUT_SECONDS: '0.3' });
      await eventually('a retry', () => running.output().includes('trying again'));
      await holder.query('COMMIT');
      const { code, text } = await outcome(running);
      assert.equal(code, 0, text);
    }, database.name);
  });
});

describe('the ledger', () => {
  it('refuses an edited migration, by name, and changes nothing', async () => {
    await up('1.0.0');
    const env = directoryWith('1.1.0', {});
    appendFileSync(join(env['MIGRATIONS_DIR'] ?? '', '0002_records.sql'), '-- edited\n');
    for (const command of ['up', 'down', 'status']) {
      const { code, result } = await migrate('1.1.0', [command], env);
      assert.deepEqual([code, result.code], [5, 'FW-MIGRATION-EDITED']);
      assert.equal(result.failed?.migration, '0002_records');
    }
    assert.equal((await migrate('1.0.0', ['status'])).result.after, HEAD_1);
  });

  it('refuses when an applied migration is missing, by name', async () => {
    await up('1.0.0');
    const env = directoryWith('1.0.0', {});
    rmSync(join(env['MIGRATIONS_DIR'] ?? '', '0003_documents.sql'));
    const { code, result } = await migrate('1.0.0', ['up'], env);
    assert.deepEqual([code, result.code], [5, 'FW-MIGRATION-MISSING']);
    assert.equal(result.failed?.migration, '0003_documents');
  });

  it('refuses a row that no migration wrote', async () => {
    await up('1.0.0');
    await assert.rejects(
      query(`INSERT INTO factsway_migrations.ledger (name, run_on) VALUES ('0009_x', now())`),
    );
  });
});

describe('down', () => {
  it('takes steps back to exactly the schema before them', async () => {
    await up('1.0.0');
    const before = dump();
    await up('1.1.0');
    const one = await migrate('1.1.0', ['down']);
    assert.deepEqual([one.code, one.result.reverted], [0, V11.slice(-1)]);
    const back = await migrate('1.1.0', ['down-to', HEAD_1]);
    assert.deepEqual([back.code, back.result.after], [0, HEAD_1]);
    assert.equal(dump(), before);
    const all = await migrate('1.0.0', ['down-to', '0']);
    assert.deepEqual([all.code, all.result.reverted], [0, V1.toReversed()]);
    assert.doesNotMatch(dump(), /CREATE SCHEMA factsway;/);
    await up('1.1.0');
  });

  it('that fails half way applies again what it took back', async () => {
    const stuck = sql('SELECT 1;', 'SELECT 1 / 0;');
    const env = directoryWith('1.1.0', {
      '0008_stuck.sql': stuck,
      '0009_fine.sql': sql('SELECT 1;'),
    });
    assert.equal((await migrate('1.1.0', ['up'], env)).code, 0);
    const { code, result } = await migrate('1.1.0', ['down-to', HEAD_1], env);
    assert.deepEqual([code, result.restored, result.after], [5, true, '0009_fine']);
  });
});

describe('the roles', () => {
  it('let the application change rows and read the ledger, and nothing else', async () => {
    await up('1.1.0');
    const app = (text: string) => query(text, 'factsway_app');
    await app(
      `INSERT INTO factsway.caselaw (citation, title, court) VALUES ('1 U.S. 1', 't', 'c')`,
    );
    await app(`UPDATE factsway.caselaw SET title = 'u'`);
    await app('SELECT * FROM factsway_migrations.ledger');
    await app('DELETE FROM factsway.caselaw');
    for (const forbidden of [
      'CREATE TABLE factsway.x (id int)',
      'CREATE TABLE public.x (id int)',
      'CREATE SCHEMA x',
      'ALTER TABLE factsway.caselaw ADD COLUMN x int',
      'DROP TABLE factsway.caselaw',
      'CREATE INDEX x ON factsway.caselaw (title)',
      'TRUNCATE factsway.caselaw',
      `DELETE FROM factsway_migrations.ledger`,
      `UPDATE factsway_migrations.ledger SET sha256 = ''`,
      `INSERT INTO factsway_migrations.unfinished_run (version) VALUES ('x')`,
    ]) {
      await assert.rejects(app(forbidden), { code: '42501' }, forbidden);
    }
  });
});

describe('the connection', () => {
  for (const [name, password] of [
    ['with a newline in it', TORTURE],
    ['without', TORTURE.replaceAll('\n', '')],
    ['that ends in newlines', `${TORTURE}\n\n`],
  ] as const) {
    it(`works with the torture password ${name}, which is printed nowhere`, async () => {
      await asAdmin((client) =>
        client.query(`ALTER ROLE factsway_owner PASSWORD ${client.escapeLiteral(password)}`),
      );
      try {
        const env = {
          POSTGRES_PASSWORD_FILE: writeSecret('variant', password),
          LOG_LEVEL: 'trace',
        };
        const { code, text } = await migrate('1.0.0', ['up'], env);
        assert.equal(code, 0, text);
        assert.ok(
          !text.includes(password) && !text.includes(JSON.stringify(password).slice(1, -1)),
        );
      } finally {
        await asAdmin((client) =>
          client.query(
            `ALTER ROLE factsway_owner PASSWORD ${client.escapeLiteral(passwords.owner)}`,
          ),
        );
      }
    });
  }

  it('that nobody answers is given up after the time, with a code', async () => {
    const env = { POSTGRES_PORT: '1', MIGRATE_CONNECT_TIMEOUT_SECONDS: '1' };
    const { code, result } = await migrate('1.0.0', ['up'], env);
    assert.deepEqual([code, result.code], [5, 'FW-DB-UNREACHABLE']);
  });

  it('that is refused is not waited for', async () => {
    const begin = performance.now();
    const env = { POSTGRES_PASSWORD_FILE: writeSecret('wrong', 'canary-wrong') };
    const { code, result, text } = await migrate('1.0.0', ['up'], env);
    assert.deepEqual([code, result.code], [5, 'FW-DB-REFUSED']);
    assert.ok(performance.now() - begin < 5000);
    assert.doesNotMatch(text, /canary-wrong/);
  });

  it('is not tried with a bad command or environment', async () => {
    assert.equal((await migrate('1.0.0', ['sideways'])).code, 2);
    const { code, result } = await migrate('1.0.0', ['up'], { APP_VERSION: '1.1.0' });
    assert.deepEqual([code, result.code], [2, 'FW-MIGRATION-CONFIG']);
  });
});

it('the image of a release holds the migrations up to it', () => {
  const names = (release: string) => readdirSync(join(OUT, release, 'migrations/sql')).sort();
  assert.deepEqual(
    names('1.0.0'),
    V1.map((name) => `${name}.sql`),
  );
  assert.deepEqual(
    names('1.1.0'),
    [...V1, ...V11].map((name) => `${name}.sql`),
  );
});
