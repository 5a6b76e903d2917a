import { describe, expect, it } from 'vitest';
import { catalogWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { externalDatabase } from '../../../../test/fakes/external-database.ts';
import { fakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import type { DatabaseAnswer, DatabaseTarget } from '../../ports/database.ts';
import { collectExternalDatabase } from './external-database.ts';

const SETTINGS = {
  postgres: { mode: 'external', external: { host: 'db.example.com' } },
  images: { source: 'debian' },
};
const good = externalDatabase();

function look(
  answer: (target: DatabaseTarget) => DatabaseAnswer = ({ user }) => {
    const role = user.replace('factsway_', '') as keyof typeof good.roles;
    const { askedMs, answeredMs, ...facts } = good.roles[role];
    return { row: { facts }, askedMs, answeredMs };
  },
  secrets: Record<string, string> = { owner: 'one\n', app: 'two\n\n', monitor: 'three' },
) {
  const asked: DatabaseTarget[] = [];
  const ports = fakePorts({
    database: {
      ask: async (target) => {
        asked.push(target);
        return answer(target);
      },
    },
  });
  Object.assign(ports.machine, { resolve: async () => ['10.0.0.7'] });
  const done = Promise.all(
    Object.entries(secrets).map(([role, text]) =>
      ports.files.write(`${DIRECTORY}/secrets/postgres-${role}-password`, text, { mode: 0o600 }),
    ),
  ).then(() =>
    collectExternalDatabase({ directory: DIRECTORY, catalog: catalogWith(SETTINGS), ports }),
  );
  return { done, asked };
}

describe("the customer's PostgreSQL", () => {
  it('is asked as each role with its own password, one trailing newline dropped', async () => {
    const { done, asked } = look();
    expect(await done).toEqual(good);
    expect(asked.map(({ user, password, tls }) => [user, password, tls])).toEqual([
      ['factsway_owner', 'one', 'verify-full'],
      ['factsway_app', 'two\n', 'verify-full'],
      ['factsway_monitor', 'three', 'verify-full'],
    ]);
  });

  it('is not asked while a password is missing, and every missing one is named', async () => {
    const { done, asked } = look(undefined, { owner: 'one', app: '\n' });
    const error = await rejectionOf(done);
    expect(error.code).toBe('FW-SECRET-NEEDED');
    expect(error.message).toContain('secrets/postgres-app-password, secrets/postgres-monitor');
    expect(error.hint).toContain('install -m 600 /dev/stdin');
    expect(asked).toEqual([]);
  });

  it.each([
    ['unreachable', 'FW-DB-UNREACHABLE', 'pg_isready -h db.example.com -p 5432'],
    ['refused', 'FW-DB-UNREACHABLE', 'its log'],
    ['tls', 'FW-DB-TLS', 'openssl s_client -starttls postgres'],
    ['database', 'FW-DB-NOT-FOUND', 'factsway-install database sql'],
    ['login', 'FW-DB-LOGIN', 'secrets/postgres-owner-password'],
  ] as const)('that answers with %s is told as %s', async (refusal, code, hint) => {
    const error = await rejectionOf(look(() => ({ refusal, reason: 'because' })).done);
    expect(error.code).toBe(code);
    expect(error.hint).toContain(hint);
    expect(error.details).toContain('factsway_app: because');
  });

  it('that refuses one role is told with that role alone', async () => {
    const error = await rejectionOf(
      look(({ user }) =>
        user === 'factsway_app'
          ? { refusal: 'login', reason: 'wrong password' }
          : { row: {}, askedMs: 0, answeredMs: 0 },
      ).done,
    );
    expect(error.message).toContain('refuses factsway_app.');
    expect(error.hint).toContain('secrets/postgres-app-password,');
  });
});
