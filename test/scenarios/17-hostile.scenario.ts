import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from './support/cli.ts';
import { removeProject } from './support/docker.ts';
import { ANSWERS } from './support/hostile-answers.ts';
import { CERTIFICATES } from './support/hostile-certificates.ts';
import { COMMAND_LINE } from './support/hostile-command-line.ts';
import { DIRECTORIES } from './support/hostile-directories.ts';
import { put } from './support/hostile-files.ts';
import { SERVER_ROWS } from './support/hostile-server.ts';
import {
  CANARY,
  clear,
  DOCUMENTED,
  documentOf,
  IS_ROOT,
  SERVER,
  snapshot,
  STAGE,
  tell,
  type Row,
  type World,
} from './support/hostile.ts';
import { rm } from 'node:fs/promises';

const TABLE: readonly Row[] = [
  ...COMMAND_LINE,
  ...ANSWERS,
  ...DIRECTORIES,
  ...SERVER_ROWS,
  ...CERTIFICATES,
];

let world: World = {};
beforeEach(clear);
afterEach(async () => {
  // Before anything else: what is mounted cannot be removed.
  await world.undo?.();
  world = {};
});
afterAll(async () => {
  await removeProject(SERVER.project);
  await rm(STAGE, { recursive: true, force: true });
});

/** A position in our own code, or words that only a programmer has a use for. */
const INTERNAL = /^\s+at .+:\d+:\d+|node:internal|\bundefined\b|\[object |FW-BUG|\(node:\d+\)/m;

function expectNothingSecret(output: string): void {
  for (const secret of [CANARY, ...(world.secrets ?? [])]) expect(output).not.toContain(secret);
  expect(output).not.toMatch(INTERNAL);
}

describe('a hostile input is refused with its code, what happened and what to do, and changes nothing', () => {
  it('has more than forty rows, no two alike', () => {
    const sentences = TABLE.map(({ is }) => is);
    expect(new Set(sentences).size).toBe(sentences.length);
    expect(sentences.length).toBeGreaterThan(40);
  });

  for (const row of TABLE)
    it.runIf(row.needsRoot !== true || IS_ROOT)(`${row.is}: ${row.code}, ${row.exit}`, async () => {
      world = (await row.world?.()) ?? {};
      const before = await snapshot();

      const json = await tell(row, world, true);
      const human = await tell(row, world, false);

      expect(await snapshot(), 'something was changed').toEqual(before);
      const { ok, errors } = documentOf(json);
      const shown = JSON.stringify(errors, null, 2);
      expect([ok, ...new Set(errors.map(({ code }) => code))], shown).toEqual([false, row.code]);
      expect(errors[0]?.message).toMatch(row.message);
      expect(errors[0]?.hint).toMatch(row.hint);
      expect([json.exitCode, human.exitCode]).toEqual([row.exit, row.exit]);
      expect(DOCUMENTED.get(row.code), 'the exit code of the reference').toBe(row.exit);
      const said = new RegExp(`^${row.code}: (.+)\\n(?: {4}.*\\n)* {2}→ (.+)$`, 'm');
      const [, message = '', hint = ''] = said.exec(human.stderr) ?? [];
      expect(message, human.stderr).toMatch(row.message);
      expect(hint).toMatch(row.hint);
      expectNothingSecret(`${json.stdout}\n${json.stderr}\n${human.stdout}\n${human.stderr}`);
    });
});

const PLAIN = '# Kanzlei\nhost:\n  name: law.example.com\n  cores: 4\nedge:\n  httpsPort: 8443\n';

/** Every rendered byte but the secrets, which are random, and the journal, which has times. */
async function rendered(answers: string): Promise<Record<string, string>> {
  const directory = join(STAGE, 'rendered');
  await rm(directory, { recursive: true, force: true });
  await put('answers.yaml', answers);
  const argv = ['render', '--dir', directory, '--answers', join(STAGE, 'answers.yaml')];
  const settings = ['--set', 'images.source=debian', '--set', 'host.memory=8GiB'];
  const { exitCode, stderr } = await cli([...argv, ...settings]);
  expect(exitCode, stderr).toBe(0);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const ours = paths.filter((path) => !/\/secrets\/|\/state\/journal/.test(path));
  return Object.fromEntries(
    await Promise.all(ours.map(async (path) => [path, await readFile(path, 'utf8')] as const)),
  );
}

describe('what is odd and means the same gives the same bundle, byte for byte', () => {
  it.each([
    ['CR LF', PLAIN.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${PLAIN}`],
    ['both, as Windows writes them', `\uFEFF${PLAIN.replaceAll('\n', '\r\n')}`],
    ['JSON', '{"host": {"name": "law.example.com", "cores": 4}, "edge": {"httpsPort": 8443}}'],
    ['no line break at the end', PLAIN.trimEnd()],
  ])('%s', async (_, answers) => {
    await mkdir(STAGE, { recursive: true });
    expect(await rendered(answers)).toEqual(await rendered(PLAIN));
  });
});
