import { resolve } from 'node:path';
import type { InstanceConfig } from '../../model/config.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Prompter } from '../../ports/prompter.ts';
import type { Ports } from '../../ports/ports.ts';
import {
  accept,
  back,
  change,
  openFurther,
  screenOf,
  type Screen,
  type WizardState,
} from './machine.ts';
import {
  BACK,
  derivedLines,
  furtherChoices,
  FURTHER,
  FURTHER_LABEL,
  GO,
  reviewChoices,
  shownValue,
  STOP,
} from './screens.ts';
import type { Question, Value } from './question.ts';
import { problemOf, readAnswer, survey, type WizardContext } from './survey.ts';

type QuestionScreen = Extract<Screen, { kind: 'question' }>;

/** Shows screen after screen until the review is left with "go on". `save` is called after every answer. */
export async function askUntilReviewed(
  context: WizardContext,
  begin: WizardState,
  ports: Ports,
  save: (state: WizardState) => Promise<void>,
): Promise<WizardState> {
  let state = begin;
  for (;;) {
    const screen = screenOf(context, state);
    if (screen.kind === 'question') {
      const value = await askQuestion(context, state, screen, ports);
      if (value === undefined) state = back(context, state);
      else {
        const { question } = screen.item;
        ports.prompter.answered(question.title, shownValue(question, value));
        state = accept(context, state, value);
        await save(state);
      }
      continue;
    }
    const chosen =
      screen.kind === 'review'
        ? await review(context, state, screen.items, ports.prompter)
        : ((await further(screen.items, ports.prompter)) ?? BACK);
    if (chosen === GO) return state;
    if (chosen === STOP)
      throw new FactswayError('FW-CANCELLED', 'Stopped at the review.', 'Run it again.');
    if (chosen === undefined || chosen === BACK) state = back(context, state);
    else state = chosen === FURTHER ? openFurther(state) : change(state, chosen);
  }
}

/** The value; undefined for "back". */
async function askQuestion(
  context: WizardContext,
  { answers }: WizardState,
  { item, progress, reopened, back: hasBack }: QuestionScreen,
  ports: Ports,
): Promise<Value | undefined> {
  const { prompter } = ports;
  const { question, value, because } = item;
  const { config } = survey(context, answers);
  const judge = (text: string): string | undefined =>
    problemOf(context, answers, question, readAnswer(question, text));
  const common = {
    title: progress ? `${progress.number} of ${progress.of} · ${question.title}` : question.title,
    lines: [question.explanation, ...[because, reopened].filter((line) => line !== undefined)],
    back: hasBack,
  };
  if (question.choices) {
    for (;;) {
      const chosen = await prompter.choose({
        ...common,
        choices: question.choices,
        // A switch that nobody touched is off.
        marked: value === '' && question.kind === 'switch' ? 'false' : String(value),
      });
      if (chosen === undefined) return undefined;
      const problem = judge(chosen);
      if (problem === undefined) return readAnswer(question, chosen);
      prompter.show('Not possible here', [`This ${problem}.`]);
    }
  }
  const probe = probeOf(question, context, config, ports);
  const text = await prompter.text({
    ...common,
    suggestion: String(value),
    check: judge,
    ...(probe ? { probe: (typed) => probe(readAnswer(question, typed)) } : {}),
  });
  return text === undefined ? undefined : readAnswer(question, text);
}

/** What has to be looked at on this server before an answer is taken. */
function probeOf(
  { port, file }: Question,
  { facts }: WizardContext,
  config: InstanceConfig,
  { host, files }: Ports,
): ((value: Value) => Promise<string | undefined>) | undefined {
  if (port)
    return async (value) =>
      !facts.ownPorts.has(Number(value)) && (await host.portBusy(port.bind(config), Number(value)))
        ? 'is taken by another program of this server'
        : undefined;
  if (file)
    return async (value) =>
      value === '' || (await files.exists(resolve(facts.directory, String(value))))
        ? undefined
        : 'is no file of this server';
  return undefined;
}

function review(
  context: WizardContext,
  { answers }: WizardState,
  items: Parameters<typeof reviewChoices>[0],
  prompter: Prompter,
): Promise<string | undefined> {
  const { items: all, config } = survey(context, answers);
  const isNew = context.current === undefined;
  return prompter.choose({
    title: isNew ? 'Your answers' : 'The settings',
    lines: derivedLines(config),
    choices: reviewChoices(items, all.length - items.length, isNew),
    marked: GO,
    back: isNew,
  });
}

function further(
  items: Parameters<typeof furtherChoices>[0],
  prompter: Prompter,
): Promise<string | undefined> {
  return prompter.choose({
    title: FURTHER_LABEL,
    lines: ['Each has a value that suits most firms.'],
    choices: furtherChoices(items),
    marked: BACK,
    back: true,
  });
}
