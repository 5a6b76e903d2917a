import assert from 'node:assert/strict';
import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { asAdmin, cuttableProxy, eventually, HOST, PORT } from '../integration-support.ts';
import { SAMPLES } from './samples.ts';
import {
  call,
  database,
  metrics,
  passwords,
  ready,
  start,
  useServices,
} from './service-support.ts';

useServices('1.1.0');

const CLIENT = { 'x-client-id': 'desk-7', 'x-request-id': 'q-audit' };
const CASE = { title: 'A v. B', court: 'N.D. Cal.', status: 'open' };

type Row = Record<string, unknown>;
const sql = (text: string, values: unknown[] = []) =>
  asAdmin(async (client) => (await client.query<Row>(text, values)).rows, database.name);
const entries = () => sql('SELECT * FROM factsway.audit_log ORDER BY seq');
const verified = async () => (await sql('SELECT * FROM factsway.audit_verify(1, 10000)'))[0];

/** As a role of the platform would, to the database itself. */
async function as(role: 'owner' | 'app', text: string): Promise<string> {
  const client = new pg.Client({
    host: HOST,
    port: PORT,
    database: database.name,
    user: `factsway_${role}`,
    password: passwords[role],
  });
  await client.connect();
  try {
    await client.query(text);
    return 'done';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  } finally {
    await client.end();
  }
}

/** What somebody does who may do everything, triggers or not; taken back once it has been looked at. */
async function tampered<T>(work: string, look: (client: pg.Client) => Promise<T>): Promise<T> {
  return asAdmin(async (client) => {
    await client.query('BEGIN; SET LOCAL session_replication_role = replica');
    try {
      await client.query(work);
      return await look(client);
    } finally {
      await client.query('ROLLBACK');
    }
  }, database.name);
}

const append = (count: number) =>
  sql(
    `SELECT factsway.audit_append('test', NULL, 'create', 'cases', 'x-' || n, NULL, NULL, 'done')
     FROM generate_series(1, ${count}) n`,
  );
const length = async () => Number((await sql('SELECT seq FROM factsway.audit_head'))[0]?.['seq']);

