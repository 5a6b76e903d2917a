import { expect, it } from 'vitest';
import { createActiveUsers } from './active-users.ts';

it('counts distinct ids within the window', () => {
  let now = 0;
  const users = createActiveUsers(() => now);
  users.saw('a');
  users.saw('b');
  users.saw('a');
  expect(users.count()).toBe(2);
  now = 10 * 60_000;
  users.saw('b');
  now = 16 * 60_000;
  expect(users.count()).toBe(1);
});

it('keeps a bounded number of ids', () => {
  const users = createActiveUsers(() => 0);
  for (let id = 0; id < 20_000; id += 1) users.saw(String(id));
  expect(users.count()).toBe(10_000);
});
