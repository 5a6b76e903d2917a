import { shellWord } from '../../model/shell.ts';
import { FURTHER_LABEL, TO_ANSWERS_LABEL, STOP_LABEL } from './screens.ts';
import { survey, type Answers, type WizardContext } from './survey.ts';

/**
 * Hints name options of the command line, which nobody can type into a question. For each option of a hint: where
 * the same is done in the wizard, or how to go on outside of it with the answers as they are.
 */
export function waysInside(
  hint: string,
  context: WizardContext,
  answers: Answers,
  answersFile: string,
): string[] {
  const { items } = survey(context, answers);
  const outside = (option: string): string => {
    // A new instance goes on from the saved answers by itself.
    const from = context.current === undefined ? '' : ` --answers ${shellWord(answersFile)}`;
    return `Here: ${STOP_LABEL}, then factsway-install install${from} ${option}`;
  };
  const ways = [...hint.matchAll(/--(set|skip-check) ([\w.-]*\w)/g)].map(([option, kind, name]) => {
    if (kind === 'skip-check') return outside(option);
    const item = items.find(({ id }) => id === name);
    // What has no question here, or cannot be changed any more.
    if (!item) return undefined;
    const reviewed = item.asked || item.answered;
    return [
      `Here: ${TO_ANSWERS_LABEL}`,
      ...(reviewed ? [] : [FURTHER_LABEL]),
      item.question.title,
    ].join(' → ');
  });
  return [...new Set(ways.filter((way) => way !== undefined))];
}