describe('what the services write', () => {
  it('is one row for every create, update and delete of every resource, and none for reading', async () => {
    for (const { service, path, body, change } of SAMPLES) {
      const running = await start(service, '1.1.0');
      await ready(running);
      const before = await length();
      const asked = body(900);
      const made = await call(running, 'POST', `/api/${path}`, asked, CLIENT);
      assert.equal(made.status, 201, JSON.stringify(made.json));
      const id = String(made.json['id']);
      await call(running, 'GET', `/api/${path}`, undefined, CLIENT);
      await call(running, 'GET', `/api/${path}/${id}`, undefined, CLIENT);
      const put = await call(running, 'PUT', `/api/${path}/${id}`, { ...asked, ...change }, CLIENT);
      assert.equal(put.status, 200, JSON.stringify(put.json));
      assert.equal((await call(running, 'DELETE', `/api/${path}/${id}`)).status, 204);
      const rows = (await entries()).slice(before);
      expect(rows.map((row) => row['action'])).toEqual(['create', 'update', 'delete']);
      expect(rows[0]).toMatchObject({
        service: `${service}-service`,
        db_user: 'factsway_app',
        actor: 'desk-7',
        request_id: 'q-audit',
        resource: path,
        resource_id: id,
        outcome: 'done',
      });
      expect(rows[2]?.['actor']).toBeNull();
      running.child.kill('SIGKILL');
    }
    expect((await verified())?.['broken_at']).toBeNull();
  }, 120_000);

  it('is no second row for a repeated POST, and none for what was refused or not there', async () => {
    const records = await start('records', '1.1.0');
    await ready(records);
    const body = { ...CASE, case_number: 'once' };
    const key = { 'idempotency-key': 'audit-once' };
    await call(records, 'POST', '/api/cases', body, key);
    const before = await length();
    expect((await call(records, 'POST', '/api/cases', body, key)).status).toBe(201);
    expect((await call(records, 'POST', '/api/cases', body)).status).toBe(409);
    const nobody = '/api/cases/00000000-0000-4000-8000-000000000000';
    expect((await call(records, 'DELETE', nobody)).status).toBe(404);
    expect((await call(records, 'PUT', nobody, body)).status).toBe(404);
    expect(await length()).toBe(before);
  });

  it('is a row for a document that was taken along, and none for asking how large it is', async () => {
    const service = await start('export', '1.1.0', { EXPORT_MS_PER_PAGE: '0' });
    await ready(service);
    const sample = SAMPLES.find(({ path }) => path === 'exports');
    const made = await call(service, 'POST', '/api/exports', sample?.body(901));
    const path = `/api/exports/${String(made.json['id'])}/document`;
    await fetch(service.base + path, { method: 'HEAD' });
    await (await fetch(service.base + path, { headers: CLIENT })).arrayBuffer();
    const rows = (await entries()).slice(-2);
    expect(rows.map((row) => row['action'])).toEqual(['create', 'download']);
  });

  it('holds nothing of what a document says', async () => {
    const text = JSON.stringify(await entries());
    for (const word of ['Ünïcode', 'A v. B', 'N.D. Cal.', 'once']) expect(text).not.toContain(word);
  });

  it('fails the change when it cannot be written', async () => {
    const records = await start('records', '1.1.0');
    await ready(records);
    const revoke = 'factsway.audit_append(text, text, text, text, text, text, text, text)';
    await sql(`REVOKE EXECUTE ON FUNCTION ${revoke} FROM factsway_app`);
    try {
      const body = { ...CASE, case_number: 'unseen' };
      expect((await call(records, 'POST', '/api/cases', body)).status).toBe(500);
      expect(await sql(`SELECT 1 FROM factsway.cases WHERE case_number = 'unseen'`)).toEqual([]);
    } finally {
      await sql(`GRANT EXECUTE ON FUNCTION ${revoke} TO factsway_app`);
    }
  });

  it('is one chain without a gap when 20 write at the same time', async () => {
    const services = [await start('records', '1.1.0'), await start('records', '1.1.0')];
    await Promise.all(services.map(ready));
    const before = await length();
    const writers = Array.from({ length: 20 }, async (_, writer) => {
      for (let nth = 0; nth < 10; nth += 1) {
        const service = services[writer % 2];
        assert.ok(service);
        const body = { ...CASE, case_number: `w-${writer}-${nth}` };
        const made = await call(service, 'POST', '/api/cases', body);
        assert.equal(made.status, 201);
      }
    });
    await Promise.all(writers);
    expect(await length()).toBe(before + 200);
    expect(await verified()).toMatchObject({ verified_to: String(before + 200), broken_at: null });
  }, 60_000);

  it('has no hole where connections are cut in the middle', async () => {
    const proxy = await cuttableProxy();
    const env = { POSTGRES_HOST: '127.0.0.1', POSTGRES_PORT: String(proxy.port) };
    const records = await start('records', '1.1.0', env);
    await ready(records);
    const before = await length();
    const posts = Array.from({ length: 60 }, (_, nth) =>
      call(records, 'POST', '/api/cases', { ...CASE, case_number: `cut-${nth}` }),
    );
    await Promise.race(posts);
    await proxy.cut();
    await Promise.allSettled(posts);
    await eventually('every transaction is over', async () => {
      const busy = await sql(
        `SELECT 1 FROM pg_stat_activity
         WHERE datname = current_database() AND usename = 'factsway_app' AND state <> 'idle'`,
      );
      return busy.length === 0;
    });
    const made = await sql(`SELECT 1 FROM factsway.cases WHERE case_number LIKE 'cut-%'`);
    expect(await length()).toBe(before + made.length);
    expect((await verified())?.['broken_at']).toBeNull();
  }, 60_000);

  it('leaves a release from before the audit log as it was', async () => {
    const records = await start('records', '1.0.0', { AUDIT_VERIFY: 'on' });
    await ready(records);
    const before = await length();
    const made = await call(records, 'POST', '/api/cases', { ...CASE, case_number: 'former' });
    expect([made.status, await length()]).toEqual([201, before]);
    expect(await metrics(records)).not.toContain('factsway_audit_');
  });
});

