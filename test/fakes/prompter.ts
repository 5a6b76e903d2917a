import { FactswayError } from '../../installer/src/model/errors.ts';
import type { Prompter } from '../../installer/src/ports/prompter.ts';

/** Keys a person may press instead of typing. */
export const ENTER = Symbol('Enter');
export const ESC = Symbol('Esc');
export const CTRL_C = Symbol('Ctrl-C');
export type Reply = string | typeof ENTER | typeof ESC | typeof CTRL_C;

export type ScriptedPrompter = Prompter & {
  /** Every screen as a person saw it, in order: title, lines, what was offered, what was refused. */
  readonly screens: readonly string[];
  /** Replies nobody asked for. */
  readonly left: () => number;
};

/** A person who answers question after question, and judges like a terminal would: a refused answer takes the next. */
export function scriptedPrompter(...replies: readonly Reply[]): ScriptedPrompter {
  const screens: string[] = [];
  const waiting = [...replies];
  const next = (title: string, back: boolean, enter: string): string | undefined => {
    const reply = waiting.shift();
    if (reply === undefined) throw new Error(`the test has no reply to: ${title}`);
    if (reply === CTRL_C) throw new FactswayError('FW-CANCELLED', 'Interrupted.', 'Again.');
    if (reply === ESC && !back) throw new Error(`the test goes back where nobody can: ${title}`);
    return reply === ESC ? undefined : reply === ENTER ? enter : reply;
  };
  return {
    interactive: true,
    screens,
    left: () => waiting.length,
    async text({ title, lines, suggestion, back, check, probe }) {
      screens.push([title, ...lines, `(${suggestion})`].join('\n'));
      for (;;) {
        const answer = next(title, back, suggestion);
        const wrong = answer === undefined ? undefined : (check(answer) ?? (await probe?.(answer)));
        if (wrong === undefined) return answer;
        screens.push(`refused: ${wrong}`);
      }
    },
    async choose({ title, lines, choices, marked, back }) {
      const list = choices.map(({ value, label }) => `${value === marked ? '>' : ' '} ${label}`);
      screens.push([title, ...lines, ...list].join('\n'));
      const value = next(title, back, marked);
      if (value !== undefined && !choices.some((choice) => choice.value === value))
        throw new Error(`"${value}" is no choice of: ${title}`);
      return value;
    },
    async confirm(question, preset) {
      screens.push(question);
      return next(question, false, preset ? 'yes' : 'no') === 'yes';
    },
    answered: (title, answer) => {
      screens.push(`${title}: ${answer}`);
    },
    show: (title, lines) => {
      screens.push([title, ...lines].join('\n'));
    },
  };
}
