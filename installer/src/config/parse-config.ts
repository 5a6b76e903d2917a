import { isMap, isScalar, type Document, type LineCounter } from 'yaml';
import type * as z from 'zod';
import type { ConfigRules } from '../model/config-rules.ts';
import { configSchema, type InstanceConfig } from '../model/config.ts';
import type { ConfigMigration } from '../model/config-migration.ts';
import { FactswayError, together } from '../model/errors.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { migrateConfig } from './migrations/migrate.ts';
import { exampleOf, hintOf, phrase } from './phrase-issue.ts';
import { readDocument } from './read-document.ts';
import { keysAt } from './schema-node.ts';

export type ParsedConfig = {
  readonly config: InstanceConfig;
  readonly document: Document;
  /** What was read, in the present form. */
  readonly text: string;
  /** Where what was read is of an older form. */
  readonly migration?: ConfigMigration;
};
type Path = readonly PropertyKey[];

/** What settings given on the command line are called in messages. */
export const SET_SOURCE = '--set';
/** The same where they meet the answers file and what was detected. */
export const TOGETHER = 'the settings given';
/** Made from settings: there are no lines a person could look at. */
const UNSEEN = new Set([SET_SOURCE, TOGETHER]);

/**
 * Reads the text of a configuration file, also of an older form. `source` is what the file is called in messages;
 * `rules` judge what the schema accepted. Throws FW-CONFIG-SYNTAX, FW-CONFIG-UNKNOWN-KEY or FW-CONFIG-INVALID, each
 * with line and column of what was given; FW-CONFIG-NEWER and FW-CONFIG-NOT-EDITABLE as `migrateConfig`.
 */
export function parseConfig(
  text: string,
  source: string,
  rules: ConfigRules = () => [],
): ParsedConfig {
  const given = readDocument(text, source);
  const migrated = migrateConfig(text, given.value, source);
  const now = migrated ? readDocument(migrated.text, source) : given;
  const { document, lines } = now;
  const value = withoutEmptySections(now.value, configSchema.parse({}));
  const { config, issues } = judge(value, rules);
  if (config && issues.length === 0) {
    return migrated
      ? { config, document, text: migrated.text, migration: migrated.migration }
      : { config, document, text };
  }
  const above = migrated?.linesAbove ?? 0;
  throw explain(
    issues,
    source,
    value,
    UNSEEN.has(source) ? () => '' : (path) => position(document, lines, path, above),
  );
}

type Judgement = { readonly config?: InstanceConfig; readonly issues: readonly z.core.$ZodIssue[] };

/** What the schema refuses is taken out, so that the rules can judge the rest: a person mends everything at once. */
function judge(value: unknown, rules: ConfigRules): Judgement {
  const { data: config, error } = configSchema.safeParse(value);
  if (!error) return { config, issues: rules(config).map(asIssue) };
  const rest = configSchema.safeParse(withoutRefused(value, error.issues));
  const further = rest.success ? rules(rest.data).map(asIssue) : rest.error.issues;
  // Of what was refused and taken out, nothing but our taking it out can be said.
  const refused = new Set(error.issues.map(({ path }) => path.join('.')));
  return {
    issues: [
      ...withoutWiderLimits(error.issues),
      ...further.filter(({ path }) => !refused.has(path.join('.'))),
    ],
  };
}

/** A number can be beyond what any number may be and beyond what this one may be: the second is what helps. */
function withoutWiderLimits(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const limitOf = (issue: z.core.$ZodIssue): number | undefined =>
    issue.code === 'too_big'
      ? Number(issue.maximum)
      : issue.code === 'too_small'
        ? -Number(issue.minimum)
        : undefined;
  return issues.filter((issue) => {
    const limit = limitOf(issue);
    return !issues.some(
      (other) =>
        other.code === issue.code &&
        other.path.join('.') === issue.path.join('.') &&
        (limitOf(other) ?? 0) < (limit ?? 0),
    );
  });
}

