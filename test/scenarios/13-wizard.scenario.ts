import { existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli, ROOT } from './support/cli.ts';
import { containersOf } from './support/docker.ts';
import { Instance } from './support/instance.ts';
import { KEYS, TerminalRun } from './support/terminal.ts';

const WIZARD = new Instance('factsway-wizard', 26_380);
const ANSWERS = WIZARD.file('state/answers.yaml');
/** The answers as they were when the plan was confirmed. */
const COPY = join(ROOT, 'build/scenarios/wizard-answers.yaml');
const RECORD = join(ROOT, 'build/wizard');
const COLOR = /\u001b\[[0-9;]*m/;

beforeAll(() => WIZARD.remove());
afterAll(async () => {
  await WIZARD.keep().catch(() => undefined);
  await WIZARD.remove();
  for (const name of ['answers', 'config'])
    await rm(`${WIZARD.directory}-${name}`, { recursive: true, force: true });
});

/** Keeps what was on the screen for whoever wants to see what the wizard looks like. */
async function keepScreens(name: string, run: TerminalRun): Promise<void> {
  const rule = '─'.repeat(80);
  await mkdir(RECORD, { recursive: true });
  await writeFile(join(RECORD, `${name}.txt`), `${rule}\n${run.record.join(`\n${rule}\n`)}\n`);
}

/** What a bundle consists of, by path; secrets differ between installations, and state is about one. */
async function bundle(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !/^(secrets|state|releases)\//.test(path))
    .sort();
  const texts = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(directory, path), 'utf8');
      // Commands of runbooks name the directory they are for.
      return [path, text.replaceAll(directory, '/opt/factsway')] as const;
    }),
  );
  return Object.fromEntries(texts);
}

/** Where the machine has a usual port in use the wizard asks for another one; what it suggests will do. */
async function passTakenPorts(run: TerminalRun, next: string): Promise<void> {
  for (;;) {
    await run.seesOne(next, 'already listens on');
    if (run.screen().includes(next)) return;
    const before = run.screen();
    run.type(KEYS.enter);
    await run.changes(before);
  }
}

/** Of a setting that is seldom changed; where it had to be asked it stands in the review itself. */
async function changeFromReview(
  run: TerminalRun,
  label: string,
  value: string | number,
): Promise<void> {
  await run.sees('Your answers', '❯ Go on');
  await run.pick('Further settings');
  await run.sees('Each has a value');
  if (!(await run.finds(label))) {
    run.type(KEYS.esc);
    await run.sees('Your answers', '❯ Go on');
    await run.pick(label);
  }
  await run.sees(`${label}\n`, 'Enter accepts · Tab edits');
  run.type(String(value), KEYS.enter);
  await run.seesOne('❯ Go on', '❯ Back to the answers');
  if (run.screen().includes('❯ Back to the answers')) run.type(KEYS.esc);
}

it('the wizard can be gone back in and interrupted: it says what is saved, and nothing else has happened', async () => {
  const run = new TerminalRun(['--dir', WIZARD.directory]);
  await run.sees('set up this server', '· Name of this server');
  run.type('fact sway');
  await run.sees('must be a DNS name such as factsway.example.com');
  run.type(KEYS.ctrlU, 'localhost', KEYS.enter);
  await run.sees('✓ Name of this server  localhost', '· Time zone');
  run.type('Europe/Berln', KEYS.enter);
  await run.sees('Did you', 'mean "Europe/Berlin"?');
  run.type(KEYS.ctrlU, 'Europe/Berlin', KEYS.enter);
  await run.sees('· Encryption');
  run.type(KEYS.esc);
  await run.sees('· Time zone', '(Europe/Berlin)');
  run.type(KEYS.enter);
  await run.sees('· Encryption');
  run.type(KEYS.enter);
  await passTakenPorts(run, '· Where the programs come from');
  await run.sees('· Where the programs come from', 'All of them are on this server already.');
  expect(run.wrapped()).toEqual([]);
  run.type(KEYS.ctrlC);
  expect(await run.ended(20)).toBe(130);
  await keepScreens('1-interrupted', run);

  const told = run.screen().replaceAll('\n', '');
  expect(told).toContain('nothing was installed or changed');
  expect(told).toContain(`Continue where you left off: factsway-install --dir ${WIZARD.directory}`);
  expect(statSync(ANSWERS).mode & 0o777).toBe(0o600);
  expect(await readdir(WIZARD.directory)).toEqual(['state']);
  expect(await containersOf(WIZARD.project)).toEqual([]);
});

