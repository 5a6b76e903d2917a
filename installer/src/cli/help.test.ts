import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodesOf } from './help.ts';
import { parseArguments } from './parse-arguments.ts';
import { COMMANDS } from './registry.ts';

function help(argv: readonly string[], columns = 80): string {
  const parsed = parseArguments(argv, COMMANDS, '9.8.7', columns);
  if (parsed.kind !== 'text') throw new Error('this runs a command');
  return parsed.text;
}

describe('the list of commands', () => {
  it('has what changes something apart from what looks, and names the documents', () => {
    const headings = help(['--help']).match(/^[A-Z].*:$/gm);
    expect(headings).toEqual([
      'Options:',
      'Install and change:',
      'Look and prove:',
      'Help and shell:',
      'Documentation:',
    ]);
    expect(help(['--help'])).toContain('docs/operations/deployment.md');
  });

  it('is what the README shows', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
    expect(readme).toContain(`$ factsway-install --help\n${help(['--help']).trimEnd()}\n`);
  });

  it('fits 80 columns, also on a wider terminal', () => {
    for (const columns of [80, 200])
      for (const line of help(['--help'], columns).split('\n'))
        expect(line.length, line).toBeLessThanOrEqual(80);
  });
});

describe.each(COMMANDS.map((command) => [command.name, command] as const))(
  'help of %s',
  (name, command) => {
    const shown = help(['help', name]);

    it('is the same by --help', () => {
      expect(help([name, '--help'])).toBe(shown);
    });

    it('has usage, description, options, exit codes, files and examples, in this order', () => {
      const parts = [
        `Usage: factsway-install ${name}`,
        ...(command.options.length > 0 || command.changes ? ['Options:'] : []),
        'Options of every command:',
        'Exit codes:',
        ...(command.files ? ['Files:'] : []),
        'Examples:',
      ];
      const places = parts.map((part) => shown.indexOf(`\n${part}`.trimStart()));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
      for (const { path } of command.files ?? []) expect(shown).toContain(path);
    });

    it('fits 80 columns, but for commands to be copied whole', () => {
      const lines = shown.split('\n').filter((line) => !/^ {2}\S*factsway-install /.test(line));
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
    });

    it('promises only what a command of its kind can end with', () => {
      const codes = exitCodesOf(command).map(([code]) => code);
      expect(codes.slice(0, 3)).toEqual([0, 1, 2]);
      expect(codes.includes(130)).toBe(command.changes);
    });
  },
);