describe('who may do what', () => {
  it('the services write by the function alone', async () => {
    await append(1);
    for (const statement of [
      'SELECT FROM factsway.audit_log',
      'UPDATE factsway.audit_log SET actor = NULL',
      'DELETE FROM factsway.audit_log',
      'TRUNCATE factsway.audit_log',
      'INSERT INTO factsway.audit_log SELECT * FROM factsway.audit_log',
      'UPDATE factsway.audit_head SET seq = 0',
      'SELECT factsway.audit_prune(10)',
    ])
      expect([statement, await as('app', statement)]).toEqual([statement, '42501']);
    expect(await as('app', 'SELECT factsway.audit_verify(1, 10)')).toBe('done');
  });

  it('the owner neither edits nor removes while the triggers are there', async () => {
    for (const statement of [
      'UPDATE factsway.audit_log SET actor = NULL',
      'DELETE FROM factsway.audit_log',
      'TRUNCATE factsway.audit_log',
      'TRUNCATE factsway.audit_head',
      'DELETE FROM factsway.audit_head',
      'UPDATE factsway.audit_head SET seq = 0',
      `UPDATE factsway.audit_head SET pruned_seq = seq, pruned_hash = hash`,
    ])
      expect([statement, await as('owner', statement)]).toEqual([statement, '42501']);
  });

  it('nothing that could be somebody’s words gets in', async () => {
    const call = (id: string) =>
      `SELECT factsway.audit_append('s', NULL, 'create', 'cases', '${id}', NULL, NULL, 'done')`;
    expect(await as('app', call('Smith and Sons'))).toBe('23514');
    expect(await as('app', call('x-1'))).toBe('done');
  });
});

describe('what somebody did who may do everything', () => {
  beforeEach(() => append(5));

  it.each([
    ['an edited row', `UPDATE factsway.audit_log SET actor = 'x' WHERE seq = 4`, 4, 'edited'],
    ['a deleted row', 'DELETE FROM factsway.audit_log WHERE seq = 4', 4, 'missing'],
    [
      'two rows in the other order',
      `UPDATE factsway.audit_log SET seq = -seq WHERE seq IN (4, 5);
       UPDATE factsway.audit_log SET seq = 9 + seq WHERE seq < 0`,
      4,
      'edited',
    ],
    [
      'an edited row whose hash was made anew',
      `UPDATE factsway.audit_log SET actor = 'x' WHERE seq = 4;
       UPDATE factsway.audit_log a
       SET hash = sha256(prev_hash || convert_to(factsway.audit_text(a), 'UTF8')) WHERE seq = 4`,
      5,
      'unlinked',
    ],
  ])('%s is found', async (_what, work, seq, problem) => {
    const found = await tampered(work, async (client) =>
      client.query<Row>('SELECT * FROM factsway.audit_verify(1, 10000)'),
    );
    expect(found.rows[0]).toMatchObject({ broken_at: String(seq), problem });
  });

  it('a cut-off end is found, and so is a head that is another one', async () => {
    const last = await length();
    const cut = `DELETE FROM factsway.audit_log WHERE seq > ${last - 2}`;
    const found = await tampered(cut, async (client) =>
      client.query<Row>('SELECT * FROM factsway.audit_verify(1, 10000)'),
    );
    expect(found.rows[0]).toMatchObject({ broken_at: String(last - 1), problem: 'cut_off' });
    const head = `UPDATE factsway.audit_head SET hash = sha256('x')`;
    const forged = await tampered(head, async (client) =>
      client.query<Row>('SELECT * FROM factsway.audit_verify(1, 10000)'),
    );
    expect(forged.rows[0]).toMatchObject({ broken_at: String(last), problem: 'head' });
  });

  it('is seen at the slice it is in, wherever the slice begins', async () => {
    const [row] = (
      await tampered(`UPDATE factsway.audit_log SET actor = 'x' WHERE seq = 4`, async (client) =>
        client.query<Row>('SELECT * FROM factsway.audit_verify(3, 2)'),
      )
    ).rows;
    expect(row).toMatchObject({ verified_to: '3', broken_at: '4' });
    const beyond = await sql('SELECT * FROM factsway.audit_verify(100000, 5)');
    expect(beyond[0]?.['broken_at']).toBeNull();
  });

  it('shows in the metrics of the service that verifies', async () => {
    await asAdmin(async (client) => {
      await client.query(`SET session_replication_role = replica;
        UPDATE factsway.audit_log SET actor = 'x' WHERE seq = 4`);
    }, database.name);
    try {
      const records = await start('records', '1.1.0', { AUDIT_VERIFY: 'on' });
      await ready(records);
      await eventually('the gauge', async () =>
        (await metrics(records)).includes('factsway_audit_chain_broken 1'),
      );
      await eventually('the log line', () => records.output().includes('"problem":"edited"'));
    } finally {
      await asAdmin(async (client) => {
        await client.query(`SET session_replication_role = replica;
          UPDATE factsway.audit_log SET actor = 'desk-7' WHERE seq = 4`);
      }, database.name);
    }
  });
});

