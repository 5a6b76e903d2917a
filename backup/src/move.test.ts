import { describe, expect, it } from 'vitest';
import { connectionTo, plainSchema } from './cluster-facts.ts';
import { compareClusters } from './compare-clusters.ts';
import { parseInfo } from './info.ts';
import { withoutSuperuser } from './move.ts';
import { clustersOf } from './survey.ts';

const FORMER = {
  'role factsway_app': 't f d41d8cd98f00b204e9800998ecf8427e',
  'rows of factsway.facts in factsway': '3 17 42',
  'sequence factsway.facts_id_seq in factsway': '3 true',
  'schema of factsway':
    'CREATE TABLE factsway.facts (\nALTER TABLE factsway.facts OWNER TO factsway_owner;',
};

describe('two clusters', () => {
  it('that are the same have nothing to be told', () => {
    expect(compareClusters(FORMER, { ...FORMER })).toEqual([]);
  });

  it.each([
    [
      'a value in a row',
      { 'rows of factsway.facts in factsway': '3 17 43' },
      /3 rows \(1742\) and in the copy 3 rows \(1743\)/,
    ],
    [
      'a sequence',
      { 'sequence factsway.facts_id_seq in factsway': '4 true' },
      /sequence .*not the same/,
    ],
    [
      'an owner',
      {
        'schema of factsway':
          'CREATE TABLE factsway.facts (\nALTER TABLE factsway.facts OWNER TO postgres;',
      },
      /OWNER TO factsway_owner;" and in the copy ".*postgres;"/,
    ],
    [
      'a definition behind the last',
      { 'schema of factsway': `${FORMER['schema of factsway']}\nGRANT ALL` },
      /only in the copy: GRANT ALL/,
    ],
    ['a role that is new', { 'role intruder': 't' }, /role intruder: only in the copy/],
  ])('that differ in %s are told apart', (_what, change, expected) => {
    expect(compareClusters(FORMER, { ...FORMER, ...change }).join()).toMatch(expected);
  });

  it('without a table in one of them are told apart, and no verifier of a password is shown', () => {
    const rest = Object.fromEntries(
      Object.entries(FORMER).filter(([name]) => !name.startsWith('rows of ')),
    );
    expect(compareClusters(FORMER, rest)).toEqual([
      'rows of factsway.facts in factsway: missing in the copy',
    ]);
    const told = compareClusters(FORMER, { ...FORMER, 'role factsway_app': 't f other' });
    expect(told).toEqual(['role factsway_app: not the same in the copy']);
  });
});

describe('a schema', () => {
  it('is compared without what is of the version of the server, and without the words of views', () => {
    const dump = (version: string, word: string, query: string): string =>
      `-- Dumped from database version ${version}\n\\restrict ${word}\nCREATE VIEW s.v AS\n SELECT ${query}\n   FROM s.t\n  WHERE true;\nALTER TABLE s.v OWNER TO o;\n\\unrestrict ${word}\n`;
    expect(plainSchema(dump('15.20', 'abc', 't1.x'))).toBe(plainSchema(dump('17.12', 'xyz', 'x')));
    expect(plainSchema(dump('15.20', 'abc', 't1.x'))).toBe(
      'CREATE VIEW s.v AS\nALTER TABLE s.v OWNER TO o;',
    );
  });
});

it('roles are made but for the one that is there, and keep their passwords', () => {
  const globals =
    "CREATE ROLE o;\nCREATE ROLE postgres;\nALTER ROLE postgres WITH LOGIN PASSWORD 'SCRAM-SHA-256$x';";
  expect(withoutSuperuser(globals)).toBe(
    "CREATE ROLE o;\nALTER ROLE postgres WITH LOGIN PASSWORD 'SCRAM-SHA-256$x';",
  );
  expect(connectionTo(`a 'b' \\c`)).toBe(`dbname='a \\'b\\' \\\\c'`);
});

it('a cluster that was left and returned to is one, under both of its numbers, and that of today is last', () => {
  // Output of pgBackRest 2.55.1 after stanza-upgrade from 15 to 17 and back, without the backups.
  const info = `[{"archive":[{"database":{"id":1,"repo-key":1},"id":"15-1"},{"database":{"id":2,"repo-key":1},"id":"17-2"},{"database":{"id":3,"repo-key":1},"id":"15-3"}],"backup":[],"cipher":"aes-256-cbc","db":[{"id":1,"repo-key":1,"system-id":7711124446572347429,"version":"15"},{"id":2,"repo-key":1,"system-id":7711125024766910489,"version":"17"},{"id":3,"repo-key":1,"system-id":7711124446572347429,"version":"15"}],"name":"factsway","repo":[{"key":1,"status":{"code":0,"message":"ok"}}],"status":{"code":0,"message":"ok"}}]`;
  const { databases, archives } = parseInfo(info);
  expect(databases[0]?.system).toBe('7711124446572347429');
  expect(clustersOf({ databases, archives })).toEqual([
    { version: '17', ids: [2] },
    { version: '15', ids: [1, 3] },
  ]);
  // Adopted, and nothing archived yet: the archive of before is not that of today.
  expect(
    clustersOf({ databases: databases.slice(0, 2), archives: archives.slice(0, 1) }).at(-1),
  ).toEqual({
    version: '17',
    ids: [2],
  });
});
