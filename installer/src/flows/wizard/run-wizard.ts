import { parseConfig } from '../../config/parse-config.ts';
import { FactswayError } from '../../model/errors.ts';
import { shellWord } from '../../model/shell.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Prompter } from '../../ports/prompter.ts';
import { CONFIG_FILE, instancePaths, type InstancePaths } from '../paths.ts';
import { refuseLostConfig } from '../resolve-config.ts';
import { loadAnswers, saveAnswers, type SavedAnswers } from './answers-file.ts';
import { askUntilReviewed } from './ask.ts';
import { detect } from './detect.ts';
import { begin, type WizardState } from './machine.ts';
import { QUESTIONS } from './questions.ts';
import { idOf } from './question.ts';
import { STOP_LABEL, TO_ANSWERS_LABEL, welcomeLines } from './screens.ts';
import { keyOf, settingsOf, survey, type Answers, type WizardContext } from './survey.ts';
import { TypedSecrets } from './typed-secrets.ts';
import { waysInside } from './ways-inside.ts';

export type WizardRequest<T> = {
  readonly directory: string;
  /** Plans, has the plan confirmed and carries it out, with the answers as a file. */
  readonly carryOut: (answersFile: string, ports: Ports) => Promise<T>;
};

/** The question whether to carry out the plan was answered with "back to the answers": nothing has happened. */
class BackToReview extends Error {}

/**
 * Asks for a configuration, shows it, and hands it over as an answers file: what follows is the way every
 * installation takes. Until the plan is agreed to, a refusal leads back to the answers.
 */
export async function runWizard<T>(
  { directory, carryOut }: WizardRequest<T>,
  ports: Ports,
): Promise<T> {
  const { files, prompter } = ports;
  const paths = instancePaths(directory);
  await refuseLostConfig(directory, files);
  const consent = { given: false };
  const secrets = new TypedSecrets(paths, files);
  try {
    const context = await prepare(paths, ports);
    if (context.current === undefined)
      prompter.show('FACTSWAY On-Prem: set up this server', welcomeLines(context.facts));
    let state = await resume(context, paths, ports);
    let asks = true;
    for (;;) {
      if (asks)
        state = await askUntilReviewed(context, state, ports, ({ answers }) =>
          saveAnswers(paths, files, chosen(context, answers)),
        );
      await saveAnswers(paths, files, settingsOf(context, state.answers));
      await secrets.ask(survey(context, state.answers).config, prompter);
      try {
        const asking = {
          ...ports,
          files: secrets.seen,
          prompter: confirmingBy(prompter, consent, () => secrets.keep()),
        };
        const result = await carryOut(paths.answers, asking);
        await files.remove(paths.answers);
        return result;
      } catch (error) {
        if (consent.given) throw error;
        const ways = (hint: string): string[] =>
          waysInside(hint, context, state.answers, paths.answers);
        asks = error instanceof BackToReview || (await isAnsweredAnew(error, ways, prompter));
      }
    }
  } catch (error) {
    if (consent.given || !isCancelled(error)) throw error;
    throw await stopped(paths, ports);
  } finally {
    await secrets.forget();
  }
}

async function prepare(paths: InstancePaths, ports: Ports): Promise<WizardContext> {
  const text = await ports.files.readText(paths.config);
  const found = text === undefined ? undefined : parseConfig(text, CONFIG_FILE);
  return {
    questions: QUESTIONS,
    facts: await detect(paths.directory, found?.config, QUESTIONS, ports),
    current: found && ((found.document.toJS() ?? {}) as Record<string, unknown>),
  };
}