it('it goes on where it was left, every answer can be changed, and it ends in a healthy system', async () => {
  const run = new TerminalRun(['--dir', WIZARD.directory]);
  await run.sees('Continue where you left off?', 'answers are saved');
  run.type(KEYS.enter);
  await run.sees('· Where the programs come from');
  run.type(KEYS.enter);
  await run.sees('· Memory for FACTSWAY');
  run.type('2 gb', KEYS.enter);
  await run.sees('✗ must be at least 6GiB');
  run.type(KEYS.ctrlU, '8 gb', KEYS.enter);
  await run.sees('· Processor cores for FACTSWAY');
  run.type('1', KEYS.enter);
  await run.sees('· Mails when something breaks');
  run.type(KEYS.enter);
  await run.sees('· Backups', '❯ Yes, every night and in between');
  run.type(KEYS.enter);
  await passTakenPorts(run, 'Your answers');
  await run.sees('Your answers', 'Address   https://localhost', '8GiB');
  await run.pick('Processor cores');
  await run.sees('Processor cores for FACTSWAY\n');
  run.type('2', KEYS.enter);
  await run.sees('Your answers', '✓ Processor cores for FACTSWAY  2');
  for (const [label, value] of [
    ['Name of this installation', WIZARD.project],
    ['Network address to listen on', '127.0.0.1'],
    ['Port for encrypted connections', WIZARD.ports.https],
    ['Port for plain connections', WIZARD.ports.http],
    ['Port of Prometheus', WIZARD.ports.prometheus],
    ['Port of Alertmanager', WIZARD.ports.alertmanager],
  ] as const)
    await changeFromReview(run, label, value);
  await run.sees(`Address   ${WIZARD.url}`, '↑↓ choose, there are more');
  expect(run.wrapped()).toEqual([]);
  await run.pick('Go on');
  // All of it at once: nobody has to scroll to know what they agree to.
  await run.sees('Install the platform', 'RecordRelease 1.0.0', 'Carry out this plan?');
  expect(await containersOf(WIZARD.project)).toEqual([]);
  await run.pick('No, back to the answers');
  await run.sees('Your answers');
  await run.pick('Go on');
  await run.sees('Carry out this plan?');
  await copyFile(ANSWERS, COPY);
  run.type(KEYS.enter);
  const code = await run.ended(200);
  run.record.push(`exit ${code}; everything that was shown:\n\n${run.history()}`);
  await keepScreens('2-installed', run);

  // 4: done, with what preflight found worth a warning on this machine.
  expect([0, 4], run.history()).toContain(code);
  expect(run.history()).toContain(`Platform          ${WIZARD.url}`);
  expect(existsSync(ANSWERS)).toBe(false);
  expect(await readFile(WIZARD.file('factsway.yaml'), 'utf8')).toMatch(
    /backup:\n(.*\n)*? +mode: on/,
  );
  expect(run.history().replaceAll('\n', '')).toContain('secrets/backup-key');
  expect((await WIZARD.runJson('verify')).ok).toBe(true);
});

it('the same answers as a file give the same bundle byte for byte, and so does its factsway.yaml', async () => {
  const installed = await bundle(WIZARD.directory);
  expect(Object.keys(installed).length).toBeGreaterThan(12);
  for (const [name, answers] of [
    ['answers', COPY],
    ['config', WIZARD.file('factsway.yaml')],
  ] as const) {
    const directory = `${WIZARD.directory}-${name}`;
    const { exitCode, stderr } = await cli(['render', '--dir', directory, '--answers', answers]);
    expect([0, 4], stderr).toContain(exitCode);
    expect(await bundle(directory)).toEqual(installed);
  }
});

it('of a system that is there, no command shows how it is doing, and a change is one answer', async () => {
  const run = new TerminalRun(['--dir', WIZARD.directory]);
  await run.sees('parts of it are running well', '❯ See every part of it');
  await run.pick('Change settings');
  await run.sees('The settings', 'Name of this server');
  await run.pick('Further settings');
  await run.pick('Longest wait');
  await run.sees('Longest wait, in seconds\n');
  run.type('300', KEYS.enter);
  await run.sees('Further settings');
  run.type(KEYS.esc);
  await run.sees('✓ Longest wait, in seconds  300', 'The settings');
  await run.pick('Go on');
  await run.sees('Carry out this plan?', 'ReloadConfig edge');
  run.type(KEYS.enter);
  expect([0, 4]).toContain(await run.ended(120));
  await keepScreens('3-changed', run);
  expect(await readFile(WIZARD.file('factsway.yaml'), 'utf8')).toContain(
    'requestTimeoutSeconds: 300',
  );
});

it('without colours and without characters beyond ASCII it is the same wizard', async () => {
  const directory = `${WIZARD.directory}-answers/none`;
  const colored = new TerminalRun(['--dir', directory]);
  await colored.sees('· Name of this server');
  colored.type(KEYS.ctrlC);
  expect(await colored.ended(20)).toBe(130);
  expect(colored.raw).toMatch(COLOR);

  const plainest = new TerminalRun(['--dir', directory], { NO_COLOR: '1', LC_ALL: 'C' });
  await plainest.sees('- Name of this server', '> (');
  plainest.type('localhost', KEYS.enter);
  await plainest.sees('* Name of this server  localhost');
  plainest.type(KEYS.ctrlC);
  await plainest.ended(20);
  await keepScreens('4-no-color-ascii', plainest);
  expect(plainest.raw).not.toMatch(COLOR);

  await rm(directory, { recursive: true, force: true });
  const lines = new TerminalRun(['--plain', '--dir', directory], { TERM: 'dumb' });
  await lines.sees('· Name of this server', 'Type the answer');
  lines.type('localhost\r');
  await lines.sees('· Time zone');
  lines.type(KEYS.ctrlC);
  expect(await lines.ended(20)).toBe(130);
  await keepScreens('5-plain', lines);
  expect(lines.raw).not.toContain('\u001b');
  expect(lines.screen()).toContain('Continue where you left off');
});
