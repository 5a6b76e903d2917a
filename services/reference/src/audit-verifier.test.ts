import { expect, it } from 'vitest';
import { passOver, startAuditVerifier } from './audit-verifier.ts';
import { serviceUnderTest, fakeDatabase } from './test-support.ts';

/** A chain of `head` rows whose first ones were removed; broken at a place, or nowhere. */
function chain(head: number, first = 1, broken?: number) {
  const asked: unknown[][] = [];
  const db = fakeDatabase((_name, _text, values) => {
    asked.push([...values]);
    const [from, slice] = values.map(Number) as [number, number];
    const to = Math.min(head, Math.max(from, first) + slice - 1);
    const hit = broken !== undefined && broken <= to;
    return [
      {
        first_seq: first,
        head_seq: head,
        verified_to: hit ? broken - 1 : to,
        broken_at: hit ? broken : null,
        problem: hit ? 'edited' : null,
      },
    ];
  });
  return { db, asked };
}

it('goes through the chain in slices, with a pause between two', async () => {
  const { db, asked } = chain(25);
  let pauses = 0;
  const passed = await passOver(db, 10, () => Promise.resolve((pauses += 1)));
  expect(asked).toEqual([
    [1, 10],
    [11, 10],
    [21, 10],
  ]);
  expect([passed, pauses]).toEqual([{ rows: 25, broken: undefined }, 2]);
});

it('begins behind what was removed, and is done at once with an empty log', async () => {
  const nothing = () => Promise.resolve();
  expect(await passOver(chain(25, 20).db, 10, nothing)).toEqual({ rows: 6, broken: undefined });
  expect(await passOver(chain(0).db, 10, nothing)).toEqual({ rows: 0, broken: undefined });
});

it('stops where it is broken, and shows it until a pass finds it well', async () => {
  const { platform, lines } = serviceUnderTest(() => []);
  const pace = { slice: 10, pauseMs: 0, restMs: 5, retryMs: 5 };
  const { db } = chain(25, 1, 12);
  const verifier = startAuditVerifier(db, platform.metrics, platform.logger, pace);
  await expect
    .poll(() => platform.metrics.registry.metrics())
    .toMatch(/^factsway_audit_chain_broken 1$/m);
  verifier.stop();
  expect(lines.join('')).toContain('"seq":12');
});

it('shows 0 as the time of the last pass while the database is away', async () => {
  const { platform, lines } = serviceUnderTest(() => []);
  const db = fakeDatabase(() => {
    throw new Error('away');
  });
  const pace = { slice: 10, pauseMs: 0, restMs: 5, retryMs: 5 };
  const verifier = startAuditVerifier(db, platform.metrics, platform.logger, pace);
  await expect.poll(() => lines.join('')).toContain('could not be verified');
  verifier.stop();
  const text = await platform.metrics.registry.metrics();
  expect(text).toMatch(/^factsway_audit_last_verified_timestamp_seconds 0$/m);
  expect(text).toMatch(/^factsway_audit_chain_broken 0$/m);
});
