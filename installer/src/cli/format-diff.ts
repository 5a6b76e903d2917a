import { createColors } from 'picocolors';
import type { DiffResult } from '../flows/diff.ts';
import {
  CONTAINER_WORDS,
  countDifferences,
  FILE_WORDS,
  SECRET_WORDS,
  type ContainerDifference,
  type Patch,
} from '../model/differences.ts';
import { formatTable } from './format.ts';
import { visible } from './visible.ts';

const TITLES: Readonly<Record<Patch['of'], string>> = {
  edit: 'what was edited by hand',
  change: 'what would change',
};

/** A table of everything that differs and the texts, then what to do; colours only where they are wanted. */
export function formatDiff(
  result: DiffResult,
  color: boolean,
): { readonly verbatim: string; readonly text: string } {
  const paint = createColors(color);
  const rows = rowsOf(result);
  const notes = notesOf(result);
  const table = rows.length === 0 ? [] : [formatTable([['WHAT', 'NAME', 'IS', 'THEN'], ...rows])];
  const patches = result.files.flatMap(({ path, patches: all }) =>
    all.map(({ of, text }) =>
      [
        paint.bold(`${visible(path)}: ${TITLES[of]}`),
        text === ''
          ? '(only in what is not shown: a secret)'
          : visible(text)
              .split('\n')
              .map((line) => paintLine(line, paint))
              .join('\n'),
      ].join('\n'),
    ),
  );
  return {
    verbatim: [...table, ...patches].join('\n\n'),
    text: [verdict(result), ...(notes.length > 0 ? [notes.join('\n')] : [])].join('\n\n'),
  };
}

function rowsOf({ keys, files, containers, secrets, ...rest }: DiffResult): string[][] {
  const differs = countDifferences({ keys, files, containers, secrets, ...rest }) > 0;
  // A key that changes no file and no container is applied, whatever its value was.
  const changed = differs ? (keys ?? []) : [];
  return [
    ...changed.map(({ key, before, after }) => [
      'key',
      key,
      visible(`${before ?? '(not set)'} → ${after ?? '(not set)'}`),
      '',
    ]),
    ...files.map(({ path, state }) => [
      'file',
      visible(path),
      FILE_WORDS[state].is,
      FILE_WORDS[state].then,
    ]),
    ...secrets.map(({ name, state }) => [
      'secret',
      name,
      SECRET_WORDS[state].is,
      SECRET_WORDS[state].then,
    ]),
    ...containerRows(containers ?? []),
  ];
}

/** A changed override concerns every container, and a platform that is down has none: one line says so. */
function containerRows(containers: readonly ContainerDifference[]): string[][] {
  const row = (name: string, state: ContainerDifference['state']): string[] => [
    'container',
    name,
    CONTAINER_WORDS[state].is,
    CONTAINER_WORDS[state].then,
  ];
  const states = [...new Set(containers.map(({ state }) => state))];
  const isShort = (state: ContainerDifference['state'], count: number): boolean =>
    (state === 'override' && count > 2) ||
    (state === 'missing' && count > 2 && count === containers.length);
  const short = states.filter((state) =>
    isShort(state, containers.filter((one) => one.state === state).length),
  );
  return [
    ...containers
      .filter(({ state }) => !short.includes(state))
      .map(({ service, state }) => row(service, state)),
    ...short.map((state) => {
      const { length } = containers.filter((one) => one.state === state);
      return row(`${length} containers`, state);
    }),
  ];
}

function verdict(result: DiffResult): string {
  const count = countDifferences(result);
  if (count === 0) return 'Nothing differs.';
  const things = count === 1 ? 'One thing differs' : `${count} things differ`;
  return `${things} from what factsway.yaml says. See the steps: factsway-install up --dry-run`;
}

function notesOf({ engine, notOurs }: DiffResult): string[] {
  return [
    ...(engine === null ? [] : [`Containers were not looked at: ${engine}`]),
    ...(notOurs.length === 0
      ? []
      : [`Not ours, and left alone: ${notOurs.map(visible).join(', ')}`]),
  ];
}

function paintLine(line: string, paint: ReturnType<typeof createColors>): string {
  if (/^(---|\+\+\+) /.test(line)) return paint.bold(line);
  if (line.startsWith('@@')) return paint.cyan(line);
  if (line.startsWith('+')) return paint.green(line);
  if (line.startsWith('-')) return paint.red(line);
  return line;
}
