import { expect, it } from 'vitest';
import { ENTER, scriptedPrompter } from '../../../test/fakes/prompter.ts';
import type { Prompter } from '../ports/prompter.ts';
import { completingPrompter } from './completing-prompter.ts';

it('commands are completed wherever a question mentions them, and answers are not', async () => {
  const explained: (string | undefined)[] = [];
  const scripted = scriptedPrompter('status', ENTER);
  const inner: Prompter = {
    ...scripted,
    choose: (prompt) => {
      explained.push(...prompt.choices.map(({ explanation }) => explanation));
      return scripted.choose(prompt);
    },
  };
  const prompter = completingPrompter(inner, (text) => text.replaceAll('X', 'X --dir /srv'));
  const chosen = await prompter.choose({
    title: 'What?',
    lines: ['See X.'],
    choices: [
      { value: 'status', label: 'See', explanation: 'X status' },
      { value: 'b', label: 'b' },
    ],
    marked: 'b',
    back: false,
  });
  expect(chosen).toBe('status');
  expect(explained).toEqual(['X --dir /srv status', undefined]);
  prompter.show('Not possible', ['→ X']);
  const typed = { title: 'T', lines: ['X'], suggestion: 'X', back: false, check: () => undefined };
  expect(await prompter.text(typed)).toBe('X');
  expect(scripted.screens.join('\n')).toMatch(
    /See X --dir \/srv\.[^]*→ X --dir \/srv\nT\nX --dir \/srv\n\(X\)/,
  );
});
