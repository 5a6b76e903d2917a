import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, type JsonDocument } from './cli.ts';
import { dockerTry, removeProject } from './docker.ts';
import { Instance } from './instance.ts';

/** Below the range of outgoing connections, one of which might have a port of ours for a moment. */
export const SERVER = new Instance('factsway-hostile', 28_580);
/**
 * Everything of one row: the instance directory, the files it is given, what stands in the way. In a directory where
 * no other scenario works, so that what appears beside the stage was made by the row.
 */
export const STAGE = join(ROOT, 'build/scenarios/hostile/stage');
export const INSTANCE = join(STAGE, 'instance');
/** A secret wherever a row has one: no output may hold it. */
export const CANARY = 'canary-of-the-hostile-table';
export const IS_ROOT = process.getuid?.() === 0;

/** How a row differs from a plain installation once its world is prepared. */
export type World = {
  readonly more?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What no output may hold, besides the canary. */
  readonly secrets?: readonly string[];
  /** Takes away what outlives the files of the stage. */
  readonly undo?: () => Promise<unknown>;
};
export type Row = {
  /** What is hostile, as a part of a sentence. */
  readonly is: string;
  readonly code: string;
  readonly exit: number;
  readonly message: RegExp;
  /** Names the next command to type or the edit to make. */
  readonly hint: RegExp;
  /** Instead of `install --yes`. */
  readonly command?: readonly string[];
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly world?: () => Promise<World | undefined>;
  /** Only root can make the world so. */
  readonly needsRoot?: true;
  /** As a user whom modes bind: root is told apart from the owner by what it may override. */
  readonly boundByModes?: true;
};

/** Nothing of this machine has a part in it: no proxy, no stored login. */
const ENVIRONMENT = {
  ...Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'].map(
      (name) => [name, ''],
    ),
  ),
  DOCKER_CONFIG: join(ROOT, 'build/scenarios/no-docker-config'),
  NO_COLOR: '1',
};
const WITHOUT_OVERRIDE = IS_ROOT
  ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--']
  : [];

export type Told = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** The built command line. No shell is between: what a row types arrives as it is. */
export async function tell(row: Row, world: World, json: boolean): Promise<Told> {
  const settings = SERVER.arguments(row.settings).slice(2);
  const argv = [
    ...(row.command ?? ['install', '--yes', ...settings]),
    '--dir',
    INSTANCE,
    ...(world.more ?? []),
    ...(json ? ['--json'] : []),
  ];
  const node = [process.execPath, join(ROOT, 'dist/factsway-install.js'), ...argv];
  const [program = '', ...words] = [...(row.boundByModes ? WITHOUT_OVERRIDE : []), ...node];
  const { exitCode, stdout, stderr } = await execa(program, words, {
    cwd: STAGE,
    reject: false,
    stdin: 'ignore',
    env: { ...ENVIRONMENT, ...world.environment },
    // Waiting for ever is an answer too, and a wrong one; the program takes SIGTERM for Ctrl-C.
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

export const documentOf = ({ stdout }: Told): JsonDocument => JSON.parse(stdout) as JsonDocument;

async function describe(path: string): Promise<string> {
  const found = await lstat(path);
  const whose = `${found.mode.toString(8)} ${found.uid}:${found.gid}`;
  // Preflight measures the disk with a file that has no name any more, which a directory's time shows.
  if (found.isDirectory()) return whose;
  const what = found.isFile()
    ? createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
    : found.isSymbolicLink()
      ? await readlink(path)
      : 'special';
  return `${whose} ${found.mtimeMs} ${found.size} ${what}`;
}

/** Every path of the stage with type, mode, owner and content, and what stands beside the stage. */
async function onDisk(): Promise<Record<string, string>> {
  const below = await readdir(STAGE, { recursive: true });
  const paths = ['.', ...below.sort()];
  const described = await Promise.all(
    paths.map(async (path) => [path, await describe(join(STAGE, path))] as const),
  );
  const beside = (await readdir(join(STAGE, '..'))).sort().join(' ');
  return { ...Object.fromEntries(described), beside };
}

/** What the engine has of the project, by id and state; nothing where there is none to ask. */
async function onEngine(): Promise<readonly string[]> {
  const filter = ['--filter', `name=${SERVER.project}`];
  const asked = await Promise.all([
    dockerTry('ps', '--all', '--no-trunc', '--format', '{{.ID}} {{.State}}', ...filter),
    dockerTry('network', 'ls', '--no-trunc', '--format', '{{.ID}} {{.Name}}', ...filter),
    dockerTry('volume', 'ls', '--format', '{{.Name}}', ...filter),
  ]);
  for (const { exitCode, output } of asked) if (exitCode !== 0) throw new Error(output);
  return asked.map(({ output }) => output);
}

export const snapshot = async () => ({ disk: await onDisk(), engine: await onEngine() });

/** An empty stage, without anything of the project on the engine. */
export async function clear(): Promise<void> {
  await removeProject(SERVER.project);
  await rm(STAGE, { recursive: true, force: true });
  await mkdir(STAGE, { recursive: true });
}

/** Exit code by error code, as the reference has them. */
export const DOCUMENTED = new Map(
  [
    ...readFileSync(join(ROOT, 'docs/reference/errors.md'), 'utf8').matchAll(
      /^\| `(FW-[A-Z-]+)` \| (\d+) \|/gm,
    ),
  ].map(([, code = '', exit]) => [code, Number(exit)] as const),
);
