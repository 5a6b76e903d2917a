import { describe, expect, it } from 'vitest';
import { catalogWith } from '../../../../test/fakes/builders.ts';
import { externalDatabase } from '../../../../test/fakes/external-database.ts';
import { externalPostgres } from '../../catalog/database-access.ts';
import type { ExternalPostgres } from '../../model/external-postgres.ts';
import {
  analyseExternalDatabase,
  judgeClock,
  judgeConnection,
  judgeConnections,
  judgeRights,
  judgeServer,
} from './external-database.ts';

const contextOf = (external: object = {}) =>
  catalogWith({
    postgres: { mode: 'external', external: { host: 'db.example.com', ...external } },
    images: { source: 'debian' },
  }).context;
const settings = (external: object = {}): ExternalPostgres => {
  const found = externalPostgres(contextOf(external).config);
  if (!found) throw new Error('not external');
  return found;
};
const { sizing } = contextOf();

describe('a server as the platform wants it', () => {
  it('passes every look and the gate', () => {
    const facts = externalDatabase();
    for (const { status, found } of [
      judgeConnection(facts, settings()),
      judgeServer(facts),
      judgeRights(facts, settings()),
      judgeConnections(facts, sizing),
      judgeClock(facts),
    ])
      expect(`${status}: ${found}`).toMatch(/^pass: /);
    expect(analyseExternalDatabase(facts, contextOf())).toMatchObject({
      status: 'pass',
      found:
        'PostgreSQL 17.4 at db.example.com, up to 200 connections, three roles with least rights',
    });
  });

  it('passes after the migrations too, whose schemas the owner has', () => {
    const schemas = [
      { name: 'factsway', owner: 'factsway_owner' },
      { name: 'factsway_migrations', owner: 'factsway_owner' },
    ];
    const facts = externalDatabase({ owner: { schemas, mayCreateSchemas: false } });
    expect(judgeRights(facts, settings()).status).toBe('pass');
  });
});

describe('encryption', () => {
  it('that nobody checks is worth a word', () => {
    const { status, remedy } = judgeConnection(
      externalDatabase(),
      settings({ tls: { mode: 'require' } }),
    );
    expect(status).toBe('warn');
    expect(remedy).toContain('tls.caFile');
  });

  it('left out is told with its reason, and refused beyond a network of your own', () => {
    const off = settings({ tls: { mode: 'off', reason: 'a cable between two servers' } });
    expect(judgeConnection(externalDatabase(), off)).toMatchObject({ status: 'warn' });
    expect(judgeConnection(externalDatabase(), off).found).toContain('a cable');
    const open = { ...externalDatabase(), addresses: ['10.0.0.7', '203.0.113.9'] };
    expect(judgeConnection(open, off)).toMatchObject({ status: 'fail', code: 'FW-DB-TLS' });
  });
});

describe('the server', () => {
  it.each([
    [{ versionNumber: 140_012, version: '14.12' }, 'FW-DB-TOO-OLD', '14.12; 15 or newer'],
    [{ encoding: 'LATIN1' }, 'FW-DB-ENCODING', 'LATIN1'],
    [{ standby: true }, 'FW-DB-READ-ONLY', 'a standby'],
    [{ readOnly: true }, 'FW-DB-READ-ONLY', 'read only'],
  ])('%j is refused with %s', (owner, code, words) => {
    const verdict = judgeServer(externalDatabase({ owner }));
    expect(verdict).toMatchObject({ status: 'fail', code });
    expect(verdict.found).toContain(words);
    expect(verdict.remedy).not.toBe('');
  });

  it('newer than anybody tried is worth a word', () => {
    const facts = externalDatabase({ owner: { versionNumber: 190_001, version: '19.1' } });
    expect(judgeServer(facts).status).toBe('warn');
  });
});

