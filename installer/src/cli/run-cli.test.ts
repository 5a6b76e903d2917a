import { beforeEach, describe, expect, it } from 'vitest';
import { catalogWith, containerOf, desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { plainReporter, silentReporter } from '../adapters/reporters/plain-reporter.ts';
import { runCli } from './run-cli.ts';

const SPACED = '/srv/my firm';
/** Too little for two slots: a warning, and no more than that. */
const SMALL = ['--set', 'images.source=debian', '--set', 'host.memory=6GiB'];

let ports: FakePorts;
let engine: FakeEngine;
beforeEach(() => {
  engine = new FakeEngine(desiredWith({ images: { source: 'debian' } }));
  ports = fakePorts({ docker: engine.docker, compose: engine.compose });
});

type Ran = { readonly exit: number; readonly stdout: string; readonly stderr: string };

/** The real thing in a fake world: only main.ts, which reads the process and picks adapters, is left out. */
async function run(...argv: readonly string[]): Promise<Ran> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const exit = await runCli(argv, {
    version: '1.2.3',
    stdout: { write: (text) => void stdout.push(text), columns: undefined },
    stderr: { write: (text) => void stderr.push(text), columns: undefined },
    color: false,
    answerable: false,
    defaultDirectory: DIRECTORY,
    resolveDirectory: (typed) => typed,
    createPorts: async ({ quiet, verbose }) => ({
      ...ports,
      reporter: quiet
        ? silentReporter
        : plainReporter((line) => void stderr.push(`${line}\n`), verbose),
    }),
  });
  return { exit, stdout: stdout.join(''), stderr: stderr.join('') };
}

type Document = {
  ok: boolean;
  command: string;
  result: Record<string, unknown> | null;
  warnings: string[];
  errors: { code: string; message: string; hint: string }[];
};

/** Fails where stdout is anything but one document on one line. */
async function runJson(...argv: readonly string[]): Promise<Ran & { readonly told: Document }> {
  const ran = await run(...argv, '--json');
  expect(ran.stdout.split('\n')).toHaveLength(2);
  return { ...ran, told: JSON.parse(ran.stdout) as Document };
}

describe('the exit code', () => {
  it('is 0 when all went well', async () => {
    const { exit, stdout } = await run('render', '--set', 'images.source=debian');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^\d+ files written to \S+\.\n$/);
  });

  it('is 4 when it was done with warnings, and the warnings are told', async () => {
    const { exit, stdout, stderr } = await run('render', ...SMALL);
    expect(exit).toBe(4);
    expect(stdout).toContain('files written');
    expect(stderr).toContain('warning: ');
    expect(ports.files.text(`${DIRECTORY}/compose.yaml`)).toBeDefined();
  });

  it('is 4 with --quiet as well, which keeps no warning to itself', async () => {
    const { exit, stderr } = await run('render', '--quiet', ...SMALL);
    expect(exit).toBe(4);
    expect(stderr).toMatch(/^warning: .*one slot only.*\n$/);
  });

  it('is 4 in --json as well, which is ok and has the warnings', async () => {
    const { exit, told } = await runJson('render', ...SMALL);
    expect(exit).toBe(4);
    expect(told).toMatchObject({ ok: true, command: 'render', errors: [] });
    expect(told.warnings).toEqual([expect.stringContaining('one slot only')]);
  });

  it('is that of the error, whatever warnings there were, and they are not lost', async () => {
    ports.files.put(`${DIRECTORY}/compose.yaml`, 'services: {}\n');
    const { exit, told } = await runJson('render', ...SMALL);
    expect(exit).toBe(3);
    expect(told).toMatchObject({ ok: false, command: 'render', result: null });
    expect(told.errors.map(({ code }) => code)).toEqual(['FW-DIR-FOREIGN']);
    expect(told.warnings).toEqual([expect.stringContaining('one slot only')]);
  });

  it('is 2 for a command line that is wrong', async () => {
    const { exit, told } = await runJson('rendr');
    expect(exit).toBe(2);
    expect(told).toMatchObject({ ok: false, command: 'rendr', errors: [{ code: 'FW-USAGE' }] });
    expect((await runJson('render', '--dir', '')).told.errors[0]?.code).toBe('FW-USAGE');
  });

  it('is 1 for what nobody declared', async () => {
    ports.files.readBytes = () => Promise.reject(new TypeError('x is not a function'));
    const { exit, stdout, stderr } = await run('render', '--verbose');
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain('FW-BUG: Unexpected error: x is not a function\n');
    expect(stderr).toContain('run-cli.test.ts');
  });
});