function withoutRefused(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const rest = structuredClone(value);
  for (const issue of issues) {
    const paths =
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => [...issue.path, key])
        : [issue.path];
    for (const path of paths) {
      if (path.length === 0) return {};
      const parent = path.slice(0, -1).reduce<unknown>(childOf, rest);
      if (typeof parent === 'object' && parent !== null)
        Reflect.deleteProperty(parent, path.at(-1) ?? '');
    }
  }
  return rest;
}

const childOf = (parent: unknown, key: PropertyKey): unknown =>
  typeof parent === 'object' && parent !== null
    ? (parent as Record<PropertyKey, unknown>)[key]
    : undefined;

/** `edge:` with nothing but comments below it means what leaving it out means. */
function withoutEmptySections(value: unknown, defaults: unknown): unknown {
  if (!isSection(value) || !isSection(defaults)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, child]) => child !== null || !isSection(defaults[key]))
      .map(([key, child]) => [key, withoutEmptySections(child, defaults[key])]),
  );
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function explain(
  issues: readonly z.core.$ZodIssue[],
  source: string,
  value: unknown,
  where: (path: Path) => string,
): FactswayError {
  const errors = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey(issue.path, key, source, where))
      : [invalidValue(issue, source, value, where)],
  );
  // An unknown key explains a missing one (a misspelling is both), so it comes first.
  const [first, ...others] = errors.toSorted(
    (a, b) => Number(isUnknownKey(b)) - Number(isUnknownKey(a)),
  );
  if (!first) throw new Error('a failed validation without an issue');
  return together(first, others);
}

/** A rule's finding in the form the schema's own have. */
const asIssue = ({ path, message, hint }: ReturnType<ConfigRules>[number]): z.core.$ZodIssue => ({
  code: 'custom',
  path: [...path],
  message,
  params: { hint },
});

const isUnknownKey = ({ code }: FactswayError): boolean => code === 'FW-CONFIG-UNKNOWN-KEY';

function unknownKey(
  parent: Path,
  key: string,
  source: string,
  where: (path: Path) => string,
): FactswayError {
  const path = [...parent, key];
  const known = keysAt(parent);
  const message = `${source}${where(path)}: unknown key "${path.join('.')}".`;
  const hint =
    known.length === 0
      ? 'Remove it; nothing was changed.'
      : `${didYouMean(key, known, (name) => [...parent, name].join('.'))}Known here: ${known.join(', ')}. Nothing was changed.`;
  return new FactswayError('FW-CONFIG-UNKNOWN-KEY', message, hint);
}

function invalidValue(
  issue: z.core.$ZodIssue,
  source: string,
  value: unknown,
  where: (path: Path) => string,
): FactswayError {
  const name = issue.path.length > 0 ? issue.path.join('.') : 'the document';
  const given = issue.path.reduce(childOf, value);
  const what = issue.code === 'invalid_type' && given === undefined ? 'is missing' : phrase(issue);
  // Of what was typed, an example can be typed as well.
  const example = UNSEEN.has(source) ? exampleOf(issue.path, given) : undefined;
  return new FactswayError(
    'FW-CONFIG-INVALID',
    `${source}${where(issue.path)}: ${name} ${what}.`,
    hintOf(issue) ??
      (example === undefined
        ? `Correct ${name} in ${source}; nothing was changed.`
        : `Correct ${name} in ${source}, for example: ${example}   Nothing was changed.`),
  );
}

/** `:line:column` of a key where it stands in the text, or of the nearest parent that does; `above` lines are ours. */
function position(document: Document, lines: LineCounter, path: Path, above: number): string {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    if (!isMap(parent)) continue;
    const pair = parent.items.find(
      (item) => isScalar(item.key) && item.key.value === path[length - 1],
    );
    if (pair && isScalar(pair.key) && pair.key.range) {
      const { line, col } = lines.linePos(pair.key.range[0]);
      return `:${line - above}:${col}`;
    }
  }
  return '';
}