describe('rights', () => {
  it.each([
    [{ owner: { mayCreateSchemas: false } }, 'factsway_owner may not create schemas'],
    [{ owner: { appRoleExists: false } }, 'role factsway_app does not exist'],
    [
      { owner: { schemas: [{ name: 'factsway', owner: 'postgres' }] } },
      'schema factsway belongs to postgres',
    ],
    [{ app: { memberOf: [] } }, 'factsway_app is neither factsway_app nor a member'],
    [{ monitor: { memberOf: [] } }, 'factsway_monitor has no pg_monitor'],
  ])('too few: %j', (changes, words) => {
    const verdict = judgeRights(externalDatabase(changes), settings());
    expect(verdict).toMatchObject({ status: 'fail', code: 'FW-DB-RIGHTS-MISSING' });
    expect(verdict.found).toContain(words);
    expect(verdict.remedy).toContain('factsway-install database sql');
  });

  it.each([
    [{ owner: { attributes: ['superuser'] } }, 'factsway_owner is superuser'],
    [{ app: { attributes: ['createdb'] } }, 'factsway_app is createdb'],
    [{ app: { mayCreateSchemas: true } }, 'factsway_app may create schemas'],
    [{ app: { createsIn: ['public'] } }, 'factsway_app may create objects in public'],
    [
      { app: { memberOf: ['factsway_app', 'factsway_owner'] } },
      'factsway_app may act as factsway_owner',
    ],
    [
      { monitor: { memberOf: ['pg_monitor', 'factsway_app'] } },
      'factsway_monitor may act as factsway_app',
    ],
  ])('too many: %j', (changes, words) => {
    const verdict = judgeRights(externalDatabase(changes), settings());
    expect(verdict).toMatchObject({ status: 'fail', code: 'FW-DB-RIGHTS-EXCESS' });
    expect(verdict.found).toContain(words);
  });

  it('names of your own are the ones that are told', () => {
    const external = settings({ users: { app: 'fw_login' } });
    expect(judgeRights(externalDatabase({ app: { memberOf: [] } }), external).found).toContain(
      'fw_login is neither factsway_app nor a member of it',
    );
  });
});

describe('connections', () => {
  const { value, perSlot } = sizing.connections;

  it('one less than two slots need is worth a word, one less than one slot needs is refused', () => {
    const with_ = (maxConnections: number) =>
      judgeConnections(externalDatabase({ monitor: { maxConnections, reserved: 3 } }), sizing);
    expect(with_(value + 3).status).toBe('pass');
    expect(with_(value + 2)).toMatchObject({ status: 'warn' });
    expect(with_(value + 3 - perSlot).status).toBe('warn');
    expect(with_(value + 2 - perSlot)).toMatchObject({
      status: 'fail',
      code: 'FW-DB-CONNECTIONS',
    });
  });

  it('of others, and limits of the role and of the database count', () => {
    expect(judgeConnections(externalDatabase({ monitor: { foreign: 190 } }), sizing)).toMatchObject(
      { status: 'fail' },
    );
    expect(judgeConnections(externalDatabase({ app: { roleLimit: 10 } }), sizing)).toMatchObject({
      status: 'fail',
    });
    expect(
      judgeConnections(externalDatabase({ owner: { databaseLimit: value - 1 } }), sizing).status,
    ).toBe('warn');
  });
});

describe('the clock', () => {
  const apart = (seconds: number) => {
    const { nowMs } = externalDatabase().roles.owner;
    return judgeClock(externalDatabase({ owner: { nowMs: nowMs + seconds * 1000 } }));
  };
  it('a few seconds are worth a word, a minute is refused, in both directions', () => {
    expect(apart(0).status).toBe('pass');
    for (const sign of [1, -1]) {
      expect(apart(sign * 4).status).toBe('pass');
      expect(apart(sign * 20).status).toBe('warn');
      expect(apart(sign * 90)).toMatchObject({ status: 'fail', code: 'FW-DB-CLOCK' });
    }
  });
});
