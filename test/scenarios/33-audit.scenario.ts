import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docker, query, until } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { aboutAudit, emptyOf, panelQueries } from './support/panel-queries.ts';
import { Instance } from './support/instance.ts';

/** The audit log comes with 1.1.0. */
const SYSTEM = new Instance('factsway-audit', 25_180, {
  'services.drainSeconds': 2,
  'release.version': '1.1.0',
});
const WORDS = 'Smith v. Wesson';

type Verified = { rows: number; lastSeq: number; problem?: { kind: string; seq: number } };
const verify = async () => {
  const { result, errors, exitCode } = await SYSTEM.runJson('audit', 'verify');
  return { report: result as Verified, codes: errors.map(({ code }) => code), exitCode };
};
const create = (number: number) =>
  throughEdge(`${SYSTEM.url}/api/cases`, SYSTEM.file('state/root-ca.crt'), {
    method: 'POST',
    body: { case_number: `audit-${number}`, title: WORDS, court: 'N.D. Cal.', status: 'open' },
    headers: { 'x-client-id': 'desk-7', 'x-request-id': `audit-${number}` },
  });
/** As a superuser who does not mind the triggers. */
const tamper = (sql: string) =>
  query(SYSTEM.project, `SET session_replication_role = replica; ${sql}`);
const chainBroken = async (): Promise<string> => {
  const script = `fetch('http://127.0.0.1:3001/metrics').then(r=>r.text()).then(t=>console.log(/^factsway_audit_chain_broken (.*)$/m.exec(t)?.[1]))`;
  return docker('exec', await SYSTEM.servingId('records-service'), 'node', '-e', script);
};
/** The next pass begins with the process. */
const passAgain = async (): Promise<void> => {
  await docker('restart', await SYSTEM.servingId('records-service'));
};

beforeAll(async () => {
  await SYSTEM.remove();
  const { errors } = await SYSTEM.install();
  expect(errors).toEqual([]);
});
afterAll(async () => {
  await SYSTEM.remove();
});

describe('the audit log', () => {
  it('has a row for every change through the edge, without a word of it, and is sound', async () => {
    for (const number of [1, 2, 3, 4, 5, 6]) expect((await create(number)).status).toBe(201);
    const { report, exitCode } = await verify();
    expect([exitCode, report.rows, report.problem]).toEqual([0, 6, undefined]);
    const listed = await SYSTEM.run('audit', 'list', '--request', 'audit-3');
    expect(listed.stdout).toContain('desk-7');
    expect(listed.stdout).toContain('create');
    expect(await query(SYSTEM.project, 'SELECT a::text FROM factsway.audit_log a')).not.toContain(
      WORDS,
    );
  });

  it.each([
    [
      'an edited row',
      `UPDATE factsway.audit_log SET actor = 'x' WHERE seq = 3`,
      `UPDATE factsway.audit_log SET actor = 'desk-7' WHERE seq = 3`,
      'edited',
    ],
    [
      'a deleted row',
      'CREATE TABLE factsway.kept AS SELECT * FROM factsway.audit_log WHERE seq = 3; DELETE FROM factsway.audit_log WHERE seq = 3',
      'INSERT INTO factsway.audit_log SELECT * FROM factsway.kept; DROP TABLE factsway.kept',
      'deleted',
    ],
    [
      'two rows in the other order',
      'UPDATE factsway.audit_log SET seq = -seq WHERE seq IN (3, 4); UPDATE factsway.audit_log SET seq = 7 + seq WHERE seq < 0',
      'UPDATE factsway.audit_log SET seq = -seq WHERE seq IN (3, 4); UPDATE factsway.audit_log SET seq = 7 + seq WHERE seq < 0',
      'reordered',
    ],
  ])('with %s is found by the command and by the service', async (_what, harm, mend, kind) => {
    await tamper(harm);
    try {
      const { report, codes, exitCode } = await verify();
      expect([exitCode, codes]).toEqual([3, ['FW-AUDIT-BROKEN']]);
      expect(report.problem).toEqual({ kind, seq: 3 });
      await passAgain();
      await until('the metric', 60, async () => (await chainBroken().catch(() => '')) === '1');
    } finally {
      await tamper(mend);
    }
    expect((await verify()).exitCode).toBe(0);
    await passAgain();
    await until('the metric', 60, async () => (await chainBroken().catch(() => '')) === '0');
  });

  it('is on the dashboard', async () => {
    const prometheus = `http://127.0.0.1:${SYSTEM.ports.prometheus}`;
    const asked = (await panelQueries(prometheus)).filter(aboutAudit);
    expect(asked.length).toBeGreaterThanOrEqual(3);
    await until('every panel about it has data', 120, async () => {
      return (await emptyOf(prometheus, asked)).length === 0;
    });
  });

  it('whose end was cut off together with its head is found by what is kept outside', async () => {
    await tamper(
      `CREATE TABLE factsway.kept AS SELECT * FROM factsway.audit_log WHERE seq = 6;
       DELETE FROM factsway.audit_log WHERE seq = 6;
       UPDATE factsway.audit_head SET seq = 5, hash = (SELECT hash FROM factsway.audit_log WHERE seq = 5)`,
    );
    expect((await verify()).report.problem).toEqual({ kind: 'cut-off', seq: 6 });
    await tamper(
      `INSERT INTO factsway.audit_log SELECT * FROM factsway.kept; DROP TABLE factsway.kept;
       UPDATE factsway.audit_head SET seq = 6, hash = (SELECT hash FROM factsway.audit_log WHERE seq = 6)`,
    );
    expect((await verify()).exitCode).toBe(0);
  });

  it('is exported signed, and one changed byte is found without the database', async () => {
    const file = SYSTEM.file('audit.ndjson');
    expect((await SYSTEM.run('audit', 'export', '--out', file)).exitCode).toBe(0);
    expect((await SYSTEM.run('audit', 'verify', '--file', file)).exitCode).toBe(0);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('desk-7', 'desk-8'));
    const { errors } = await SYSTEM.runJson('audit', 'verify', '--file', file);
    expect(errors.map(({ code }) => code)).toEqual(['FW-AUDIT-BROKEN']);
  });
});
