import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  BACKED,
  CONSENT,
  contentOf,
  firstBackup,
  inBackup,
  REPOSITORY,
  servingVolume,
  sql,
} from './support/backed-up.ts';

const now = (): Promise<string> =>
  sql(`SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`);
/** A row, and the log up to it in the repository; the name of the segment it is in. */
async function rowInTheLog(text: string): Promise<string> {
  const segment = await sql(
    `INSERT INTO factsway.ledger_probe (text) VALUES ('${text}') RETURNING pg_walfile_name(pg_current_wal_lsn())`,
  );
  expect((await inBackup('factsway-backup', 'flush')).exitCode).toBe(0);
  return segment.split('\n')[0] ?? '';
}

let damaged: string;

beforeAll(async () => {
  expect((await BACKED.install()).errors).toEqual([]);
  await sql(
    `CREATE TABLE factsway.ledger_probe (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL); GRANT ALL ON factsway.ledger_probe TO factsway_app`,
  );
  await firstBackup();
  await rowInTheLog('before the damage');
  damaged = await rowInTheLog('in the segment that is damaged');
  await rowInTheLog('behind the damage');
}, 600_000);
afterAll(async () => {
  await BACKED.keep();
  await BACKED.remove();
});

/** PostgreSQL itself takes it for the end of the log, and would open the database there without a word. */
it('a segment in the middle of the log that cannot be read is no end of it: nothing is restored, and the platform serves on', async () => {
  const content = await contentOf(BACKED);
  const moment = await now();
  const volume = await servingVolume();
  const flip = `file=$(find ${REPOSITORY}/archive -name '${damaged}-*') && size=$(stat --format %s "$file") && cp "$file" /tmp/whole && printf '\\xa5\\x5a\\xa5\\x5a' | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc status=none && echo "$file"`;
  const flipped = await inBackup('bash', '-c', flip);
  expect([flipped.exitCode, flipped.output]).toEqual([0, expect.stringContaining(damaged)]);
  for (const target of [['latest'], [moment, '--force-lose', '3600']]) {
    const { exitCode, errors } = await BACKED.runJson('restore', '--to', ...target, ...CONSENT);
    expect([exitCode, errors[0]?.code], target[0]).toEqual([5, 'FW-RESTORE-WAL-MISSING']);
    expect(errors[0]?.message).toMatch(/recovery ended in segment .* cannot be read/);
    expect(await servingVolume()).toBe(volume);
    expect((await BACKED.run('status')).exitCode).toBe(0);
    expect(await contentOf(BACKED)).toBe(content);
  }
  const whole = await inBackup('bash', '-c', `cp /tmp/whole '${flipped.output.trim()}'`);
  expect(whole.exitCode).toBe(0);
  expect((await BACKED.runJson('restore', '--to', 'latest', ...CONSENT)).errors).toEqual([]);
  expect(await contentOf(BACKED)).toBe(content);
});
