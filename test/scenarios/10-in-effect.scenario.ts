import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cliJson } from './support/cli.ts';
import { containersOf, fingerprint } from './support/docker.ts';
import { SHARED } from './support/instance.ts';

const FILE = SHARED.file('factsway.yaml');
let text = '';
beforeAll(async () => {
  text = await readFile(FILE, 'utf8');
});
/** As it was found, whatever became of it. */
afterAll(async () => {
  await rm(FILE, { force: true });
  await writeFile(FILE, text);
  expect((await SHARED.runJson('up', '--yes')).errors).toEqual([]);
});

it('what was only rendered is not in effect: everything is asked where it runs', async () => {
  const before = await fingerprint(SHARED.project);
  const settings = { 'edge.httpsPort': 28391, 'monitoring.alertmanagerPort': 28393 };
  const rendered = await cliJson(['render', ...SHARED.arguments(settings)]);
  expect(rendered.errors).toEqual([]);

  const status = await SHARED.runJson('status');
  expect(status.result).toMatchObject({
    url: SHARED.url,
    healthy: true,
    configuration: 'rendered',
  });
  expect((await SHARED.run('status')).stdout).toMatch(/not in effect yet\. Apply it: .* up /);
  expect((await SHARED.runJson('verify', '--gate', 'edge')).errors).toEqual([]);
  expect((await SHARED.runJson('maintenance')).errors).toEqual([]);
  expect(await fingerprint(SHARED.project)).toBe(before);
});

it('another project is not rendered over a platform, and diff says why nothing is made of it', async () => {
  const refused = await cliJson(['render', ...SHARED.arguments({ project: 'factsway-another' })]);
  expect(refused.errors.map(({ code }) => code)).toEqual(['FW-PROJECT-CHANGED']);

  await writeFile(FILE, text.replace(/^project: .*$/m, 'project: factsway-another'));
  const { result } = await SHARED.runJson('diff');
  expect(result).toMatchObject({ containers: null });
  expect(String(result?.['engine'])).toContain(`belong to "${SHARED.project}"`);
  expect((await SHARED.runJson('status')).result).toMatchObject({ healthy: true });
});

it.each([
  ['deleted', () => Promise.resolve()],
  ['a link that leads nowhere', () => symlink('/nowhere/factsway.yaml', FILE)],
])(
  'a factsway.yaml that is %s hides no platform and gets no other in its place',
  async (_, leave) => {
    await rm(FILE, { force: true });
    await leave();
    expect((await SHARED.runJson('status')).result).toMatchObject({
      healthy: true,
      configuration: 'missing',
    });
    expect((await SHARED.run('logs', 'edge', '--tail', '1')).exitCode).toBe(0);
    const down = await SHARED.runJson('down', '--dry-run');
    const { steps } = down.result?.['plan'] as { steps: { action: string }[] };
    expect(steps[0]?.action).toContain(`StopProject ${SHARED.project}`);
    expect(down.warnings[0]).toContain('is gone');

    for (const command of ['up', 'install']) {
      const { errors, exitCode } = await SHARED.runJson(command, '--yes');
      expect([errors[0]?.code, exitCode], command).toEqual(['FW-CONFIG-MISSING', 2]);
      expect(errors[0]?.hint).toContain(`cp --remove-destination ${SHARED.file('state/')}`);
    }
    expect((await containersOf(SHARED.project)).length).toBeGreaterThan(10);
  },
);