/** From the answers of a run that was interrupted, if there are any and they are wanted. */
async function resume(
  context: WizardContext,
  paths: InstancePaths,
  { files, prompter }: Ports,
): Promise<WizardState> {
  const saved = await loadAnswers(paths, files, context.questions);
  const state = begin(context, news(context, saved?.answers ?? {}));
  const count = Object.keys(state.answers).length;
  if (!saved || count === 0) return begin(context, {});
  const answer = await prompter.choose({
    title: 'Continue where you left off?',
    lines: [
      `${count === 1 ? 'One answer is' : `${count} answers are`} saved from an earlier run.`,
      ...forgotten(saved, state),
    ],
    choices: [
      { value: 'go-on', label: 'Yes, go on from there' },
      { value: 'anew', label: 'No, begin again' },
    ],
    marked: 'go-on',
    back: false,
  });
  if (answer === 'go-on') return state;
  await files.remove(paths.answers);
  return begin(context, {});
}

/** Saved answers that an existing instance does not have yet. */
function news({ current }: WizardContext, answers: Answers): Answers {
  if (current === undefined) return answers;
  return Object.fromEntries(
    Object.entries(answers).filter(([id, value]) => keyOf(current, id.split('.')) !== value),
  );
}

function forgotten({ unknown }: SavedAnswers, { reopened }: WizardState): string[] {
  const again = Object.keys(reopened);
  return [
    ...(again.length > 0
      ? [`Asked again, for the old answer no longer fits: ${again.join(', ')}.`]
      : []),
    ...(unknown.length > 0 ? [`No longer asked, and forgotten: ${unknown.join(', ')}.`] : []),
  ];
}

/** What a person answered so far, in the order of the questions. */
function chosen({ questions }: WizardContext, answers: Answers) {
  return questions.flatMap((question) => {
    const value = answers[idOf(question)];
    return value === undefined || value === '' ? [] : [{ path: question.path, value }];
  });
}

/** The same prompter, with a way back from the plan to the answers. */
function confirmingBy(
  prompter: Prompter,
  consent: { given: boolean },
  begin: () => Promise<void>,
): Prompter {
  return {
    ...prompter,
    async confirm(question) {
      const answer = await prompter.choose({
        title: question,
        lines: [],
        choices: [
          { value: 'yes', label: 'Yes, begin' },
          { value: 'back', label: 'No, back to the answers' },
        ],
        marked: 'yes',
        back: true,
      });
      if (answer !== 'yes') throw new BackToReview();
      consent.given = true;
      await begin();
      return true;
    },
  };
}

/**
 * Nothing was done yet: what stands in the way can perhaps be answered differently, or mended elsewhere. False for
 * another try with the same answers.
 */
async function isAnsweredAnew(
  error: unknown,
  ways: (hint: string) => string[],
  prompter: Prompter,
): Promise<boolean> {
  if (!(error instanceof FactswayError) || isCancelled(error)) throw error;
  prompter.show(
    `Not possible yet (${error.code})`,
    error.all.flatMap(({ message, details, hint }) => [
      message,
      ...details,
      `→ ${hint}`,
      ...ways(hint).map((way) => `→ ${way}`),
    ]),
  );
  const chosen = await prompter.choose({
    title: 'Nothing was done. How to go on?',
    lines: [],
    choices: [
      { value: 'again', label: 'Try again', explanation: 'Once you have mended it elsewhere.' },
      { value: 'answers', label: TO_ANSWERS_LABEL, explanation: 'To change one of them.' },
      { value: 'stop', label: STOP_LABEL, explanation: 'Your answers are kept.' },
    ],
    marked: 'again',
    back: true,
  });
  if (chosen === 'stop') throw new FactswayError('FW-CANCELLED', 'Stopped.', 'Run it again.');
  return chosen !== 'again';
}

const isCancelled = (error: unknown): boolean =>
  error instanceof FactswayError && error.code === 'FW-CANCELLED';

async function stopped(paths: InstancePaths, { files }: Ports): Promise<FactswayError> {
  const saved = await files.exists(paths.answers);
  const command = `factsway-install --dir ${shellWord(paths.directory)}`;
  return saved
    ? new FactswayError(
        'FW-CANCELLED',
        `Stopped; nothing was installed or changed. Your answers are saved in ${paths.answers}.`,
        `Continue where you left off: ${command}`,
      )
    : new FactswayError(
        'FW-CANCELLED',
        'Stopped; nothing was installed or changed.',
        `Begin again when you are ready: ${command}`,
      );
}
