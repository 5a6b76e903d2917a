import type { Prompter } from '../ports/prompter.ts';
import { inquirerPrompter, silentPrompter } from './inquirer-prompter.ts';
import { linePrompter } from './line-prompter.ts';
import { hasUnicode, lookOf } from './prompts/look.ts';

type Options = {
  /** False where the plan is not shown either: nobody could agree to it. */
  readonly visible: boolean;
  readonly plain: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
};

/** The prompter for this terminal: questions go to stderr, so that stdout stays the result's. */
export function choosePrompter({ visible, plain, environment, signal }: Options): Prompter {
  const { stdin: input, stderr: output } = process;
  if (!visible || !input.isTTY || !output.isTTY) return silentPrompter;
  const isSimple = plain || environment['TERM'] === 'dumb';
  const color = !isSimple && (environment['NO_COLOR'] ?? '') === '';
  const look = lookOf(color, hasUnicode(environment), () => output);
  const prompter = isSimple ? linePrompter : inquirerPrompter;
  return prompter({ input, output, signal, look });
}
