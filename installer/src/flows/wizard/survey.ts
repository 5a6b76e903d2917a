import type { Setting } from '../../config/edit-config.ts';
import { judgeSettings, type SettingProblem } from '../../config/judge-settings.ts';
import { wholeRules } from '../../catalog/config-rules.ts';
import { configSchema, type InstanceConfig } from '../../model/config.ts';
import type { Facts } from './facts.ts';
import { idOf, type Question, type Value } from './question.ts';

/** Answers a person gave, by the id of their question. */
export type Answers = Readonly<Record<string, Value>>;
type Tree = Readonly<Record<string, unknown>>;

/** All the wizard works with: the same context and answers always give the same screen. */
export type WizardContext = {
  readonly questions: readonly Question[];
  readonly facts: Facts;
  /** What factsway.yaml of an existing instance says; undefined for a new one. */
  readonly current: Tree | undefined;
};

/** A question that applies, with the answer it has or would have. */
export type Item = {
  readonly id: string;
  readonly question: Question;
  readonly value: Value;
  /** Why the suggestion is not the usual one. */
  readonly because?: string;
  readonly answered: boolean;
  /** Whether it is asked without having been looked for. */
  readonly asked: boolean;
};

export type Survey = {
  readonly items: readonly Item[];
  readonly config: InstanceConfig;
  /** The keys as they would stand in factsway.yaml, beyond defaults. */
  readonly tree: Tree;
};

const DEFAULTS = configSchema.parse({});

const judge = (tree: Tree) => judgeSettings(tree, wholeRules);

/**
 * Goes through the questions in their order: each sees the answers before it, so that whether it applies and
 * what it suggests depend on nothing later.
 */
export function survey(context: WizardContext, answers: Answers): Survey {
  let tree: Tree = context.current ?? {};
  const items: Item[] = [];
  const idle: Question[] = [];
  for (const question of context.questions) {
    if (question.newOnly && context.current !== undefined) continue;
    const draft = draftOf(tree);
    if (!(question.applies?.(draft) ?? true)) {
      idle.push(question);
      continue;
    }
    const item = itemOf(question, answers, context, draft, items);
    items.push(item);
    if (item.value !== '') tree = withKey(tree, question.path, item.value);
  }
  const free = releaseIdle(tree, idle);
  return { items, tree: free, config: judge(free).config ?? draftOf(free) };
}

/** Keys over defaults, as they stand: a key that is still missing or wrong must not hide what the others say. */
function draftOf(tree: Tree): InstanceConfig {
  const merge = (below: unknown, above: unknown): unknown =>
    isTree(below) && isTree(above)
      ? Object.fromEntries(
          [...new Set([...Object.keys(below), ...Object.keys(above)])].map((key) => [
            key,
            key in above ? merge(below[key], above[key]) : below[key],
          ]),
        )
      : above;
  return merge(DEFAULTS, tree) as InstanceConfig;
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A key whose question fell away goes back to its default where it would now be refused. */
function releaseIdle(tree: Tree, idle: readonly Question[]): Tree {
  const refused = new Set(judge(tree).problems.map(({ path }) => path));
  return idle
    .filter((question) => refused.has(idOf(question)))
    .reduce((result, { path }) => withKey(result, path, keyOf(DEFAULTS, path)), tree);
}

function itemOf(
  question: Question,
  answers: Answers,
  { facts, current }: WizardContext,
  config: InstanceConfig,
  before: readonly Item[],
): Item {
  const id = idOf(question);
  const given = answers[id];
  const preset = keyOf(config, question.path) as Value | undefined;
  // An instance that exists says itself what its values are, but for keys it never had.
  const suggestion =
    current === undefined || preset === undefined
      ? (suggestPort(question, facts, before) ?? question.suggest?.(facts, config))
      : undefined;
  const because = suggestion?.because;
  return {
    id,
    question,
    // Empty stands for a key that is not set.
    value: given ?? suggestion?.value ?? preset ?? '',
    ...(because === undefined ? {} : { because }),
    answered: given !== undefined,
    asked: question.ask === 'always' || (question.ask === 'when-unusual' && because !== undefined),
  };
}

/** The first usual port that is free here and not given to another question before. */
function suggestPort({ port }: Question, { busyPorts }: Facts, before: readonly Item[]) {
  if (!port) return undefined;
  const given = new Set(before.filter(({ question }) => question.port).map(({ value }) => value));
  const [usual] = port.candidates;
  const free = port.candidates.find((one) => !busyPorts.has(one) && !given.has(one));
  if (usual === undefined || free === undefined || free === usual) return undefined;
  return {
    value: free,
    because: `Another program of this server already listens on ${usual}; ${free} is free.`,
  };
}

/** What is wrong with a value of one question, given all other answers; undefined where nothing is. */
export function problemOf(
  context: WizardContext,
  answers: Answers,
  question: Question,
  value: Value,
): string | undefined {
  const id = idOf(question);
  const { items, tree, config } = survey(context, { ...answers, [id]: value });
  const { problems } = judge(tree);
  const own = problemAt(id, problems);
  if (own) return value === '' ? 'must be answered' : own.message;
  const earlier = items.slice(
    0,
    items.findIndex((item) => item.id === id),
  );
  const broken = earlier.find((item) => problemAt(item.id, problems));
  // Told where it is chosen: another answer that is fine by itself must not be what is asked for again.
  if (broken && !problemAt(broken.id, judge(survey(context, answers).tree).problems))
    return `does not go with “${broken.question.title}” (${broken.value}): that ${problemAt(broken.id, problems)?.message ?? ''}`;
  if (question.port) {
    const other = items.find(
      (item) => item.id !== id && item.question.port && item.value === value,
    );
    if (other) return `is already given to “${other.question.title}”`;
  }
  return question.check?.(value, context.facts, config);
}

function problemAt(id: string, problems: readonly SettingProblem[]): SettingProblem | undefined {
  return problems.find(({ path }) => path === id || path.startsWith(`${id}.`));
}

/** What was typed as a value of the key: numbers are numbers, the rest goes through the question's own reading. */
export function readAnswer(question: Question, text: string): Value {
  const trimmed = text.trim();
  if (question.kind === 'number') return /^\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
  if (question.kind === 'switch') return trimmed === 'true';
  return question.read?.(trimmed) ?? trimmed;
}

/** What goes into the answers file in the end: everything asked, and everything that is not as it would be anyway. */
export function settingsOf(context: WizardContext, answers: Answers): Setting[] {
  const { items, tree } = survey(context, answers);
  const given = items.filter(({ answered, asked, value, question: { path } }) =>
    context.current === undefined
      ? answered || asked || value !== keyOf(DEFAULTS, path)
      : answered && value !== keyOf(draftOf(context.current), path),
  );
  // And what had to go back to its default.
  const released = context.questions
    .filter((question) => !items.some(({ id }) => id === idOf(question)))
    .filter(({ path }) => keyOf(tree, path) !== keyOf(context.current ?? {}, path));
  return [
    ...given
      .filter(({ value }) => value !== '')
      .map(({ question: { path }, value }) => ({ path, value })),
    ...released.map(({ path }) => ({ path, value: keyOf(tree, path) })),
  ];
}

export function keyOf(tree: Tree, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => (isTree(node) ? node[key] : undefined), tree);
}

function withKey(tree: Tree, [key, ...rest]: readonly string[], value: unknown): Tree {
  if (key === undefined) return tree;
  const below = tree[key];
  const child = isTree(below) ? below : {};
  return { ...tree, [key]: rest.length === 0 ? value : withKey(child, rest, value) };
}
