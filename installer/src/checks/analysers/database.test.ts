import { describe, expect, it } from 'vitest';
import type { DatabaseFacts } from '../facts.ts';
import { analyseDatabase } from './database.ts';

describe('the database', () => {
  const GOOD: DatabaseFacts = {
    unreachable: '',
    version: '17.5',
    maxConnections: 100,
    connections: 40,
    checksums: true,
    appCanCreate: false,
    appIsSuperuser: false,
    roles: ['factsway_owner', 'factsway_app', 'factsway_monitor'],
    refused: [],
  };

  it('as it should be passes', () => {
    expect(analyseDatabase(GOOD)).toMatchObject({ status: 'pass', remedy: '' });
    expect(analyseDatabase({ ...GOOD, connections: 89 }).status).toBe('pass');
  });

  it.each([
    [{ roles: ['factsway_owner', 'factsway_app'] }, 'role factsway_monitor does not exist'],
    [
      { refused: ['factsway_app'] },
      'factsway_app does not get in with the password in its file below secrets/',
    ],
    [{ appCanCreate: true }, 'factsway_app may create objects; it should read and write rows only'],
    [{ appIsSuperuser: true }, 'factsway_app has administrator rights'],
    [{ checksums: false }, 'data checksums are off: silent corruption would not be noticed'],
    [{ connections: 90 }, '90 of 100 connections are in use'],
  ])('%o', (change, finding) => {
    expect(analyseDatabase({ ...GOOD, ...change })).toMatchObject({
      status: 'fail',
      details: [finding],
    });
  });

  it('that does not answer says why and nothing else', () => {
    const result = analyseDatabase({ ...GOOD, unreachable: 'no route', checksums: false });
    expect(result.found).toBe('PostgreSQL does not answer: no route');
    expect(result.details).toEqual([]);
  });
});