describe('the end of seven years', () => {
  /** Gives the first rows another time and makes every hash anew: the chain of somebody who has used this for long. */
  const aged = async (client: pg.Client, ages: readonly string[]): Promise<void> => {
    await client.query('SET LOCAL session_replication_role = replica');
    const { rows } = await client.query<{ seq: string }>(
      'SELECT seq FROM factsway.audit_log ORDER BY seq',
    );
    for (const [index, { seq }] of rows.entries()) {
      const age = ages[index] ?? '0';
      await client.query(
        `UPDATE factsway.audit_log a SET at = statement_timestamp() - $2::interval,
           prev_hash = coalesce((SELECT hash FROM factsway.audit_log p WHERE p.seq = a.seq - 1), prev_hash)
         WHERE seq = $1`,
        [seq, age],
      );
      await client.query(
        `UPDATE factsway.audit_log a
         SET hash = sha256(prev_hash || convert_to(factsway.audit_text(a), 'UTF8')) WHERE seq = $1`,
        [seq],
      );
    }
    await client.query(
      `UPDATE factsway.audit_head SET hash = (SELECT hash FROM factsway.audit_log ORDER BY seq DESC LIMIT 1)`,
    );
    await client.query('SET LOCAL session_replication_role = origin');
  };

  it('removes exactly what is past its time, in steps, and the rest still verifies', async () => {
    await append(8);
    await asAdmin(async (client) => {
      await client.query('BEGIN');
      try {
        const past = '7 years 1 hour';
        await aged(client, [past, past, past, '7 years -1 hour', past]);
        const one = async (text: string) => (await client.query<Row>(text)).rows[0];
        expect(
          (await one('SELECT * FROM factsway.audit_verify(1, 10000)'))?.['broken_at'],
        ).toBeNull();
        // The fifth is old as well, but comes after one that is not: it stays.
        expect(await one('SELECT * FROM factsway.audit_prune(2)')).toEqual({
          removed: '2',
          removed_to: '2',
        });
        expect(await one('SELECT * FROM factsway.audit_prune(1000)')).toEqual({
          removed: '1',
          removed_to: '3',
        });
        expect(await one('SELECT * FROM factsway.audit_prune(1000)')).toMatchObject({
          removed: '0',
        });
        const rest = await one('SELECT * FROM factsway.audit_verify(1, 10000)');
        expect(rest).toMatchObject({ first_seq: '4', broken_at: null });
        const last = await one('SELECT * FROM factsway.audit_log ORDER BY seq DESC LIMIT 1');
        expect(last).toMatchObject({ action: 'prune', resource_id: '3' });
      } finally {
        await client.query('ROLLBACK');
      }
    }, database.name);
  });
});