describe('the streams', () => {
  it('a dry run has its plan on stdout and everything else on stderr', async () => {
    const { exit, stdout, stderr } = await run('install', '--dry-run', ...SMALL);
    expect(exit).toBe(4);
    expect(stdout).toMatch(/^Install the platform[^]*\[1\] CreateSecrets [^]*RecordRelease /);
    expect(stdout).not.toContain('warning: ');
    expect(stderr).toContain('warning: ');
    expect(stderr).not.toContain('CreateSecrets');
    expect(ports.files.changes).toEqual([]);
  });

  it('a run has its progress on stderr and its result on stdout', async () => {
    const { stdout, stderr } = await run('render', '--set', 'images.source=debian');
    expect(stderr).toMatch(/^\[2\] done in /m);
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  it('so has one with --json, whose stdout is one document', async () => {
    const { stderr, told } = await runJson('render', '--set', 'images.source=debian');
    expect(stderr).toMatch(/^\[2\] done in /m);
    expect(told.ok).toBe(true);
  });

  it('--json with --quiet has nothing on stderr: the document has the warnings', async () => {
    expect((await run('render', '--json', '--quiet', ...SMALL)).stderr).toBe('');
  });

  const UP_HELP: unknown = expect.stringContaining('Usage: factsway-install up');
  it.each([
    [['--version'], 'version', { version: '1.2.3' }],
    [['--json', '-V'], 'version', { version: '1.2.3' }],
    [['help', 'up'], 'help', { text: UP_HELP }],
    [['up', '--help'], 'help', { text: UP_HELP }],
  ])('%j with --json is one document', async (argv, command, result) => {
    const { exit, stdout } = await run(...argv, '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ ok: true, command, result, warnings: [], errors: [] });
  });

  it('a command that is missing is none, whatever the words after it are', async () => {
    const { exit, stdout } = await run('--dir', '/srv/x', '--json');
    expect(exit).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      command: '',
      errors: [{ code: 'FW-USAGE', message: 'Before --dir a command is missing.' }],
    });
  });

  it('the version and help are text on stdout', async () => {
    expect(await run('--version')).toEqual({ exit: 0, stdout: '1.2.3\n', stderr: '' });
    expect((await run('render', '--help')).stdout).toContain('--answers <file>');
  });
});

describe('several problems of a configuration', () => {
  beforeEach(() => {
    ports.files.put('/a.yaml', 'edge:\n  htpsPort: 8443\nhost:\n  cores: 0\n');
  });

  it('are an entry each, with its own line and hint', async () => {
    const { exit, told } = await runJson('render', '--answers', '/a.yaml', '--set', 'project=A B');
    expect(exit).toBe(2);
    expect(told.errors.map(({ code, message }) => [code, message.split(' ')[0]])).toEqual([
      ['FW-CONFIG-UNKNOWN-KEY', '/a.yaml:2:3:'],
      ['FW-CONFIG-INVALID', '/a.yaml:4:3:'],
      ['FW-CONFIG-INVALID', '--set:'],
    ]);
    for (const { hint } of told.errors) expect(hint).not.toBe('');
  });

  it('are all told to people', async () => {
    const { stdout, stderr } = await run('render', '--answers', '/a.yaml');
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^\nFW-CONFIG-UNKNOWN-KEY: [^\n]+\n {2}→ Did you mean [^\n]+\nFW-CONFIG-INVALID: [^\n]+\n {2}→ [^\n]+\n$/,
    );
  });
});

