import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { containerId, docker } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { Instance } from './support/instance.ts';

const SYSTEM = new Instance('factsway-edits', 24180);
const OVERRIDE = `services:
  records-service-a:
    mem_limit: 300m
    memswap_limit: 300m
  facts-service:
    pids_limit: 333
`;
const inspect = async (service: string, format: string): Promise<string> =>
  docker('inspect', await containerId(SYSTEM.project, service), '--format', format);
const CADDY = SYSTEM.file('config/edge/Caddyfile');

async function expectInEffect(slot: string, version: string): Promise<void> {
  expect(await readFile(SYSTEM.file('compose.override.yaml'), 'utf8')).toBe(OVERRIDE);
  expect(await inspect(`records-service-${slot}`, '{{.HostConfig.Memory}}')).toBe('314572800');
  expect(await inspect(`facts-service-${slot}`, '{{.HostConfig.PidsLimit}}')).toBe('333');
  expect(
    await inspect(
      `caselaw-service-${slot}`,
      '{{index .Config.Labels "by.hand"}} {{.Config.Image}}',
    ),
  ).toBe(`yes factsway/caselaw-service:${version}`);
  expect(await readFile(CADDY, 'utf8')).toContain('header X-Firm "hello"');
  const answer = await throughEdge(`${SYSTEM.url}/api/templates`, SYSTEM.file('state/root-ca.crt'));
  expect([answer.status, answer.headers['x-firm']]).toEqual([200, 'hello']);
}

beforeAll(async () => {
  const installed = await SYSTEM.install({ 'release.version': '1.0.0' }, ['--no-start']);
  expect(installed.errors).toEqual([]);
  await SYSTEM.override(OVERRIDE);
  const caddy = await readFile(CADDY, 'utf8');
  await writeFile(CADDY, caddy.replace(/^\troute {$/m, '$&\n\t\theader X-Firm "hello"'));
  const path = SYSTEM.file('compose.app-a.yaml');
  const [before = '', after = ''] = (await readFile(path, 'utf8')).split('  caselaw-service-a:\n');
  const edited = after.replace('    labels:\n', '    labels:\n      by.hand: "yes"\n');
  await writeFile(path, `${before}  caselaw-service-a:\n${edited}`);
  expect((await SYSTEM.runJson('up', '--yes')).errors).toEqual([]);
});
afterAll(() => SYSTEM.remove());

it('an override and edits by hand are in effect in either slot, the override byte for byte', async () => {
  await expectInEffect('a', '1.0.0');
  for (const [command, slot, version] of [
    ['upgrade', 'b', '1.1.0'],
    ['rollback', 'a', '1.0.0'],
  ] as const) {
    const to = command === 'upgrade' ? ['--to', version] : [];
    const run = await SYSTEM.runJson(command, ...to, '--yes', '--no-verify');
    expect(run.errors).toEqual([]);
    await expectInEffect(slot, version);
    const again = await SYSTEM.runJson('up', '--dry-run');
    expect((again.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
  }
});
