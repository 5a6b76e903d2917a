import type { Prompter } from '../ports/prompter.ts';

/** Completes the commands that questions mention as well; what somebody answers stays as it is. */
export function completingPrompter(
  prompter: Prompter,
  complete: (text: string) => string,
): Prompter {
  const all = (lines: readonly string[]): string[] => lines.map(complete);
  return {
    ...prompter,
    text: (prompt) => prompter.text({ ...prompt, lines: all(prompt.lines) }),
    choose: ({ lines, choices, ...prompt }) =>
      prompter.choose({
        ...prompt,
        lines: all(lines),
        choices: choices.map((choice) =>
          choice.explanation === undefined
            ? choice
            : { ...choice, explanation: complete(choice.explanation) },
        ),
      }),
    show: (title, lines) => {
      prompter.show(title, all(lines));
    },
  };
}
