import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { cli } from './support/cli.ts';
import { fingerprint } from './support/docker.ts';
import { SHARED, TORTURE } from './support/instance.ts';

const CADDY = SHARED.file('config/edge/Caddyfile');
const CONFIG = SHARED.file('factsway.yaml');
type File = { path: string; state: string; patches: { of: string; text: string }[] };

const filesOf = ({ result }: { result: Record<string, unknown> | null }): File[] =>
  result?.['files'] as File[];

afterEach(() => rm(SHARED.file('notes.txt'), { force: true }));

it('nothing differs where nobody changed anything, and diff itself changes nothing', async () => {
  await SHARED.runJson('up', '--yes', '--overwrite-edited');
  const [before, journal] = [await fingerprint(SHARED.project), SHARED.file('state/journal.jsonl')];
  const written = await readFile(journal, 'utf8');
  await writeFile(SHARED.file('notes.txt'), 'mine');
  const run = await SHARED.run('diff');
  expect(run.stdout).toBe('Nothing differs.\n\nNot ours, and left alone: notes.txt');
  expect(run.exitCode).toBe(0);
  expect(await fingerprint(SHARED.project)).toBe(before);
  expect(await readFile(journal, 'utf8')).toBe(written);
});

it('a hand edit in a rendered file shows in diff and is never overwritten in silence', async () => {
  const rendered = await readFile(CADDY, 'utf8');
  const edited = rendered.replace('{\n', '{\n  # edited at night\n');
  await writeFile(CADDY, edited);
  const before = await fingerprint(SHARED.project);

  const seen = await SHARED.runJson('diff');
  expect(seen.exitCode).toBe(3);
  expect(seen.errors[0]?.code).toBe('FW-DIFFERENT');
  expect(filesOf(seen)).toMatchObject([{ path: 'config/edge/Caddyfile', state: 'edited' }]);

  // Nothing new for this file: it stays, and is mentioned.
  const up = await SHARED.runJson('up', '--yes');
  expect(up.warnings.join()).toContain('config/edge/Caddyfile was edited by hand');
  expect(await readFile(CADDY, 'utf8')).toBe(edited);

  // Something new for the same line: refused, and the two are told apart.
  await writeFile(
    CADDY,
    edited.replace('response_header_timeout 120s', 'response_header_timeout 99s'),
  );
  const config = await readFile(CONFIG, 'utf8');
  await writeFile(CONFIG, config.replace(/^edge:\n/m, 'edge:\n  requestTimeoutSeconds: 133\n'));
  const both = await SHARED.runJson('diff');
  const [caddy] = filesOf(both).filter(({ path }) => path.endsWith('Caddyfile'));
  expect(caddy?.state).toBe('conflict');
  expect(caddy?.patches.find(({ of }) => of === 'edit')?.text).toContain('+  # edited at night');
  expect(caddy?.patches.find(({ of }) => of === 'change')?.text).toMatch(/^\+.*133/m);
  expect(both.result?.['keys']).toEqual([
    { key: 'edge.requestTimeoutSeconds', before: '120', after: '133' },
  ]);
  const refused = await SHARED.runJson('up', '--yes');
  expect([refused.errors[0]?.code, refused.exitCode]).toEqual(['FW-DRIFT', 3]);
  expect(refused.errors[0]?.details?.join()).toMatch(/config\/edge\/Caddyfile:\d+: edited by hand/);
  expect(await fingerprint(SHARED.project)).toBe(before);

  // Something new elsewhere in it: both are there afterwards.
  await writeFile(CADDY, edited);
  const merged = await SHARED.runJson('up', '--yes');
  expect(merged.errors).toEqual([]);
  const together = await readFile(CADDY, 'utf8');
  expect(together).toContain('# edited at night');
  expect(together).toContain('133s');

  // With leave to replace it, a copy stays.
  const kept = await readdir(SHARED.file('state/edited')).catch((): string[] => []);
  const done = await SHARED.runJson('up', '--yes', '--overwrite-edited');
  expect(done.errors).toEqual([]);
  expect(await readFile(CADDY, 'utf8')).not.toContain('edited at night');
  const copies = (await readdir(SHARED.file('state/edited'))).filter((run) => !kept.includes(run));
  expect(copies).toHaveLength(1);
  const copy = SHARED.file(`state/edited/${copies[0] ?? ''}/config/edge/Caddyfile`);
  expect(await readFile(copy, 'utf8')).toBe(together);
  expect((await SHARED.run('diff')).exitCode).toBe(0);

  await writeFile(CONFIG, config);
  await SHARED.runJson('up', '--yes');
});

it('diff shows no secret, whatever somebody pasted into a file', async () => {
  const rendered = await readFile(CADDY, 'utf8');
  await writeFile(CADDY, `${rendered}# the password is ${TORTURE}\n`);
  try {
    const [text, json] = [await SHARED.run('diff'), await SHARED.run('diff', '--json')];
    for (const { stdout, stderr, exitCode } of [text, json]) {
      expect(exitCode).toBe(3);
      expect(stdout).toContain('the password is [secret]');
      expect(stdout + stderr).not.toContain(TORTURE);
      expect(stdout + stderr).not.toContain(JSON.stringify(TORTURE).slice(1, -1));
    }
  } finally {
    await writeFile(CADDY, rendered);
  }
});

it('without an engine diff compares files, and says that it looked at no containers', async () => {
  const away = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const run = await cli(['diff', '--dir', SHARED.directory], away);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain('Nothing differs.');
  expect(run.stdout).toContain('Containers were not looked at');
});
