import { execa } from 'execa';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { configKeys } from '../../model/config-keys.ts';
import { COMMANDS } from '../registry.ts';
import { completionModel } from './completion-model.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'factsway-completion-'));
  await mkdir(join(work, 'answers dir'));
  await writeFile(join(work, 'answers.yaml'), '');
  for (const shell of SHELLS) await writeFile(join(work, shell), await scriptFor(shell));
});
afterAll(() => rm(work, { recursive: true }));

function run(argument: string) {
  const command = COMMANDS.find(({ name }) => name === 'completion')!;
  const surface = { color: false, columns: 80 };
  const input = {
    directory: '/x',
    argument,
    options: {},
    yes: false,
    dryRun: false,
    quiet: false,
    surface,
  };
  return command.run(input, fakePorts());
}
const scriptFor = async (shell: Shell): Promise<string> => `${(await run(shell)).verbatim ?? ''}\n`;

const found = (stdout: string): string[] =>
  stdout
    .split('\n')
    .map((line) => line.split('\t')[0]?.trimEnd() ?? '')
    .filter((line) => line !== '')
    .sort();

/** Sets what readline would have set, with the words split as bash splits them, and calls the function. */
async function bash(line: string): Promise<string[]> {
  const program = `
    source ./bash
    COMP_LINE=$1 COMP_POINT=\${#1}
    read -ra COMP_WORDS <<< "\${1//=/ = }"
    COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    $(complete -p factsway-install | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    (( \${#COMPREPLY[@]} == 0 )) || printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['--noprofile', '--norc', '-c', program, 'bash', line], {
    cwd: work,
  });
  return found(stdout);
}

async function fish(line: string): Promise<string[]> {
  const shell: Shell = 'fish';
  const { stdout } = await execa(
    shell,
    ['--no-config', '-c', 'source ./fish; complete -C $argv[1]', line],
    { cwd: work, env: { HOME: work } },
  );
  return found(stdout);
}

/** What zsh is told in a terminal of its own: a key completes, and what is offered goes to a file. */
const ZSH = String.raw`
  zmodload zsh/zpty
  zpty shell zsh -f -i
  say() { zpty -w shell "$1" }
  until_there() { for (( i = 0; i < 200; i++ )); do grep -qs "$2" "$1" && return; sleep 0.05; done }
  rm -f hits ready
  say 'autoload -Uz compinit && compinit -D -u; source ./zsh'
  say 'compadd() {
    local -a hits
    if [[ \${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
      builtin compadd -A hits "$@"
      (( \${#hits} )) && print -rl -- $hits >>hits
    fi
    builtin compadd "$@"
  }'
  say 'try() { zle complete-word; print -r -- "<<end>>" >>hits }; zle -N try; bindkey "^X" try'
  say 'echo ready >ready'
  until_there ready ready
  zpty -n -w shell "$1"$'\x18'
  until_there hits '<<end>>'
  zpty -d shell
  grep -v '<<end>>' hits || true`.replaceAll('\\$', '$');

async function zsh(line: string): Promise<string[]> {
  const { stdout } = await execa('zsh', ['-f', '-c', ZSH, 'zsh', line], { cwd: work });
  return [...new Set(found(stdout))];
}
const COMPLETE: Readonly<Record<Shell, (line: string) => Promise<string[]>>> = { bash, zsh, fish };

async function isThere(shell: Shell): Promise<boolean> {
  const { exitCode } = await execa(shell, ['--version'], { reject: false });
  if (exitCode !== 0)
    process.stderr.write(`${shell} is not installed: its completion is not tried.\n`);
  return exitCode === 0;
}
const THERE: Readonly<Record<Shell, boolean>> = {
  bash: true,
  zsh: await isThere('zsh'),
  fish: await isThere('fish'),
};

/** Paths without the shell's own quoting and marks. */
const plain = (paths: readonly string[]): string[] =>
  paths.map((path) => path.replaceAll('\\', '').replace(/\/$/, '')).sort();

/** Starting a shell on a terminal takes its time on a busy machine. */
const PATIENCE = { timeout: 60_000 };

describe.each(SHELLS)('%s', PATIENCE, (shell) => {
  const complete = COMPLETE[shell];
  const runs = it.skipIf(!THERE[shell]);

  runs('has no complaint about the script', async () => {
    const { stderr } = await execa(shell, ['-n', join(work, shell)]);
    expect(stderr).toBe('');
  });

  runs('completes commands', async () => {
    expect(await complete('factsway-install un')).toEqual(['uninstall']);
    expect(await complete('factsway-install ')).toEqual(
      expect.arrayContaining([...COMMANDS.map(({ name }) => name), 'help']),
    );
    expect(await complete('factsway-install help ver')).toEqual(['verify']);
  });

  runs('completes the options of a command, and no others', async () => {
    const options = await complete('factsway-install uninstall --');
    expect(options).toEqual(expect.arrayContaining(['--purge', '--confirm', '--dir', '--yes']));
    expect(options).not.toContain('--follow');
    expect(await complete('factsway-install status --dry')).toEqual([]);
  });

  runs('completes behind options that stand before the command', async () => {
    expect(await complete('factsway-install --dir /x --json un')).toEqual(['uninstall']);
    expect(await complete('factsway-install --dir=/x --yes un')).toEqual(['uninstall']);
    expect(await complete('factsway-install --dir status un')).toEqual(['uninstall']);
    expect(await complete('factsway-install --dir /x verify --gate e')).toEqual([
      'edge',
      'exposure',
    ]);
    const options = await complete('factsway-install --dir /x uninstall --');
    expect(options).toEqual(expect.arrayContaining(['--purge', '--confirm', '--yes']));
    expect(await complete('factsway-install --json status --dry')).toEqual([]);
  });

  runs('completes those options too', async () => {
    expect(await complete('factsway-install --di')).toEqual(['--dir']);
    expect(await complete('factsway-install --json --dr')).toEqual(['--dry-run']);
    expect(plain(await complete('factsway-install --dir ans'))).toEqual(['answers dir']);
  });

  runs('completes components and gates by name', async () => {
    expect(await complete('factsway-install logs postgres')).toEqual([
      'postgres',
      'postgres-exporter',
    ]);
    expect(await complete('factsway-install verify --gate e')).toEqual(['edge', 'exposure']);
    expect(await complete('factsway-install verify --gate edge --gate da')).toEqual(['database']);
    expect(await complete('factsway-install completion f')).toEqual(['fish']);
  });

  runs('completes keys of factsway.yaml, and values where they are a short list', async () => {
    expect(await complete('factsway-install up --set edge.http')).toEqual([
      'edge.httpPort=',
      'edge.httpsPort=',
    ]);
    const sources = await complete('factsway-install up --set images.source=');
    const tail = (word: string): string => word.split('=').at(-1) ?? '';
    expect(sources.map(tail)).toEqual(['debian', 'upstream']);
  });

  runs('completes files and directories', async () => {
    const files = await complete('factsway-install install --answers ans');
    expect(plain(files)).toEqual(['answers dir', 'answers.yaml']);
    const directories = await complete('factsway-install status --dir ans');
    expect(plain(directories)).toEqual(['answers dir']);
  });

  runs('offers nothing for a value that only its owner knows', async () => {
    expect(await complete('factsway-install uninstall --confirm ')).toEqual([]);
  });
});

describe('bash', () => {
  it('completes a value behind = as behind a blank', async () => {
    expect(await bash('factsway-install verify --gate=ed')).toEqual(['edge']);
  });

  it('offers whole settings where = does not part words', async () => {
    const program = `COMP_WORDBREAKS=' '; source ./bash; COMP_LINE=$1 COMP_POINT=\${#1}; _factsway_install; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const line = 'factsway-install up --set images.source=d';
    const { stdout } = await execa('bash', ['--norc', '-c', program, 'bash', line], { cwd: work });
    expect(found(stdout)).toEqual(['images.source=debian']);
  });
});

it('knows every command, option and key there is', async () => {
  const { commands } = await completionModel(COMMANDS, configKeys());
  expect(commands.map(({ name }) => name)).toEqual([...COMMANDS.map(({ name }) => name), 'help']);
  const unsaid = commands.flatMap(({ name, options }) =>
    options
      .filter(({ value }) => value?.offer.kind === 'nothing')
      .map((option) => `${name} ${option.name}`),
  );
  // Values that only a person knows; one that is a list is given with `values` in the command's data.
  expect(unsaid).toEqual(expect.not.arrayContaining(['verify --gate']));
  expect(configKeys().length).toBeGreaterThan(15);
  for (const { key } of configKeys()) expect(key).toMatch(/^[a-zA-Z][\w.]*$/);
});

it('another shell is refused', async () => {
  const error = await rejectionOf(run('tcsh'));
  expect([error.code, error.hint]).toEqual(['FW-USAGE', 'Use one of: bash, zsh, fish']);
});
