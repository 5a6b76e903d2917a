import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellWord } from './shell.ts';

describe('a word of a command', () => {
  it.each(['/opt/factsway', './factsway', '/srv/a_b-c.d', 'a=b', '/mnt/c:/x,y@z+1%'])(
    '%s is left as it is',
    (text) => {
      expect(shellWord(text)).toBe(text);
    },
  );

  it.each([
    '/srv/my firm',
    "/srv/o'neill",
    '/srv/$HOME',
    '/srv/a;b',
    '/srv/`id`',
    '/a\nb',
    '',
    '~',
  ])('%j reaches a program as it is', (text) => {
    const printed = execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], {
      encoding: 'utf8',
    });
    expect(printed).toBe(text);
  });
});
