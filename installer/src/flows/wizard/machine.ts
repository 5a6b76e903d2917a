import { credentialIn } from '../../catalog/secret-looks.ts';
import type { Question, Value } from './question.ts';
import { problemOf, survey, type Answers, type Item, type WizardContext } from './survey.ts';

/** Where a person is: at a question, at the review, or at the list of what is seldom changed. */
export type Position =
  | { readonly kind: 'question'; readonly id: string }
  | { readonly kind: 'review' }
  | { readonly kind: 'further' };

export type WizardState = {
  readonly answers: Answers;
  readonly at: Position;
  /** From where a question was opened to be changed: there the way leads back. */
  readonly from?: 'review' | 'further';
  /** Why an answer that was given is asked for again, by question. */
  readonly reopened: Readonly<Record<string, string>>;
};

export type Screen =
  | {
      readonly kind: 'question';
      readonly item: Item;
      /** `3 of 8`, while the questions are asked one after the other. */
      readonly progress?: { readonly number: number; readonly of: number };
      readonly reopened?: string;
      readonly back: boolean;
    }
  | { readonly kind: 'review'; readonly items: readonly Item[] }
  | { readonly kind: 'further'; readonly items: readonly Item[] };

const REVIEW: Position = { kind: 'review' };

/** Where a new run, or one that goes on from saved answers, begins. */
export function begin(context: WizardContext, answers: Answers): WizardState {
  const { answers: good, reopened } = withoutBroken(context, answers);
  const next = firstOpen(context, good, reopened);
  return { answers: good, at: next ? questionAt(next) : REVIEW, reopened };
}

/** Where an answer leads. The value was judged before; answers that it made impossible are asked for again. */
export function accept(context: WizardContext, state: WizardState, value: Value): WizardState {
  if (state.at.kind !== 'question') return state;
  const { id } = state.at;
  const { answers, reopened } = withoutBroken(context, { ...state.answers, [id]: value }, id);
  const rest = { answers, reopened: without({ ...state.reopened, ...reopened }, id) };
  const open = firstOpen(context, answers, rest.reopened);
  if (state.from !== undefined) {
    if (open) return { ...rest, at: questionAt(open), from: state.from };
    return { ...rest, at: { kind: state.from } };
  }
  const asked = askedOf(context, answers);
  const next = asked[asked.findIndex((item) => item.id === id) + 1] ?? open;
  return { ...rest, at: next ? questionAt(next) : REVIEW };
}

/** One step back; the first question has none. */
export function back(context: WizardContext, state: WizardState): WizardState {
  const { answers, reopened, at, from } = state;
  const rest = { answers, reopened };
  if (at.kind === 'further') return { ...rest, at: REVIEW };
  if (at.kind === 'question' && from !== undefined) return { ...rest, at: { kind: from } };
  const asked = askedOf(context, answers);
  const here = at.kind === 'question' ? asked.findIndex(({ id }) => id === at.id) : -1;
  // From the review, and from a question out of turn, to the last one.
  const previous = asked[here < 0 ? asked.length - 1 : here - 1];
  return previous ? { ...rest, at: questionAt(previous) } : state;
}

/** From the review, or from the list behind it, to one answer and back. */
export function change(state: WizardState, id: string): WizardState {
  const { answers, reopened, at } = state;
  const from = at.kind === 'further' ? 'further' : 'review';
  return { answers, reopened, at: { kind: 'question', id }, from };
}

export const openFurther = (state: WizardState): WizardState => ({
  answers: state.answers,
  reopened: state.reopened,
  at: { kind: 'further' },
});

/** What is to be shown. */
export function screenOf(context: WizardContext, state: WizardState): Screen {
  const { items } = survey(context, state.answers);
  const { at, from } = state;
  const item = at.kind === 'question' ? items.find(({ id }) => id === at.id) : undefined;
  if (at.kind === 'further')
    return { kind: 'further', items: items.filter((one) => !isReviewed(one)) };
  // A question that no longer applies is nothing to be asked; the review has what there is.
  if (!item) return { kind: 'review', items: items.filter(isReviewed) };
  const asked = items.filter((one) => one.asked);
  const number = asked.findIndex(({ id }) => id === item.id) + 1;
  const reopened = state.reopened[item.id];
  return {
    kind: 'question',
    item,
    ...(from === undefined && number > 0 ? { progress: { number, of: asked.length } } : {}),
    ...(reopened === undefined ? {} : { reopened }),
    back: from !== undefined || number !== 1,
  };
}

/** Whatever was asked or answered is looked at again; the rest is behind one line. */
const isReviewed = ({ asked, answered }: Item): boolean => asked || answered;

const questionAt = ({ id }: Item): Position => ({ kind: 'question', id });

const askedOf = (context: WizardContext, answers: Answers): Item[] =>
  survey(context, answers).items.filter(({ asked }) => asked);

/** The first question that needs an answer and has none; factsway.yaml of an existing instance answers as well. */
function firstOpen(
  context: WizardContext,
  answers: Answers,
  reopened: WizardState['reopened'],
): Item | undefined {
  const isOpen = ({ id, question, value, asked }: Item): boolean =>
    id in reopened ||
    (asked &&
      (context.current === undefined ||
        problemOf(context, answers, question, value) !== undefined));
  return survey(context, answers).items.find((item) => !item.answered && isOpen(item));
}

/** Drops answers that no longer hold, beginning with the latest question; `sparing` was just judged. */
function withoutBroken(context: WizardContext, answers: Answers, sparing?: string) {
  const reopened: Record<string, string> = {};
  let good = answers;
  const candidates: Question[] = survey(context, answers)
    .items.filter(({ answered, id }) => answered && id !== sparing)
    .map(({ question }) => question)
    .reverse();
  for (const question of candidates) {
    const id = question.path.join('.');
    const value = good[id];
    const problem = value === undefined ? undefined : problemOf(context, good, question, value);
    if (problem === undefined || value === undefined) continue;
    // A file of answers that somebody wrote may hold what must stand on no screen.
    const shown = credentialIn(String(value)) === undefined ? String(value) : 'Something secret';
    reopened[id] = `${shown} was the answer, but it ${problem}.`;
    good = without(good, id);
  }
  return { answers: good, reopened };
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