describe('a command that is named for the next step', () => {
  it('has the directory in use, quoted, in a hint', async () => {
    const { stderr } = await run('status', '--dir', SPACED);
    expect(stderr).toContain(`factsway-install install --dir '${SPACED}'\n`);
    const { told } = await runJson('status', '--dir', SPACED);
    expect(told.errors[0]?.hint).toContain(`factsway-install install --dir '${SPACED}'`);
  });

  it('has it in the text of a result and in the remedies of a document', async () => {
    ports.files.put(`${SPACED}/factsway.yaml`, 'images: { source: debian }\n');
    const { exit, stdout } = await run('status', '--dir', SPACED);
    expect(exit).toBe(3);
    expect(stdout).toContain(`Start it: factsway-install up --dir '${SPACED}'`);
    const edge = catalogWith().workloads.find(({ id }) => id === 'edge')!;
    engine.containers.set('edge', containerOf(edge, engine.desired));
    const { told } = await runJson(
      'verify',
      '--gate',
      'containers',
      '--timeout',
      '0',
      '--dir',
      SPACED,
    );
    const [gate] = told.result!['gates'] as { remedy: string }[];
    expect(gate?.remedy).toContain(`factsway-install up --dir '${SPACED}'`);
    expect(told.errors[0]?.hint).toContain(`factsway-install up --dir '${SPACED}'`);
  });

  it('has none where the directory is the default one', async () => {
    for (const dir of [[], ['--dir', DIRECTORY]])
      expect((await run('status', ...dir)).stderr).toMatch(/: factsway-install install\n$/);
  });

  it('is left alone in logs: those are the words of others', async () => {
    ports.files.put(`${SPACED}/factsway.yaml`, 'images: { source: debian }\n');
    const edge = catalogWith().workloads.find(({ id }) => id === 'edge')!;
    engine.containers.set('edge', containerOf(edge, engine.desired));
    const text = 'somebody typed factsway-install up';
    const docker = {
      ...engine.docker,
      containers: async () => [...engine.containers.values()],
      keptLines: async () =>
        (async function* () {
          yield { at: '2026-01-01T00:00:00.000000000Z', text };
        })(),
    };
    ports = { ...ports, docker };
    expect((await run('logs', '--raw', '--dir', SPACED)).stdout).toBe(
      `factsway-edge-1  | ${text}\n`,
    );
    const { told } = await runJson('logs', '--dir', SPACED);
    expect(told.result).toMatchObject({ source: 'docker', lines: [{ line: text, message: text }] });
  });

  it('is told what was searched where nothing was found, and what to type next', async () => {
    ports.files.put(`${SPACED}/factsway.yaml`, 'images: { source: debian }\n');
    const { exit, stdout } = await run('logs', '--request-id', 'q-1', '--dir', SPACED);
    expect(exit).toBe(0);
    expect(stdout).toContain('stopped ones and the other slot included, request q-1.');
    expect(stdout).toContain(`factsway-install logs --dir '${SPACED}' --since 24h`);
  });

  it.each([
    ['--level', 'loud', 'factsway-install logs --level error'],
    ['--since', 'gestern', '--since 10m'],
    ['--until', '1d', '--until 10m'],
    ['--request-id', 'a b', '--request-id 0d94c5a2'],
    ['--trace-id', 'x', '--trace-id 4bf92f35'],
    ['--tail', '-1', 'logs edge --tail 200'],
  ])('is told how %s is written, not %s', async (option, value, example) => {
    ports.files.put(`${SPACED}/factsway.yaml`, 'images: { source: debian }\n');
    const { exit, stderr } = await run('logs', `${option}=${value}`);
    expect(exit).toBe(2);
    expect(stderr).toContain('FW-USAGE');
    expect(stderr).toContain(example);
  });

  it.each([
    [['edge', '--service', 'postgres'], 'Two components'],
    [['--follow', '--until', '1h'], '--follow has no end'],
    [['--follow', '--json'], 'with --follow that never happens'],
  ])('is told what contradicts itself: %j', async (argv, words) => {
    const { exit, stdout, stderr } = await run('logs', ...argv);
    expect(exit).toBe(2);
    expect(stdout + stderr).toContain(words);
  });
});

describe('a factsway.yaml of an older form', () => {
  const OLD = 'apiVersion: factsway/v1\nimages: { source: debian }\n';
  const FILE = `${DIRECTORY}/factsway.yaml`;

  it('is read by a command that changes nothing, with one line that says so', async () => {
    ports.files.put(FILE, OLD);
    const { stderr } = await run('diff');
    expect(stderr.match(/of the older form factsway\/v1/g)).toHaveLength(1);
    expect(stderr).toContain('The next up or upgrade rewrites it');
    expect(ports.files.text(FILE)).toBe(OLD);
  });

  it('is rewritten by one that changes something, and then nothing is said', async () => {
    ports.files.put(FILE, OLD);
    const { stderr } = await run('render');
    expect(stderr).not.toContain('older form');
    expect(ports.files.text(FILE)).toBe(OLD.replace('v1', 'v2'));
  });

  it('is left as it is by a dry run, which says it as well', async () => {
    ports.files.put(FILE, OLD);
    const { stderr } = await run('render', '--dry-run');
    expect(stderr).toContain('of the older form factsway/v1');
    expect(ports.files.text(FILE)).toBe(OLD);
  });
});
