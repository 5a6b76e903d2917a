import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { configRequest } from './command.ts';
import { parseArguments, type Parsed } from './parse-arguments.ts';
import { COMMANDS } from './registry.ts';

const parse = (...argv: string[]): Parsed => parseArguments(argv, COMMANDS, '9.8.7', 80);
const problem = (...argv: string[]) => errorOf(() => parse(...argv));
function run(...argv: string[]): Extract<Parsed, { kind: 'run' }> {
  const parsed = parse(...argv);
  if (parsed.kind !== 'run') throw new Error(parsed.text);
  return parsed;
}
function text(...argv: string[]): string {
  const parsed = parse(...argv);
  if (parsed.kind !== 'text') throw new Error('this runs a command');
  return parsed.text;
}

describe('a command line', () => {
  it('names a command with its options', () => {
    const { command, options } = run('install', '--yes', '--no-start', '--dir', '/x', '--json');
    expect(command.name).toBe('install');
    expect(options).toMatchObject({ yes: true, start: false, dir: '/x', json: true });
  });

  it.each([
    [['--dir', '/x', '--json', 'status']],
    [['--json', '--dir=/x', 'status']],
    [['--json', 'status', '--dir', '/x']],
    [['--dir', '/x', 'status', '--json']],
  ])('takes what is for all commands before it as well: %j', (argv) => {
    const { command, options } = run(...argv);
    expect(command.name).toBe('status');
    expect(options).toMatchObject({ dir: '/x', json: true });
  });

  it('takes no value of an option for the command', () => {
    expect(run('--dir', 'up', 'status').options).toMatchObject({ dir: 'up' });
    expect(problem('--dir', 'status').message).toBe('Before --dir a command is missing.');
    expect(problem('--yes').message).toBe('Before --yes a command is missing.');
  });

  it('takes consent before it too, where the command takes it at all', () => {
    const { command, options } = run('--yes', '--dir', '/x', '--dry-run', 'up');
    expect(command.name).toBe('up');
    expect(options).toMatchObject({ dir: '/x', yes: true, dryRun: true });
    expect(problem('--yes', 'status').message).toBe("unknown option '--yes'");
  });

  it('collects --set in order', () => {
    const { options } = run('render', '--set', 'a=1', '--set', 'b=x=y');
    expect(options['set']).toEqual(['a=1', 'b=x=y']);
  });

  it('starts every time from nothing', () => {
    run('render', '--set', 'a=1', '--yes');
    expect(run('render').options).not.toHaveProperty('set');
  });

  it('takes the component of logs, and its options', () => {
    expect(run('logs', 'edge', '--follow')).toMatchObject({
      argument: 'edge',
      options: { follow: true },
    });
    expect(run('logs').argument).toBeUndefined();
  });

  it('becomes a request of the configuration', () => {
    const { options } = run('up', '--answers', 'a.yaml', '--set', 'a=1', '--overwrite-edited');
    const input = {
      directory: '/x',
      argument: undefined,
      options,
      yes: false,
      dryRun: false,
      quiet: false,
      surface: { color: false, columns: Infinity },
    };
    expect(configRequest(input)).toEqual({
      directory: '/x',
      answersFile: 'a.yaml',
      sets: ['a=1'],
      overwrite: true,
    });
    expect(configRequest({ ...input, options: {} })).toEqual({
      directory: '/x',
      sets: [],
      overwrite: false,
    });
  });
});

describe('help', () => {
  it.each([[[]], [['--help']], [['help']]])('%j lists every command', (argv) => {
    const shown = text(...argv);
    for (const { name, summary } of COMMANDS)
      expect(shown).toMatch(new RegExp(`^ +${name} .*${summary.slice(0, 20)}`, 'm'));
  });

  it.each([
    [['--dir', '/x', '--help', 'status']],
    [['--help', 'status']],
    [['-h', '--json', 'status']],
    [['--dir', '/x', 'help', 'status']],
  ])('%j is that of the command', (argv) => {
    expect(text(...argv)).toMatch(/^Usage: factsway-install status /);
  });

  it('behind options and without a command is that of all', () => {
    expect(text('--dir', 'status', '--help')).toMatch(/^Usage: factsway-install \[/);
  });

  it.each(COMMANDS.map(({ name }) => name))('of %s has its options and examples', (name) => {
    const command = COMMANDS.find((candidate) => candidate.name === name)!;
    const shown = text(name, '--help');
    expect(shown).toContain('--dir <dir>');
    expect(shown).toContain('--json');
    for (const { flags } of command.options) expect(shown).toContain(flags);
    for (const example of command.examples) expect(shown).toContain(example.command);
    expect(command.examples.length).toBeGreaterThan(0);
    expect(shown.includes('--yes')).toBe(command.changes);
    // A drill of verify changes nothing here, and is still felt by those it reaches.
    expect(shown.includes('--dry-run')).toBe(command.changes || name === 'verify');
  });

  it('of examples is true: every one of them parses', () => {
    for (const { examples } of COMMANDS)
      for (const { command } of examples) {
        const [program, ...argv] = command.replace(/ >.*$/, '').split(' ');
        expect(program).toBe('factsway-install');
        expect(run(...argv).command.examples.map((example) => example.command)).toContain(command);
      }
  });

  it('knows the version', () => {
    expect(text('--version').trim()).toBe('9.8.7');
  });
});

describe('a mistake', () => {
  it.each([
    [['instal'], "unknown command 'instal'", 'Did you mean install? See: factsway-install --help'],
    [
      ['--dir', '/x', '--json', 'statu'],
      "unknown command 'statu'",
      'Did you mean status? See: factsway-install --help',
    ],
    [
      ['--yes', '--dir', 'up', 'instal', '--help'],
      "unknown command 'instal'",
      'Did you mean install? See: factsway-install --help',
    ],
    [['frobnicate'], "unknown command 'frobnicate'", 'See: factsway-install --help'],
    [
      ['up', '--yess'],
      "unknown option '--yess'",
      'Did you mean --yes? See: factsway-install up --help',
    ],
    [['status', '--yes'], "unknown option '--yes'", 'See: factsway-install status --help'],
    [
      ['install', '--set'],
      "option '--set <key=value>' argument missing",
      'See: factsway-install install --help',
    ],
    [['up', 'now'], 'too many arguments', 'See: factsway-install up --help'],
  ])('%j', (argv, message, hint) => {
    const error = problem(...argv);
    expect(error.code).toBe('FW-USAGE');
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(message);
    expect(error.hint).toBe(hint);
  });
});

it('commands are named once, and only what changes something asks for consent', () => {
  const names = COMMANDS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const changing = COMMANDS.filter(({ changes }) => changes).map(({ name }) => name);
  for (const name of ['status', 'logs', 'verify']) expect(changing).not.toContain(name);
  for (const name of ['install', 'render', 'up', 'down']) expect(changing).toContain(name);
});
