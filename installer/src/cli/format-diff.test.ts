import { describe, expect, it } from 'vitest';
import type { DiffResult } from '../flows/diff.ts';
import { formatDiff } from './format-diff.ts';

const NOTHING: DiffResult = {
  directory: '/x',
  engine: null,
  keys: [],
  files: [],
  containers: [],
  secrets: [],
  notOurs: [],
};
const PATCH = '--- f  last rendered\n+++ f  on disk\n@@ -1,1 +1,1 @@\n-a\n+b';
const EDITED: DiffResult = {
  ...NOTHING,
  keys: [{ key: 'edge.httpPort', before: '80', after: '8080' }],
  files: [{ path: 'f', state: 'edited', patches: [{ of: 'edit', text: PATCH }] }],
  containers: [{ service: 'edge', state: 'definition' }],
  secrets: [{ name: 's', state: 'missing' }],
  notOurs: ['notes.txt'],
};

/** As a terminal gets it. */
function shownOf(result: DiffResult, color: boolean): string {
  const { verbatim, text } = formatDiff(result, color);
  return verbatim === '' ? text : `${verbatim}\n\n${text}`;
}

it('nothing is said in two words', () => {
  expect(shownOf(NOTHING, false)).toBe('Nothing differs.');
});

it('a table comes first, then the texts, then what to do', () => {
  expect(shownOf(EDITED, false)).toBe(
    [
      'WHAT       NAME           IS                  THEN',
      'key        edge.httpPort  80 → 8080',
      'file       f              edited by hand      up leaves it as it is',
      'secret     s              missing             up makes it, unless there is data it opens',
      'container  edge           definition differs  up makes it again',
      '',
      'f: what was edited by hand',
      PATCH,
      '',
      '3 things differ from what factsway.yaml says. See the steps: factsway-install up --dry-run',
      '',
      'Not ours, and left alone: notes.txt',
    ].join('\n'),
  );
});

it('a key that changes nothing is not mentioned', () => {
  expect(shownOf({ ...NOTHING, keys: EDITED.keys }, false)).toBe('Nothing differs.');
});

it('containers that were not looked at are mentioned', () => {
  expect(shownOf({ ...NOTHING, containers: null, engine: 'Nobody answers.' }, false)).toBe(
    'Nothing differs.\n\nContainers were not looked at: Nobody answers.',
  );
});

it('a changed override is one line', () => {
  const containers = ['a', 'b', 'c'].map((service) => ({ service, state: 'override' as const }));
  expect(shownOf({ ...NOTHING, containers }, false)).toMatch(/^container {2}3 containers /m);
});

it('a platform that is down is one line, and single containers that are missing are named', () => {
  const containers = ['a', 'b', 'c'].map((service) => ({ service, state: 'missing' as const }));
  expect(shownOf({ ...NOTHING, containers }, false)).toMatch(
    /^container {2}3 containers {2}missing/m,
  );
  const others = [...containers, { service: 'd', state: 'stopped' as const }];
  expect(shownOf({ ...NOTHING, containers: others }, false)).toMatch(/^container {2}a +missing/m);
});

describe('colours', () => {
  it('are there where they are wanted, and only there', () => {
    expect(shownOf(EDITED, false)).not.toContain('\u001b');
    expect(shownOf(EDITED, true)).toContain('\u001b[32m+b\u001b[39m');
    expect(shownOf(EDITED, true)).toContain('\u001b[31m-a\u001b[39m');
  });

  it('of a hostile file reach no terminal', () => {
    const text = '+\u001b]0;owned\u0007\r\u009b2J';
    const files = [
      { path: 'f\u001b[2J', state: 'edited' as const, patches: [{ of: 'edit' as const, text }] },
    ];
    const shown = shownOf({ ...NOTHING, files }, false);
    expect(shown).toContain(String.raw`+\x1b]0;owned\x07\x0d\x9b2J`);
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
