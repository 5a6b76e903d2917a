import { expect, it } from 'vitest';
import { AT_ONCE, SETTINGS_FILE, updateWorld } from '../../../../test/fakes/update-world.ts';
import { formatAudit } from '../../cli/format-update-releases.ts';
import { readAudit } from './audit.ts';
import { openServer } from './server.ts';
import { yankRelease } from './yank.ts';

const YANK = { version: '1.0.0', reason: 'x', rollForward: undefined, consent: AT_ONCE };

it.each([
  [undefined, 'alex on build-7', 'alex on build-7'],
  ['release team', 'release team', 'release team (alex on build-7)'],
])('with --by %s the log says who, and from where in any case', async (by, who, shown) => {
  const world = await updateWorld('1.0.0');
  await world.publish('1.0.0');
  const server = await openServer(SETTINGS_FILE, by, world.ports);
  await yankRelease(YANK, server, world.ports);
  const [last] = await readAudit(server, world.ports);
  expect(last).toMatchObject({ who, caller: { user: 'alex', host: 'build-7' }, outcome: 'done' });
  expect(formatAudit(last ? [last] : [])).toContain(`  ${shown}  `);
});

it('a yank is not held up where nobody can tell who does it', async () => {
  const world = await updateWorld('1.0.0');
  await world.publish('1.0.0');
  const callers = { caller: () => Promise.reject(new Error('no way to find out')) };
  const ports = { ...world.ports, callers };
  const server = await openServer(SETTINGS_FILE, undefined, ports);
  expect((await yankRelease(YANK, server, ports)).executed).toBe(true);
  const [last] = await readAudit(server, ports);
  expect([last?.who, last?.caller]).toEqual([ports.host.hostname(), undefined]);
});
